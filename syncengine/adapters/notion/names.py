"""What our fields are called in Notion: by their own names, or as the settings map them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES, SHOWN_AS
from syncengine.core.plan import Entity
from syncengine.errors import ConfigError

TITLES: Mapping[Entity, str] = {
    "artist": "Artists", "album": "Albums", "playlist": "Playlists", "track": "Tracks",
}  # fmt: skip
"""What our databases are called."""
_PLURALS: Mapping[str, Entity] = {f"{entity}s": entity for entity in ENTITIES}


def shown_name(field: str) -> str:
    """Return what a field is called in Notion unless it is mapped."""
    return SHOWN_AS.get(field, field)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a person gave to our fields, by entity and field."""

    mapped: Mapping[tuple[Entity, str], str]

    def mapped_to(self, entity: Entity, field: str) -> str | None:
        """Return the name that the settings give a field; None where they say nothing."""
        return self.mapped.get((entity, field))

    def of(self, entity: Entity, field: str) -> str:
        """Return what a field is called."""
        return self.mapped_to(entity, field) or shown_name(field)


def read_names(given: Mapping[str, str]) -> Names:
    """Read ``[notion.properties]``: ``Popularity`` is for all entities, ``tracks.Popularity`` for one.

    Raises ConfigError for fields that there are none of, and for one property given to two fields.
    """
    problems: list[str] = []
    mapped: dict[tuple[Entity, str], str] = {}
    for key in sorted(given, key=lambda key: "." in key):  # what is said of one entity wins
        found = _targets(key)
        if not found:
            problems.append(f"[notion.properties] {key} is no property of ours{_near(key)}")
        mapped |= {target: given[key].strip() for target in found}
    problems += _clashes(mapped)
    if problems:
        raise ConfigError(problems[0], problems)
    return Names(mapped)


def _targets(key: str) -> list[tuple[Entity, str]]:
    head, dot, rest = key.partition(".")
    entity = _PLURALS.get(head.strip().lower()) if dot else None
    entities, field = ((entity,), rest) if entity else (ENTITIES, key)
    name = _known().get(field.strip().casefold())
    return [(each, name) for each in entities if name and name in PROPERTIES[each]]


def _known() -> dict[str, str]:
    """Return our fields by what they may be called in the settings."""
    fields = {field for each in PROPERTIES.values() for field in each}
    return {name.casefold(): field for field in fields for name in (field, shown_name(field))}


def _clashes(mapped: Mapping[tuple[Entity, str], str]) -> list[str]:
    """Return what is said of properties that two fields of an entity would share."""
    found = []
    for entity in ENTITIES:
        taken: dict[str, str] = {}
        # Those that are mapped come first, so that a clash is told of the one that is not.
        for field in sorted(PROPERTIES[entity], key=lambda each: (entity, each) not in mapped):
            theirs = mapped.get((entity, field)) or shown_name(field)
            other = taken.setdefault(theirs.casefold(), field)
            if other != field:
                said = f"gives {theirs} of {entity}s to {shown_name(other)}"
                found.append(f"[notion.properties] {said} and to {shown_name(field)}: map both")
    return found


def _near(key: str) -> str:
    head, dot, _ = key.partition(".")
    if dot and head.strip().lower() not in _PLURALS:
        return f": there are {', '.join(_PLURALS)}, and no {head.strip()}"
    near = get_close_matches(key.rpartition(".")[2].casefold(), _known(), n=1)
    return f"; did you mean {shown_name(_known()[near[0]])}?" if near else ""
