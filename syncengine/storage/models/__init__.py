"""The tables."""

from syncengine.storage.models import catalog, ledger, music, remote, timeline
from syncengine.storage.models.base import METADATA

__all__ = ["METADATA", "catalog", "ledger", "music", "remote", "timeline"]
