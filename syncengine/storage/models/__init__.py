"""The tables."""

from syncengine.storage.models import catalog, enrichment, ledger, music, remote, timeline
from syncengine.storage.models.base import METADATA

__all__ = ["METADATA", "catalog", "enrichment", "ledger", "music", "remote", "timeline"]
