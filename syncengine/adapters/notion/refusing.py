"""What a refusal means that is not about the page it came for."""

from __future__ import annotations

import re

from syncengine.adapters.notion.address import dashed
from syncengine.adapters.notion.asking import SYSTEM
from syncengine.core.plan import Entity
from syncengine.errors import Forbidden, Gone, Rejected, RemoteError

_MOVED = ("is not a property that exists", "is expected to be")
"""What Notion says where a property was deleted, or has another type."""
_ABOVE = "ancestor"
_ID = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b")


def tells_of_schema(refused: RemoteError) -> bool:
    """Tell whether a refusal says that a property is not, or not what it was."""
    return any(words in str(refused) for words in _MOVED)


def meant(gone: Gone, entity: Entity, address: str) -> RemoteError:
    """Return what it means that something is gone, where ``address`` was asked for: often not that.

    A page to be related that is gone is this one's
    trouble (Rejected); a database in the trash is everybody's (Forbidden).
    """
    said = str(gone)
    if _ABOVE in said:
        return no_database(gone, entity)
    if {dashed(each) for each in _ID.findall(said)} - {dashed(address)}:
        return Rejected(
            f"a page that is to be related is not there: {said}",
            system=SYSTEM,
            operation=gone.operation,
            address=address,
        )
    return gone


def no_database(gone: Gone, entity: Entity) -> Forbidden:
    """Return what it means that a database is gone."""
    return Forbidden(
        f"the database of {entity}s in Notion is deleted, in the trash, or no longer shared with the "
        "integration; restore or share it, or let `syncengine notion init` make a new one "
        "(`syncengine notion check` shows how things stand)",
        system=SYSTEM,
        operation=gone.operation,
        everything=True,
    )
