"""What a data source has of what it should have, what is in the way, and what would put it right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from syncengine.adapters.notion.asking import Json
from syncengine.adapters.notion.fields import BACK, PROPERTIES, SYNC_KEY, Property
from syncengine.adapters.notion.names import TITLES, Names, shown_name
from syncengine.adapters.notion.schema import Column, Source, plain, relation, rollup, same_id
from syncengine.adapters.notion.shelf import Known, Shelf
from syncengine.core.plan import Entity
from syncengine.core.setup import Finding

ADD = "`syncengine notion init --add-properties` adds what is missing"
INIT = "`syncengine notion init` puts that right"
LEFT_ALONE = "it is left alone and not written; rename it, or map another one"
_KEYS = (SYNC_KEY, "Spotify URI", "Spotify URL")
"""By one of these a page is found again."""
_MADE_UP = re.compile(rf"Related to .+|{BACK} \(\d+\)")
"""What Notion calls the other side of a relation where it makes up a name."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a data source is judged by.

    ``sources`` has those of all entities that are kept, as far as they are there. Properties are added
    to those that are ``open``; of these ``ours`` were made by us, and are repaired, too.
    """

    names: Names
    sources: Mapping[Entity, Source]
    remembered: Mapping[Entity, Shelf] = field(default_factory=dict)
    open: frozenset[Entity] = frozenset()
    ours: frozenset[Entity] = frozenset()


@dataclass(slots=True)
class Standing:
    """How a data source stands: what can be used of it, and the changes that may be made now.

    After ``changes`` there may be more to do.
    """

    known: dict[str, Known] = field(default_factory=dict)
    changes: Json = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def judge(entity: Entity, surroundings: Surroundings) -> Standing:
    """Compare a data source with what the fields of its entity ask for."""
    return _Judge(entity, surroundings).judge()


def column_of(entity: Entity, name: str, around: Surroundings) -> Column | None:
    """Return the property that holds a field: one that fits, else whatever stands in its place."""
    found = list(_candidates(entity, name, around))
    prop = PROPERTIES[entity][name]
    fitting = (each for each in found if _fits(each, prop, around))
    return next(fitting, found[0] if found else None)


def _candidates(entity: Entity, name: str, around: Surroundings) -> Iterator[Column]:
    """Yield what may hold a field, the likeliest first: as mapped, as remembered, as called."""
    source = around.sources[entity]
    if PROPERTIES[entity][name].type == "title":
        yield from (each for each in source.columns if each.type == "title")
        return
    mapped = around.names.mapped_to(entity, name)
    shelf = around.remembered.get(entity)
    known = shelf.properties.get(name) if shelf and shelf.source == source.id else None
    found = (
        source.like(mapped) if mapped else None,
        source.column(known.id) if known else None,
        None if mapped else source.like(shown_name(name)),
    )
    yield from (each for each in found if each is not None)


def _fits(column: Column, prop: Property, around: Surroundings) -> bool:
    if column.type != prop.type:
        return False
    if prop.to is None:
        return True
    target = around.sources.get(prop.to)
    return target is not None and column.target == target.id


class _Judge:
    """Works on one data source."""

    def __init__(self, entity: Entity, around: Surroundings) -> None:
        self._entity = entity
        self._around = around
        self._source = around.sources[entity]
        self._found = Standing()

    def judge(self) -> Standing:
        for name, prop in PROPERTIES[self._entity].items():
            if prop.type == "relation" and prop.to not in self._around.sources:
                continue
            if prop.type == "rollup" and "track" not in self._around.sources:
                continue
            self._judge(name, prop, column_of(self._entity, name, self._around))
        self._name_other_side()
        self._see_that_pages_are_found()
        return self._found

    # ------------------------------------------------------------------------------ one property

    def _judge(self, name: str, prop: Property, column: Column | None) -> None:
        if column is None:
            self._miss(name, prop)
        elif _fits(column, prop, self._around):
            self._found.known[name] = Known(column.id, column.type)
            if prop.type == "rollup":
                self._mend_rollup(name, prop, column)
        elif column.type != prop.type:
            self._note(name, f"of type {column.type}, not {prop.type}", LEFT_ALONE)
        else:
            self._mend_relation(name, prop, column)

    def _miss(self, name: str, prop: Property) -> None:
        """Add what is missing, or say that it is."""
        config = self._config(prop)
        theirs = self._around.names.of(self._entity, name)
        if config is None:
            self._miss_rollup(name, prop)
        elif self._entity not in self._around.open:
            mapped = self._around.names.mapped_to(self._entity, name)
            problem = f"missing (there is no {mapped})" if mapped else "missing"
            self._note(name, problem, self._remedy)
        elif self._source.named(theirs):
            self._note(name, f"cannot be added: {theirs} is taken", "rename that, or map another")
        else:
            self._found.changes[theirs] = config
            self._found.added.append(name)

    def _config(self, prop: Property) -> Json | None:
        """Return how a property is to be; None for a rollup that has nothing to sum up."""
        if prop.to is not None:
            both = prop.to in self._around.open
            return relation(self._around.sources[prop.to], both_sides=both)
        if prop.type != "rollup":
            return plain(prop)
        over, of = self._other_side(), self._summed(prop)
        return rollup(prop, over, of) if over and of else None

    def _mend_relation(self, name: str, prop: Property, column: Column) -> None:
        """Put a relation of ours that leads to a data source of the past out of the way."""
        shelf = self._around.remembered.get(self._entity)
        known = shelf.properties.get(name) if shelf else None
        is_ours = self._entity in self._around.ours and known and same_id(known.id, column.id)
        theirs = self._around.names.of(self._entity, name)
        if not is_ours or self._entity not in self._around.open:
            title = TITLES[prop.to] if prop.to else ""
            advice = INIT if is_ours else LEFT_ALONE
            self._note(name, f"relates to something else than {title}", advice)
        elif column.name == theirs:
            free = self._source.free(f"{theirs} (old)")
            self._found.changes[column.id] = {"name": free}
        else:
            self._miss(name, prop)

    # ------------------------------------------------------------------- rollups, and their relation

    def _other_side(self) -> Column | None:
        """Return the property that shows a track's relation to this entity from here."""
        column = self._track_relation()
        other = column.other_side if column else None
        return self._source.column(other) if other else None

    def _track_relation(self) -> Column | None:
        for name, prop in PROPERTIES["track"].items():
            if prop.to == self._entity and "track" in self._around.sources:
                column = column_of("track", name, self._around)
                return column if column and _fits(column, prop, self._around) else None
        return None

    def _summed(self, prop: Property) -> Column | None:
        """Return what a rollup sums up of the tracks."""
        if prop.of is None:
            return None
        column = column_of("track", prop.of, self._around)
        fits = column and _fits(column, PROPERTIES["track"][prop.of], self._around)
        return column if fits else None

    def _miss_rollup(self, name: str, prop: Property) -> None:
        if self._track_relation() is None:
            why = f"{TITLES['track']} has no relation to it"
            advice = INIT if {self._entity, "track"} <= set(self._around.ours) else ADD
        elif self._other_side() is None:
            why = f"the relation of {TITLES['track']} has one side only"
            advice = "let it show here too, in Notion, then run `syncengine notion init` again"
        else:
            why, advice = f"{TITLES['track']} has no {prop.of}", self._remedy
        self._note(name, f"missing, and {why}", advice)

    def _mend_rollup(self, name: str, prop: Property, column: Column) -> None:
        """Lead a rollup of ours over the relation of now; whatever else a person chose stays."""
        over, config = self._other_side(), self._config(prop)
        if over is None or config is None or self._entity not in self._around.ours:
            return
        if same_id(str(column.config.get("relation_property_id")), over.id):
            return
        if self._entity in self._around.open:
            self._found.changes[column.id] = config
        else:
            self._note(name, "sums up a relation of the past", INIT)

    def _name_other_side(self) -> None:
        """Call the other side of the relation what it should be, where Notion made up a name."""
        over = self._other_side()
        if over is None or self._entity not in self._around.open:
            return
        if not _MADE_UP.fullmatch(over.name):
            return
        former = self._source.named(BACK)
        if former is not None:
            if not self._is_former(former):
                return
            free = self._source.free(f"{BACK} (old)")
            self._found.changes = {former.id: {"name": free}, **self._found.changes}
        self._found.changes[over.id] = {"name": BACK}

    def _is_former(self, column: Column) -> bool:
        """Say whether a rollup of ours goes, or went, over a relation."""
        if column.type != "relation" or self._entity not in self._around.ours:
            return False
        used = [
            self._source.column(each.id)
            for name, each in self._found.known.items()
            if PROPERTIES[self._entity][name].type == "rollup"
        ]
        return any(
            same_id(str(each.config.get("relation_property_id")), column.id)
            for each in used
            if each is not None
        )

    # ------------------------------------------------------------------------------------ findings

    def _see_that_pages_are_found(self) -> None:
        """Without any key a page that was made once would be made again."""
        usable = {*self._found.known, *self._found.added}
        if usable.isdisjoint(_KEYS):
            problem = f"there is no property {SYNC_KEY}, so that no page could be found again"
            finding = Finding(self._entity, SYNC_KEY, problem, self._remedy, stops=True)
            missing = (SYNC_KEY, "missing")
            others = [f for f in self._found.findings if (f.field, f.problem) != missing]
            self._found.findings = [finding, *others]

    @property
    def _remedy(self) -> str:
        """What to do about a property that is missing."""
        return INIT if self._entity in self._around.ours else ADD

    def _note(self, name: str, problem: str, advice: str) -> None:
        self._found.findings.append(Finding(self._entity, shown_name(name), problem, advice))
