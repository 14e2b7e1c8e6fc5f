"""Setting Notion up: databases that are missing are made, and what they lack is added.

It may be cut off after any request and run again: what an earlier run made is found on the parent
page, by its title and its key property, and nothing is made twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.adapters.notion.asking import SYSTEM, Json, Wire
from syncengine.adapters.notion.containers import Child, Containers
from syncengine.adapters.notion.fields import PROPERTIES, SYNC_KEY
from syncengine.adapters.notion.looking import (
    PARENT,
    SHARE,
    Looked,
    Wanted,
    alive,
    is_ours,
    look,
    need_page,
)
from syncengine.adapters.notion.names import TITLES, shown_name
from syncengine.adapters.notion.schema import Column, Source, new_schema
from syncengine.adapters.notion.shelf import Shelf, Shelves
from syncengine.adapters.notion.standing import Standing, Surroundings, column_of, judge
from syncengine.core.plan import Entity
from syncengine.core.setup import Finding, Place, SetUp, State, Told
from syncengine.errors import Gone, OutcomeUnknown, Rejected, UserError

_ROUNDS = 5
"""How often a data source is changed at most: mostly once, more often where answers are lost."""


def set_up(wire: Wire, shelves: Shelves, wanted: Wanted, tell: Told = lambda _text: None) -> SetUp:
    """Make or mend every database that is wanted, and remember where it is.

    Raises ConfigError where a database is to be made and no page is named for it, UserError where the
    page or a data source that the settings name cannot be seen, and RemoteError.
    """
    return _Work(Containers(wire, tell), shelves, wanted).run(wire)


class _Work:
    """One run."""

    def __init__(self, containers: Containers, shelves: Shelves, wanted: Wanted) -> None:
        self._containers = containers
        self._shelves = shelves
        self._wanted = wanted
        self._remembered: Mapping[Entity, Shelf] = shelves.read()
        self._sources: dict[Entity, Source] = {}
        self._states: dict[Entity, State] = {}
        self._added: dict[Entity, list[str]] = {}
        self._assumed: set[Entity] = set()
        self._children: list[Child] | None = None
        self._findings: list[Finding] = []

    def run(self, wire: Wire) -> SetUp:
        found = look(self._containers, self._wanted, self._remembered)
        self._accept(found)
        for entity in found.absent:
            self._provide(entity)
        # The relations are the tracks'; what sums them up comes after them.
        for entity in sorted(self._sources, key=lambda each: each != "track"):
            self._shape(entity)
        places = [
            Place(each, self._sources[each].id, self._states[each], tuple(self._added[each]))
            for each in self._wanted.entities
        ]
        self._findings.sort(key=lambda each: not each.stops)
        return SetUp(places, self._findings, dict(wire.calls))

    def _accept(self, found: Looked) -> None:
        """Take what is there, unless something is wrong before anything was done."""
        stops = [each for each in found.findings if each.stops]
        if stops:
            problems = [f"{TITLES[e.entity]}: {e.problem}; {e.advice}" for e in stops if e.entity]
            raise UserError(problems[0], problems)
        need_page(found.absent, self._wanted)
        self._findings += found.findings
        self._sources |= found.sources
        for entity in found.sources:
            self._states[entity] = "adopted" if entity in self._wanted.adopted else "kept"

    # -------------------------------------------------------------------------------- what is absent

    def _provide(self, entity: Entity) -> None:
        """Find a database that an earlier run has made, else make it."""
        source = self._made_before(entity)
        state: State = "found"
        if source is None:
            self._containers.tell(f"making {TITLES[entity]}")
            state = "created"
            schema = new_schema(entity, self._wanted.names, self._sources, self._open())
            source = self._create(entity, schema)
        self._sources[entity], self._states[entity] = source, state

    def _create(self, entity: Entity, schema: Json) -> Source:
        page = str(self._wanted.parent)
        try:
            made = self._containers.create(page, TITLES[entity], schema)
        except OutcomeUnknown as error:
            self._children = None
            source = self._made_before(entity)
            if source is None:  # it may show only later
                raise OutcomeUnknown(
                    f"{error}; whether {TITLES[entity]} was made is not known: run "
                    "`syncengine notion init` again in a minute, it will look for it",
                    system=SYSTEM,
                    operation=error.operation,
                ) from error
            return source
        except Gone as error:
            raise self._no_page() from error
        self._assumed.add(entity)
        columns = [Column(name, name, next(iter(each)), {}) for name, each in schema.items()]
        (first, _), *_ = made.sources or self._containers.database(made.id).sources
        return Source(first, made.id, trashed=False, columns=tuple(columns))

    def _made_before(self, entity: Entity) -> Source | None:
        """Return the data source on our page that is called as ours is and has our key."""
        for child in self._on_page():
            if child.title.strip().casefold() != TITLES[entity].casefold():
                continue
            try:
                database = self._containers.database(child.id)
            except Gone:
                continue
            for name, _ in () if database.trashed else database.sources:
                source = alive(self._containers, name)
                if source and self._has_key(entity, source):
                    return source
        return None

    def _on_page(self) -> list[Child]:
        if self._children is None:
            try:
                self._children = list(self._containers.children(str(self._wanted.parent)))
            except (Gone, Rejected) as error:
                raise self._no_page() from error
        return self._children

    def _has_key(self, entity: Entity, source: Source) -> bool:
        column = source.named(self._wanted.names.of(entity, SYNC_KEY))
        return column is not None and column.type == PROPERTIES[entity][SYNC_KEY].type

    def _no_page(self) -> UserError:
        return UserError(f"no page that {PARENT} names can be seen", [f"check it, and {SHARE}"])

    # ------------------------------------------------------------------------------------ what is there

    def _shape(self, entity: Entity) -> None:
        """Change a data source until nothing is to be changed, and remember it."""
        self._added[entity] = []
        if entity in self._assumed and entity == "track":
            self._read(entity)
        self._show_other_side(entity)
        standing = judge(entity, self._around())
        for left in reversed(range(_ROUNDS)):
            if not standing.changes or not self._change(entity, standing, is_last=left == 0):
                break
            standing = judge(entity, self._around())
        if entity in self._assumed:
            self._read(entity)
            standing = judge(entity, self._around())
        self._findings += standing.findings
        source, ours = self._sources[entity], entity in self._ours()
        self._shelves.write(entity, Shelf(source.id, source.database, standing.known, ours))

    def _change(self, entity: Entity, standing: Standing, *, is_last: bool) -> bool:
        """Ask for changes; return False where Notion does not take them.

        Where it is not known whether they were made, it is looked at; but for the last time.
        """
        self._containers.tell(f"completing {TITLES[entity]}")
        try:
            source = self._containers.change(self._sources[entity].id, standing.changes)
        except OutcomeUnknown:
            if is_last:
                raise
            self._read(entity)
            self._show_other_side(entity)
            return True
        except Rejected as error:
            advice = "see that nobody locked the database, then run `syncengine notion init` again"
            self._findings.append(
                Finding(entity, None, f"Notion did not take the changes: {error}", advice)
            )
            return False
        self._assumed.discard(entity)
        self._sources[entity] = source
        if self._states[entity] != "created":
            self._added[entity] += map(shown_name, standing.added)
        return True

    def _read(self, entity: Entity) -> None:
        self._sources[entity] = self._containers.source(self._sources[entity].id)
        self._assumed.discard(entity)

    def _show_other_side(self, entity: Entity) -> None:
        """Add the other side of a track's relation to what was read before the relation was made."""
        source, around = self._sources[entity], self._around()
        for name, prop in PROPERTIES["track"].items():
            if prop.to != entity or "track" not in self._sources:
                continue
            column = column_of("track", name, around)
            if column is None or column.target != source.id or column.other_side is None:
                continue
            if source.column(column.other_side) is None:
                called = column.config["dual_property"].get("synced_property_name") or ""
                leads = {"data_source_id": self._sources["track"].id}
                other = Column(column.other_side, called, "relation", leads)
                self._sources[entity] = source.with_column(other)

    def _around(self) -> Surroundings:
        return Surroundings(
            self._wanted.names,
            self._sources,
            self._remembered,
            open=self._open(),
            ours=self._ours(),
        )

    def _ours(self) -> frozenset[Entity]:
        """Return the entities whose data sources we made, in this run or before."""
        return frozenset(
            each
            for each, source in self._sources.items()
            if self._states[each] in ("created", "found")
            or is_ours(source, self._remembered.get(each))
        )

    def _open(self) -> frozenset[Entity]:
        """Return the entities to whose data sources properties may be added."""
        return frozenset(self._sources) if self._wanted.add_properties else self._ours()
