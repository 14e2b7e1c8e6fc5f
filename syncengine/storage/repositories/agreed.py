"""What sinks were last known to hold, item by item, and in which state nothing was left to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from syncengine.core.edits import Decisions
from syncengine.core.moment import Instant
from syncengine.core.plan import Agreed, Agreement, Entity, Target, Value, digest
from syncengine.storage.bulk import bulk_delete, bulk_insert
from syncengine.storage.models import ledger
from syncengine.storage.repositories.field_text import fields_of, fields_text
from syncengine.storage.repositories.judgements import edit_decisions

ITEMS = ledger.agreed_items
AGREEMENTS = ledger.agreements

_COUNTS = dict[Entity, int]
_COLUMNS = (
    "sink", "entity", "key", "address", "digest", "properties", "removed", "trashed", "reads_as",
    "edits", "agreed_at",
)  # fmt: skip


class AgreedItems:
    """What sinks agreed to, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def agreed(self, sink: str) -> list[Agreed]:
        """Return what a sink was last known to hold."""
        a = ITEMS.c
        query = select(
            a.entity, a.key, a.digest, a.properties, a.address, a.removed, a.trashed, a.reads_as,
            a.edits,
        )  # fmt: skip
        return [
            Agreed(
                entity, key, digest, fields_of(properties), address, removed, trashed,
                fields_of(reads_as) if reads_as else {},
                fields_of(edits) if edits else {},
            )
            for entity, key, digest, properties, address, removed, trashed, reads_as, edits
            in self._connection.execute(query.where(a.sink == sink))
        ]  # fmt: skip

    def decisions(self, sink: str) -> Decisions:
        """Return what people decided about values that were edited in a sink."""
        return edit_decisions(self._connection, sink)

    def save(self, sink: str, items: Iterable[Agreed], at: Instant) -> None:
        """Note what a sink holds of items; earlier notes on them are replaced."""
        kept = list(items)
        self.forget(sink, ((each.entity, each.key) for each in kept))
        bulk_insert(self._connection, ITEMS, _COLUMNS, (_row(sink, each, at) for each in kept))

    def forget(self, sink: str, targets: Iterable[Target]) -> None:
        """Forget what a sink holds of some things, and that it agrees."""
        keys = ((sink, entity, key) for entity, key in targets)
        bulk_delete(self._connection, ITEMS, ("sink", "entity", "key"), keys)
        self.forget_agreement(sink)

    def forget_entity(self, sink: str, entity: Entity) -> int:
        """Forget all that a sink holds of an entity; return how many things that were."""
        gone = delete(ITEMS).where(ITEMS.c.sink == sink, ITEMS.c.entity == entity)
        self.forget_agreement(sink)
        return self._connection.execute(gone).rowcount

    def forget_fields(
        self, sink: str, entity: Entity, fields: Collection[str], at: Instant
    ) -> None:
        """Forget what a sink holds in some fields of an entity: they are not there, or were made anew."""

        def rest(held: Mapping[str, Value]) -> dict[str, Value]:
            return {name: value for name, value in held.items() if name not in fields}

        kept = [
            replace(
                each,
                digest=digest(rest(each.properties)),
                properties=rest(each.properties),
                reads_as=rest(each.reads_as),
                edits=rest(each.edits),
            )
            for each in self.agreed(sink)
            if each.entity == entity
        ]
        self.save(sink, kept, at)

    def agreement(self, sink: str) -> Agreement | None:
        """Return the state in which nothing was left to do for a sink; None where there is none."""
        a = AGREEMENTS.c
        query = select(a.library, a.rules, a.unchanged).where(a.sink == sink)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Agreement(row.library, row.rules, msgspec.json.decode(row.unchanged, type=_COUNTS))

    def note_agreement(self, sink: str, agreement: Agreement, at: Instant) -> None:
        """Note that nothing is left to do for a sink; an earlier such note is replaced."""
        self.forget_agreement(sink)
        row = (sink, agreement.library, agreement.rules, _text(dict(agreement.unchanged)), at)
        columns = ("sink", "library", "rules", "unchanged", "agreed_at")
        bulk_insert(self._connection, AGREEMENTS, columns, [row])

    def forget_agreement(self, sink: str) -> None:
        """Forget it: whatever changes what is agreed of an item ends it."""
        self._connection.execute(delete(AGREEMENTS).where(AGREEMENTS.c.sink == sink))


def _row(sink: str, item: Agreed, at: Instant) -> tuple[Any, ...]:
    return (
        sink, item.entity, item.key, item.address, item.digest, fields_text(item.properties),
        item.removed, item.trashed, _text_or_none(item.reads_as), _text_or_none(item.edits), at,
    )  # fmt: skip


def _text_or_none(fields: Mapping[str, Value]) -> str | None:
    return fields_text(fields) if fields else None


def _text(content: object) -> str:
    return msgspec.json.encode(content).decode()
