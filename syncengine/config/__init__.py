"""The settings: read once, checked whole, frozen. Nothing else reads the environment."""

from syncengine.config.settings import VARIABLES, Settings
from syncengine.config.sources import ENV_FILE
from syncengine.config.values import ENTITIES

__all__ = ["ENTITIES", "ENV_FILE", "VARIABLES", "Settings"]
