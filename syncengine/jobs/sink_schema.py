"""What is remembered between runs of how a sink is set up: a text for each entity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from syncengine.core.plan import Entity
from syncengine.core.ports import Clock
from syncengine.storage.repositories.remote import LOOK, SCHEMA
from syncengine.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class SchemaNotes:
    """The texts of one sink, each written in its own transaction."""

    database: Database
    clock: Clock
    sink: str

    def read(self) -> Mapping[str, str]:
        """Return every text by entity; none where there is no database yet."""
        if not self.database.exists:
            return {}
        with self.database.reading() as unit:
            notes = unit.remote(self.sink).notes(SCHEMA)
        return {entity: note.value for entity, note in notes.items()}

    def write(self, entity: Entity, text: str, *, elsewhere: bool, anew: Collection[str]) -> None:
        """Remember a text.

        ``elsewhere`` says that all that was agreed of the entity is void; ``anew`` are the fields
        of which it is.
        """
        with self.database.unit() as unit:
            unit.remote(self.sink).note(SCHEMA, entity, text, self.clock())
            if elsewhere:
                unit.agreed.forget_entity(self.sink, entity)
                unit.remote(self.sink).forget_all(LOOK, [entity])
            elif anew:
                unit.agreed.forget_fields(self.sink, entity, anew, self.clock())
            unit.commit()
