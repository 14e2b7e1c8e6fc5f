"""The tables, as typed models."""

from syncengine.storage.models import catalog, ledger, timeline
from syncengine.storage.models.base import Base

__all__ = ["Base", "catalog", "ledger", "timeline"]
