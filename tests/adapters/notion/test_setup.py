"""Databases are made in the fewest requests, once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from syncengine.adapters.notion.asking import Ask, Json
from syncengine.adapters.notion.fields import BACK, ENTITIES, PROPERTIES, SHOWN_AS
from syncengine.adapters.notion.looking import read_wanted, resolve
from syncengine.adapters.notion.names import TITLES
from syncengine.adapters.notion.setup import set_up
from syncengine.adapters.notion.wire import NotionWire
from syncengine.core.plan import Entity
from syncengine.core.setup import SetUp
from syncengine.errors import ConfigError, OutcomeUnknown, RemoteError, UserError
from tests.adapters.notion.remembered import Remembered
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_faults import failed, hung_up
from tests.fakes.notion_http import VERSIONS
from tests.fakes.notion_things import DataSource, Page
from tests.fakes.notion_wired import Time, wired

FIRST_TIME = 9
"""One look at the page, four databases, the ids of the tracks' properties, three times rollups."""


class Bench:
    """A double, and what is remembered between runs of setting it up."""

    def __init__(self, double: NotionDouble, version: str) -> None:
        self.double = double
        self.version = version
        self.page: Page = double.home("Music")
        self.memory = Remembered()
        self.calls: Mapping[str, int] = {}

    def set_up(self, *entities: Entity, **wishes: Any) -> SetUp:
        """Run once, and count the requests."""
        wire = self.wire()
        try:
            return set_up(wire, self.memory, self.wanted(*entities, **wishes))
        finally:
            self.calls = wire.calls
            wire.close()

    def wire(self) -> NotionWire:
        return wired(self.double, Time(), version=self.version)

    def wanted(self, *entities: Entity, **wishes: Any) -> Any:
        known: Json = {"parent": self.page.id, "adopted": {}, "properties": {}}
        return read_wanted(entities or ENTITIES, **{**known, **wishes})

    @property
    def asked(self) -> int:
        return sum(self.calls.values())

    def source(self, entity: Entity) -> DataSource:
        """Return the one living data source of an entity that is called as ours are."""
        found = self.sources(entity)
        assert len(found) == 1, [each.name for each in found]
        return found[0]

    def sources(self, entity: Entity) -> list[DataSource]:
        world = self.double.world
        return [
            each
            for each in world.sources.values()
            if each.name == TITLES[entity] and not world.databases[each.database].trashed
        ]

    def types(self, entity: Entity) -> dict[str, str]:
        return {each.name: each.type for each in self.source(entity).properties.values()}


@pytest.fixture(params=VERSIONS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with NotionDouble() as double:
        yield Bench(double, request.param)
        double.assert_clean()


@pytest.fixture
def old() -> Iterator[Bench]:
    with NotionDouble() as double:
        yield Bench(double, VERSIONS[0])
        double.assert_clean()


def wanted_types(entity: Entity) -> dict[str, str]:
    """Return what a database of ours has, by name, where all entities are kept."""
    own = {SHOWN_AS.get(name, name): prop.type for name, prop in PROPERTIES[entity].items()}
    back: dict[str, str] = {} if entity == "track" else {BACK: "relation"}
    return {**own, **back}


def check_whole(bench: Bench, *entities: Entity) -> None:
    """See that everything is there once, and remembered by its ids."""
    for entity in entities or ENTITIES:
        source, shelf = bench.source(entity), bench.memory.shelves[entity]
        assert bench.types(entity) == wanted_types(entity)
        assert (shelf.source, shelf.database, shelf.ours) == (source.id, source.database, True)
        assert set(shelf.properties) == set(PROPERTIES[entity])
        for name, known in shelf.properties.items():
            column = source.named(SHOWN_AS.get(name, name))
            assert column is not None
            assert (known.id, known.type) == (column.shown_id, column.type)
    check_relations(bench)


def check_relations(bench: Bench) -> None:
    tracks = bench.source("track")
    for name, prop in PROPERTIES["track"].items():
        if prop.to is not None:
            there, column = bench.source(prop.to), tracks.named(name)
            assert column is not None
            assert column.target == there.id
            assert column.synced == there.named(BACK).id  # type: ignore[union-attr]
    total = bench.source("playlist").named("Total time")
    assert total is not None
    assert total.config == {
        "function": "sum",
        "relation_property_id": bench.source("playlist").named(BACK).id,  # type: ignore[union-attr]
        "rollup_property_id": tracks.named("Duration").id,  # type: ignore[union-attr]
    }


# ------------------------------------------------------------------------------------ the first time


def test_four_databases_take_nine_requests(bench: Bench) -> None:
    report = bench.set_up()
    assert bench.asked == FIRST_TIME
    assert bench.calls == {
        "GET /v1/blocks/{block_id}/children": 1,
        "POST /v1/databases": 4,
        "GET /v1/data_sources/{data_source_id}": 1,
        "PATCH /v1/data_sources/{data_source_id}": 3,
    }
    assert [each.state for each in report.places] == ["created"] * 4
    assert (report.findings, report.stopped) == ([], False)
    check_whole(bench)


def test_a_second_run_only_looks(bench: Bench) -> None:
    bench.set_up()
    before = dict(bench.memory.shelves)
    report = bench.set_up()
    assert bench.calls == {"GET /v1/data_sources/{data_source_id}": 4}
    assert [(each.state, each.added) for each in report.places] == [("kept", ())] * 4
    assert bench.memory.shelves == before
    check_whole(bench)


def test_the_other_side_gets_its_name_where_notion_made_one_up(bench: Bench) -> None:
    bench.double.world.names_synced = False
    bench.set_up()
    assert bench.asked == FIRST_TIME
    check_whole(bench)


@pytest.mark.parametrize(
    ("entities", "requests", "relations"),
    [
        (("track",), 3, set()),
        (("artist",), 3, set()),
        (("artist", "track"), 5, {"Artists"}),
        (("playlist", "album"), 5, set()),
        (("playlist", "album", "track"), 7, {"Playlists", "Album"}),
    ],
)
def test_only_entities_that_are_kept_are_related_and_summed_up(
    old: Bench, entities: tuple[Entity, ...], requests: int, relations: set[str]
) -> None:
    report = old.set_up(*entities)
    assert old.asked == requests
    assert not report.findings
    assert set(old.memory.shelves) == set(entities)
    for entity in entities:
        names = {prop.type for prop in old.source(entity).properties.values()}
        assert ("rollup" in names) == (entity != "track" and "track" in entities)
    if "track" in entities:
        found = {each.name for each in old.source("track").of_type("relation")}
        assert found == relations
    before = old.asked
    old.set_up(*entities)
    assert old.asked == len(entities) < before + 1


def test_entities_that_are_kept_later_are_added(bench: Bench) -> None:
    bench.set_up("artist", "track")
    kept = {each: bench.source(each).id for each in ("artist", "track")}
    report = bench.set_up()
    states = {each.entity: (each.state, each.added) for each in report.places}
    assert states["track"] == ("kept", ("Album", "Playlists"))
    assert states["playlist"] == ("created", ())
    assert {each: bench.source(each).id for each in ("artist", "track")} == kept
    check_whole(bench)


# --------------------------------------------------------------------------------------- repairs


def test_deleted_properties_are_added_again(bench: Bench) -> None:
    bench.set_up()
    person = bench.double.person
    person.change_schema(bench.source("track"), {"BPM": None, "Playlists": None})
    person.change_schema(bench.source("playlist"), {"Owner": None})
    person.change_schema(bench.source("artist"), {"Track count": None, "Removed at": None})
    report = bench.set_up()
    added = {each.entity: set(each.added) for each in report.places}
    assert added["track"] == {"BPM", "Playlists"}
    assert {"Owner"} <= added["playlist"] <= {"Owner", "Track count", "Total time"}
    assert added["artist"] == {"Track count", "Removed at"}
    check_whole(bench)
    bench.set_up()
    assert bench.calls == {"GET /v1/data_sources/{data_source_id}": 4}


def test_what_a_person_renamed_stays_renamed(bench: Bench) -> None:
    bench.set_up()
    person = bench.double.person
    person.rename(bench.source("track"), "Popularity", "Beliebtheit")
    person.rename(bench.source("track"), "Name", "Titel")
    person.rename(bench.source("artist"), BACK, "Songs")
    before = dict(bench.memory.shelves)
    bench.set_up()
    assert bench.calls == {"GET /v1/data_sources/{data_source_id}": 4}
    assert bench.memory.shelves == before
    assert bench.source("artist").named("Songs")


@pytest.mark.parametrize("names_synced", [True, False])
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_database_in_the_trash_is_made_anew(
    bench: Bench, entity: Entity, names_synced: bool
) -> None:
    bench.set_up()
    bench.double.world.names_synced = names_synced
    old = bench.source(entity)
    bench.double.person.set_database_trashed(old)
    report = bench.set_up()
    states = {each.entity: each.state for each in report.places}
    assert states == {**dict.fromkeys(ENTITIES, "kept"), entity: "created"}
    assert bench.memory.shelves[entity].source == bench.source(entity).id != old.id
    for each in ENTITIES:
        left = {f"{name} (old)" for name in (BACK, *PROPERTIES["track"])}
        found = {name: kind for name, kind in bench.types(each).items() if name not in left}
        assert found == wanted_types(each)
    check_relations(bench)
    bench.set_up()
    assert bench.calls == {"GET /v1/data_sources/{data_source_id}": 4}


def test_a_database_that_was_moved_is_still_ours(bench: Bench) -> None:
    bench.set_up()
    elsewhere = bench.double.world.add_page("Elsewhere", shared=True)
    bench.double.world.databases[bench.source("track").database].parent = elsewhere.id
    bench.double.person.change_schema(bench.source("track"), {"BPM": None})
    report = bench.set_up(parent=None)
    assert report.places[-1].added == ("BPM",)
    check_whole(bench)


def test_a_wrong_type_is_left_alone_and_said(bench: Bench) -> None:
    bench.set_up()
    bench.double.person.change_schema(bench.source("track"), {"Popularity": "rich_text"})
    report = bench.set_up()
    assert [(f.entity, f.field, f.stops) for f in report.findings] == [
        ("track", "Popularity", False)
    ]
    assert report.findings[0].problem == "of type rich_text, not number"
    assert bench.types("track")["Popularity"] == "rich_text"
    assert "Popularity" not in bench.memory.shelves["track"].properties


# ------------------------------------------------------------------------------------ interruptions


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("number", range(FIRST_TIME))
def test_whatever_request_fails_nothing_is_made_twice(
    bench: Bench, number: int, done: bool
) -> None:
    bench.double.faults.add("*", failed(502, done=done), skip=number)
    try:
        bench.set_up()
    except RemoteError:
        bench.set_up()
    check_whole(bench)
    assert len(bench.double.world.databases) == 4


@pytest.mark.parametrize("number", range(FIRST_TIME))
def test_a_kill_after_any_request_and_a_lost_memory_double_nothing(
    bench: Bench, number: int
) -> None:
    class Killed(BaseException):
        """As SIGKILL, as far as the state outside is concerned."""

    class Mortal:
        """A wire whose process dies as soon as it has an answer."""

        calls: Mapping[str, int] = {}
        left = number

        def read(self, endpoint: str, ask: Ask) -> Json:
            return self._die_after(wire.read(endpoint, ask))

        def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
            return self._die_after(wire.write(endpoint, ask, repeatable=repeatable))

        def _die_after(self, answer: Json) -> Json:
            if self.left == 0:
                raise Killed
            self.left -= 1
            return answer

    with closing(bench.wire()) as wire, pytest.raises(Killed):
        set_up(Mortal(), bench.memory, bench.wanted())
    if number % 2:
        bench.memory = Remembered()
    bench.set_up()
    check_whole(bench)
    assert len(bench.double.world.databases) == 4


def test_a_lost_memory_finds_everything_again(bench: Bench) -> None:
    bench.set_up()
    before, bench.memory = bench.memory, Remembered()
    report = bench.set_up()
    assert [each.state for each in report.places] == ["found"] * 4
    assert bench.memory.shelves == before.shelves
    assert len(bench.double.world.databases) == 4


def test_a_strangers_database_of_the_same_name_is_left_alone(old: Bench) -> None:
    theirs = old.double.person.add_database(old.page, "Artists", {"Name": "title"})
    old.set_up()
    assert len(old.sources("artist")) == 2
    assert old.memory.shelves["artist"].source != theirs.id
    assert {each.name for each in theirs.properties.values()} == {"Name"}


def test_a_create_of_which_nobody_knows_is_an_error_until_it_shows(old: Bench) -> None:
    old.double.faults.add("POST /v1/databases", hung_up(done=False))
    with pytest.raises(RemoteError):
        old.set_up()
    old.set_up()
    assert len(old.double.world.databases) == 4


# -------------------------------------------------------------------------------- wrong before all


def test_a_page_is_needed_for_what_is_to_be_made(old: Bench) -> None:
    with pytest.raises(ConfigError, match="NOTION_PARENT_PAGE_ID is not set") as caught:
        old.set_up("track", parent=None)
    assert "NOTION_TRACKS_DATA_SOURCE_ID" in caught.value.problems[0]
    assert old.asked == 0


def test_a_page_that_is_not_shared_is_said(old: Bench) -> None:
    old.double.person.unshare(old.page)
    with pytest.raises(UserError, match="no page that NOTION_PARENT_PAGE_ID names") as caught:
        old.set_up()
    assert "share it with the integration" in caught.value.problems[0]


@pytest.mark.parametrize(
    ("lacking", "said"),
    [("read", "Read content"), ("insert", "Insert content"), ("update", "Update content")],
)
def test_a_capability_that_lacks_is_named(old: Bench, lacking: str, said: str) -> None:
    old.double.allow(*({"read", "insert", "update", "users"} - {lacking}))
    with pytest.raises(RemoteError, match=said):
        old.set_up()


def test_resolving_says_what_was_never_set_up(old: Bench) -> None:
    with closing(old.wire()) as wire:
        found = resolve(wire, old.memory, old.wanted("track"))
        assert [(each.entity, each.stops) for each in found] == [("track", True)]
        old.set_up("track")
        assert resolve(wire, old.memory, old.wanted("track")) == []
        assert not wire.calls


def test_changes_that_notion_does_not_take_are_said(old: Bench) -> None:
    old.set_up()
    old.double.person.change_schema(old.source("track"), {"BPM": None})
    old.double.faults.add("PATCH /v1/data_sources/*", failed(400))
    report = old.set_up()
    (said,) = [each for each in report.findings if each.entity == "track"]
    assert "Notion did not take the changes" in said.problem
    assert "BPM" not in old.memory.shelves["track"].properties
    old.set_up()
    check_whole(old)


def test_changes_of_which_nobody_knows_are_given_up_in_the_end(old: Bench) -> None:
    old.set_up()
    old.double.person.change_schema(old.source("track"), {"BPM": None})
    for _ in range(5):
        old.double.faults.add("PATCH /v1/data_sources/*", failed(504))
    with pytest.raises(OutcomeUnknown):
        old.set_up()
    old.set_up()
    check_whole(old)


def test_a_page_of_many_blocks_is_read_to_its_end(old: Bench) -> None:
    for number in range(150):
        old.double.world.add_page(f"Page {number}", old.page.id)
    old.set_up()
    assert old.calls["GET /v1/blocks/{block_id}/children"] == 2
    old.memory = Remembered()
    old.set_up()
    assert old.calls["GET /v1/blocks/{block_id}/children"] == 2
    check_whole(old)
