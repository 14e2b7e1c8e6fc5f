"""The tables."""

from syncengine.storage.models import catalog, ledger, timeline
from syncengine.storage.models.base import METADATA

__all__ = ["METADATA", "catalog", "ledger", "timeline"]
