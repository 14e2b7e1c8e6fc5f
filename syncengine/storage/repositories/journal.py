"""The journal of writes to sinks: every intent before its request leaves, and how each ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from syncengine.core.moment import Instant
from syncengine.core.plan import Entity, Kind, Value
from syncengine.storage.bulk import Numbers, bulk_insert
from syncengine.storage.models import ledger
from syncengine.storage.repositories.field_text import fields_of, fields_text

JOURNAL = ledger.journal
DONE = "done"
"""The outcome of a write that was made."""
_COLUMNS = (
    "id", "sink", "run_id", "action", "kind", "entity", "key", "address", "intended_at", "detail",
    "undo",
)  # fmt: skip


class Undo(NamedTuple):
    """What it takes to take a write back: what was agreed before, and what the sink wants kept."""

    before: Mapping[str, Value] | None
    kept: Mapping[str, Value]


class Intent(NamedTuple):
    """A write that is about to be made, or that was and nobody knows how it ended.

    ``fields`` are the new values, relations by keys; ``address`` is None for a create.
    """

    action: str
    kind: Kind
    entity: Entity
    key: str
    address: str | None
    fields: Mapping[str, Value]
    undo: Undo | None = None


class Doubt(NamedTuple):
    """An intent without an end, by its number."""

    number: int
    intent: Intent
    at: Instant


class Ended(NamedTuple):
    """How the write of a number ended: a word, and for a failure why."""

    number: int
    outcome: str
    detail: str | None = None
    address: str | None = None


class Done(NamedTuple):
    """A write that was done, by its number; ``undo`` is None where it cannot be taken back."""

    number: int
    action: str
    kind: Kind
    entity: Entity
    key: str
    address: str | None
    undo: Undo | None


class Journal:
    """The journal of one sink, within one transaction."""

    def __init__(self, connection: Connection, sink: str) -> None:
        self._connection = connection
        self._sink = sink
        self._numbers = Numbers(connection)

    def intend(self, run: int, intents: Iterable[Intent], at: Instant) -> list[int]:
        """Note writes that are about to be made; return their numbers."""
        wanted = list(intents)
        numbers = list(self._numbers.take(JOURNAL, len(wanted)))
        rows = [
            (
                number, self._sink, run, each.action, each.kind, each.entity, each.key,
                each.address, at, fields_text(each.fields), _undo_text(each.undo),
            )
            for number, each in zip(numbers, wanted, strict=True)
        ]  # fmt: skip
        bulk_insert(self._connection, JOURNAL, _COLUMNS, rows)
        return numbers

    def end(self, ended: Iterable[Ended], at: Instant) -> None:
        """Note how writes ended; what they were to write is no longer needed."""
        j = JOURNAL.c
        rows = [
            {"n": each.number, "o": each.outcome, "d": each.detail, "a": each.address, "t": at}
            for each in ended
        ]
        if rows:
            values: dict[str, Any] = {
                "outcome": bindparam("o"),
                "detail": bindparam("d"),
                "address": func.coalesce(bindparam("a"), j.address),
                "ended_at": bindparam("t"),
            }
            statement = update(JOURNAL).where(j.id == bindparam("n")).values(values)
            self._connection.execute(statement, rows)

    def doubts(self) -> list[Doubt]:
        """Return the writes of which nobody knows how they ended, in their order."""
        j = JOURNAL.c
        query = select(
            j.id, j.action, j.kind, j.entity, j.key, j.address, j.detail, j.intended_at
        ).where(j.sink == self._sink, j.ended_at.is_(None))
        return [
            Doubt(number, Intent(action, kind, entity, key, address, fields_of(detail or "{}")), at)
            for number, action, kind, entity, key, address, detail, at in self._connection.execute(
                query.order_by(j.id)
            )
        ]

    def done(self, run: int) -> list[Done]:
        """Return the writes that a run has done, in their order."""
        j = JOURNAL.c
        query = select(j.id, j.action, j.kind, j.entity, j.key, j.address, j.undo).where(
            j.sink == self._sink, j.run_id == run, j.outcome == DONE
        )
        return [
            Done(*row[:-1], _undo_of(row[-1]))
            for row in self._connection.execute(query.order_by(j.id))
        ]

    def runs(self) -> list[int]:
        """Return the runs that did something that can be taken back, the latest first."""
        j = JOURNAL.c
        query = (
            select(j.run_id)
            .where(j.sink == self._sink, j.outcome == DONE, j.undo.is_not(None))
            .distinct()
        )
        return list(self._connection.scalars(query.order_by(j.run_id.desc())))

    def changed_after(self, number: int) -> set[tuple[Entity, str]]:
        """Return the things that were written after a write, and that was not taken back."""
        j = JOURNAL.c
        query = select(j.entity, j.key).where(
            j.sink == self._sink, j.id > number, j.outcome == DONE, j.undo.is_not(None)
        )
        return {(entity, key) for entity, key in self._connection.execute(query.distinct())}

    def forget_undo(self, numbers: Iterable[int]) -> None:
        """Note that writes were taken back, or cannot be any more."""
        rows = [{"n": number} for number in numbers]
        if rows:
            statement = update(JOURNAL).where(JOURNAL.c.id == bindparam("n"))
            self._connection.execute(statement.values(undo=None), rows)


def _undo_text(undo: Undo | None) -> str | None:
    if undo is None:
        return None
    before = None if undo.before is None else fields_text(undo.before)
    return json.dumps([before, fields_text(undo.kept)])


def _undo_of(text: str | None) -> Undo | None:
    if text is None:
        return None
    before, kept = json.loads(text)
    return Undo(None if before is None else fields_of(before), fields_of(kept))
