"""Which data sources there are of those that are wanted: adopted by the settings, or remembered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.adapters.notion.address import page_address
from syncengine.adapters.notion.asking import Wire
from syncengine.adapters.notion.containers import Containers
from syncengine.adapters.notion.fields import ENTITIES
from syncengine.adapters.notion.names import TITLES, Names, read_names
from syncengine.adapters.notion.schema import Source
from syncengine.adapters.notion.shelf import Shelf, Shelves
from syncengine.adapters.notion.standing import Surroundings, judge
from syncengine.core.plan import Entity
from syncengine.core.setup import Finding
from syncengine.errors import ConfigError, Gone, Rejected

PARENT = "NOTION_PARENT_PAGE_ID"
SHARE = "share it with the integration (••• → Connections)"


def variable(entity: Entity) -> str:
    """Return the setting that names an existing data source of an entity."""
    return f"NOTION_{entity.upper()}S_DATA_SOURCE_ID"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings want of Notion; ids have dashes. ``adopted`` are data sources that exist."""

    entities: tuple[Entity, ...]
    parent: str | None
    adopted: Mapping[Entity, str]
    names: Names
    add_properties: bool = False


def read_wanted(
    entities: Collection[Entity],
    *,
    parent: str | None,
    adopted: Mapping[Entity, str],
    properties: Mapping[str, str],
    add_properties: bool = False,
) -> Wanted:
    """Read what the settings say. Raises ConfigError for what is no id, or the id of two entities."""
    problems: list[str] = []
    ids: dict[Entity, str] = {}
    page = page_address(parent) if parent else None
    if parent and page is None:
        problems.append(f"{PARENT} is no id or address of a page")
    for entity in ENTITIES:
        if entity not in entities or entity not in adopted:
            continue
        found = page_address(adopted[entity])
        if found is None:
            problems.append(f"{variable(entity)} is no id of a data source")
        elif found in ids.values():
            problems.append(f"{variable(entity)} names the data source of another entity")
        else:
            ids[entity] = found
    if problems:
        raise ConfigError(problems[0], problems)
    kept = tuple(each for each in ENTITIES if each in entities)
    return Wanted(kept, page, ids, read_names(properties), add_properties)


@dataclass(slots=True)
class Looked:
    """What is there; ``absent`` are entities of which nothing is, also not in the settings."""

    sources: dict[Entity, Source] = field(default_factory=dict)
    absent: list[Entity] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def look(containers: Containers, wanted: Wanted, remembered: Mapping[Entity, Shelf]) -> Looked:
    """Ask for every data source that is named or remembered: mostly one request each."""
    found = Looked()
    for entity in wanted.entities:
        containers.tell(f"looking at {TITLES[entity]}")
        if entity in wanted.adopted:
            _look_at_adopted(containers, entity, wanted.adopted[entity], found)
        else:
            source = alive(containers, remembered[entity].source) if entity in remembered else None
            if source is None:
                found.absent.append(entity)
            else:
                found.sources[entity] = source
    return found


def alive(containers: Containers, name: str) -> Source | None:
    """Return a data source; None where there is none, or only in the trash."""
    try:
        source = containers.source(name)
    except Gone:
        return None
    return None if source.trashed else source


def _look_at_adopted(containers: Containers, entity: Entity, name: str, found: Looked) -> None:
    def note(problem: str, advice: str, *, stops: bool = True) -> None:
        found.findings.append(Finding(entity, None, problem, advice, stops))

    try:
        source = containers.source(name)
    except (Gone, Rejected):
        inside = _sources_of(containers, name)
        if not inside:
            note(f"nothing that {variable(entity)} names can be seen", f"check it, and {SHARE}")
            return
        if len(inside) > 1:
            listed = ", ".join(f"{title} is {each}" for each, title in inside)
            advice = f"set it to one of its data sources: {listed}"
            note(f"{variable(entity)} names a database with several data sources", advice)
            return
        (only, _), *_ = inside
        source = containers.source(only)
        advice = f"its one data source is used; better set it to {only}"
        note(f"{variable(entity)} names a database", advice, stops=False)
    if source.trashed:
        note("the data source is in the trash", f"take it out, or change {variable(entity)}")
        return
    found.sources[entity] = source


def _sources_of(containers: Containers, name: str) -> tuple[tuple[str, str], ...]:
    """Return the data sources of a database, if that is what an id is of."""
    try:
        return containers.database(name).sources
    except (Gone, Rejected):
        return ()


def is_ours(source: Source, shelf: Shelf | None) -> bool:
    """Say whether it is remembered of a data source that we made it."""
    return shelf is not None and shelf.ours and shelf.source == source.id


def resolve(wire: Wire, shelves: Shelves, wanted: Wanted) -> list[Finding]:
    """See that every data source that the settings name is remembered; ask only where one is not.

    To be called before a plan is applied. Nothing is changed in Notion. Of the findings, those that
    stop stand in the way of a sync; an entity that was never set up is among them.
    """
    remembered = shelves.read()
    if not _is_new(wanted, remembered):
        return []
    containers = Containers(wire)
    found = look(containers, wanted, remembered)
    findings = list(found.findings)
    findings += [not_set_up(each, remembered=each in remembered) for each in found.absent]
    around = Surroundings(wanted.names, found.sources, remembered)
    for entity, source in found.sources.items():
        standing = judge(entity, around)
        findings += standing.findings
        ours = is_ours(source, remembered.get(entity))
        shelves.write(entity, Shelf(source.id, source.database, standing.known, ours))
    return findings


def not_set_up(entity: Entity, *, remembered: bool = False) -> Finding:
    """Return what is said of an entity that has no database, or none any more."""
    problem, advice = "there is no database yet", "run `syncengine notion init`"
    if remembered:
        problem = "its database is in the trash, or deleted, or no longer shared"
        advice = f"take it out or {SHARE}; or {advice}, which makes a new one"
    return Finding(entity, None, problem, advice, stops=True)


def need_page(absent: Sequence[Entity], wanted: Wanted) -> None:
    """Raise ConfigError where databases are to be made and no page is named for them."""
    if not absent or wanted.parent is not None:
        return
    named = ", ".join(variable(each) for each in absent)
    raise ConfigError(
        f"{PARENT} is not set, and there is no database yet for "
        f"{', '.join(f'{each}s' for each in absent)}",
        [f"set {PARENT} to the page on which they are to be made, or {named} to existing ones"],
    )


def _is_new(wanted: Wanted, remembered: Mapping[Entity, Shelf]) -> bool:
    for entity in wanted.entities:
        shelf = remembered.get(entity)
        if shelf is None:
            return True
        named = wanted.adopted.get(entity)
        if named not in (None, shelf.source, shelf.database):
            return True
    return False
