"""One request a page, and never two pages for one thing, whatever breaks and whatever people do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from syncengine.adapters.notion.fields import SYNC_KEY
from syncengine.adapters.notion.shelf import Known, Shelf
from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import REMOVED, Value
from syncengine.core.writer import Change, Written
from syncengine.errors import Forbidden, Gone, OutcomeUnknown, Rejected
from tests.adapters.notion.house import House
from tests.fakes.notion_faults import cut, failed, hung_up
from tests.fakes.notion_http import Answer, Fault, Make, error
from tests.fakes.notion_wired import CREATE, NOON, QUERY, UPDATE

SCHEMA = "GET /v1/data_sources/{data_source_id}"
FAULTS: list[Any] = [
    pytest.param(failed(500), True, id="500"),
    pytest.param(failed(502), True, id="502"),
    pytest.param(failed(503), True, id="503"),
    pytest.param(failed(504), True, id="504"),
    pytest.param(hung_up(), True, id="hung up"),
    pytest.param(failed(500, done=True), False, id="500 after"),
    pytest.param(failed(502, done=True), False, id="502 after"),
    pytest.param(failed(504, done=True), False, id="504 after"),
    pytest.param(hung_up(done=True), False, id="hung up after"),
    pytest.param(cut(0.5), False, id="cut"),
]


def _update(
    house: House, address: str, fields: dict[str, Value], trashed: bool | None = None
) -> Written:
    return house.writer.write(Change("track", "k", address, fields, trashed))


# -------------------------------------------------------------------------------------------- creating


def test_a_page_is_created_with_everything_in_one_request(house: House) -> None:
    artist = house.create("artist", "a").address
    house.requests()
    fields: dict[str, Value] = {
        "Name": "A song",
        "Artists": (artist,),
        "Popularity": 3,
        "Label": None,
    }
    made = house.writer.write(Change("track", "k", None, fields))
    assert house.requests() == [CREATE]
    assert made.holds == {"Name": "A song", "Artists": (artist,), "Popularity": 3, SYNC_KEY: "k"}
    assert made.left_out == frozenset()
    held = house.values(made.address)
    assert held.items() >= {"Name": "A song", "Sync key": "k", "Artists": [artist]}.items()
    body = house.double.log.noted[-1].body
    assert "Label" not in str(body)
    assert not {"in_trash", "archived"} & set(body)


@pytest.mark.parametrize(("fault", "again"), FAULTS)
def test_a_create_that_broke_makes_one_page(house: House, fault: Fault, again: bool) -> None:
    house.double.lag(2)
    house.double.faults.add(CREATE, fault)
    made = house.create("track", "k", {"Popularity": 3})
    (page,) = house.pages("track")
    assert made == Written(page.id, {"Name": "k", SYNC_KEY: "k", "Popularity": 3})
    queries = [QUERY] * (4 if again else 3)
    assert house.requests() == [CREATE, *queries, *([CREATE] if again else [])]
    assert [each for each in house.time.slept if each >= 1] == ([1, 2, 4] if again else [1, 2])


def test_creates_that_break_again_and_again_are_given_up_in_doubt(house: House) -> None:
    house.double.faults.add(CREATE, failed(502), times=9)
    with pytest.raises(OutcomeUnknown):
        house.create("track", "k")
    assert house.requests().count(CREATE) == 3
    assert house.pages("track") == []


def test_every_round_may_turn_out_to_have_been_done(house: House) -> None:
    house.double.faults.add(CREATE, failed(502))
    house.double.faults.add(CREATE, failed(502, done=True))
    made = house.create("track", "k")
    assert [page.id for page in house.pages("track")] == [made.address]


@pytest.mark.parametrize("pattern", [QUERY, CREATE])
def test_what_breaks_while_a_create_is_in_doubt_ends_no_doubt(house: House, pattern: str) -> None:
    house.double.faults.add(CREATE, failed(502))
    house.double.faults.add(pattern, failed(401))
    with pytest.raises(OutcomeUnknown) as caught:
        house.create("track", "k")
    assert caught.value.__cause__ is not None


def test_a_page_in_the_trash_is_not_the_one_that_was_created(house: House) -> None:
    old = house.create("track", "k").address
    _update(house, old, {}, trashed=True)
    house.double.faults.add(CREATE, failed(502))
    made = house.create("track", "k")
    assert made.address != old
    assert len(house.pages("track", trashed=None)) == 2


def test_of_several_pages_the_one_that_holds_what_was_sent_was_created(house: House) -> None:
    house.create("track", "k", {"Popularity": 1})
    house.time.now += 3_600
    house.double.faults.add(CREATE, failed(502, done=True))
    made = house.create("track", "k", {"Popularity": 2})
    house.time.now += 3_600
    assert house.values(made.address)["Popularity"] == 2
    assert made.holds["Popularity"] == 2
    assert len(house.pages("track")) == 2


def test_an_older_page_with_the_key_is_taken_with_what_it_holds(house: House) -> None:
    old = house.create("track", "k", {"Popularity": 1})
    house.double.faults.add(CREATE, failed(502))
    made = house.create("track", "k", {"Popularity": 2})
    assert (made.address, made.holds["Popularity"]) == (old.address, 1)
    assert len(house.pages("track")) == 1


def test_keys_that_differ_by_capitals_are_two_when_looked_up(house: House) -> None:
    house.create("track", "spotify:track:A")
    house.double.faults.add(CREATE, failed(502))
    made = house.create("track", "spotify:track:a")
    assert made.holds[SYNC_KEY] == "spotify:track:a"
    assert len(house.pages("track")) == 2


def test_without_the_key_s_property_it_is_looked_up_by_uri(house: House) -> None:
    house.double.person.change_schema(house.sources["track"], {SYNC_KEY: None})
    house.writer = house.new_writer()
    key = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
    house.double.faults.add(CREATE, failed(502, done=True))
    made = house.writer.write(Change("track", key, None, {"Name": "x", "Spotify URI": key}))
    assert [page.id for page in house.pages("track")] == [made.address]


def test_without_any_place_for_a_key_a_create_is_never_repeated(house: House) -> None:
    house.double.person.change_schema(house.sources["track"], {SYNC_KEY: None})
    house.writer = house.new_writer()
    house.double.faults.add(CREATE, failed(502, done=True))
    with pytest.raises(OutcomeUnknown):
        house.writer.write(Change("track", "csv:k", None, {"Name": "x"}))
    assert len(house.pages("track")) == 1
    assert house.requests() == [CREATE]


# -------------------------------------------------------------------------------------------- changing


def test_a_change_is_one_request_with_nothing_else_in_it(house: House) -> None:
    made = house.create("track", "k", {"Popularity": 1, "Label": "RSO"}).address
    house.double.person.edit(house.double.world.pages[made], {"My notes": "mine", "ISRC": "theirs"})
    house.requests()
    written = _update(house, made, {"Popularity": 2, "Label": None})
    assert written == Written(made, {"Popularity": 2, "Label": None})
    assert house.requests() == [UPDATE]
    assert list(house.double.log.noted[-1].body) == ["properties"]
    assert len(house.double.log.noted[-1].body["properties"]) == 2
    held = house.values(made)
    assert (held["My notes"], held["ISRC"], held["Label"]) == ("mine", "theirs", None)


@pytest.mark.parametrize(("fault", "_again"), FAULTS)
def test_a_change_that_broke_is_made_again(house: House, fault: Fault, _again: bool) -> None:
    made = house.create("track", "k").address
    house.double.faults.add(UPDATE, fault)
    assert _update(house, made, {"Popularity": 2}).holds == {"Popularity": 2}
    assert house.requests() == [CREATE, UPDATE, UPDATE]


def test_nothing_to_write_is_no_request(house: House) -> None:
    made = house.create("track", "k").address
    house.requests()
    assert _update(house, made, {}) == Written(made, {})
    assert _update(house, made, {"Unheard of": 1}) == Written(made, {}, frozenset({"Unheard of"}))
    assert house.requests() == []


def test_the_mark_of_removal_is_a_time(house: House) -> None:
    made = house.create("track", "k").address
    since = to_iso(Instant(int(NOON) // 60 * 60))
    assert _update(house, made, {REMOVED: since}).holds == {REMOVED: since}
    assert house.values(made)["Removed at"] is not None
    assert _update(house, made, {REMOVED: None}).holds == {REMOVED: None}


@pytest.mark.parametrize("gone", ["trashed", "deleted"])
def test_what_is_gone_is_gone(house: House, gone: str) -> None:
    made = house.create("track", "k").address
    page = house.double.world.pages[made]
    if gone == "trashed":
        house.double.person.trash(page)
    else:
        house.double.person.delete(page)
    with pytest.raises(Gone):
        _update(house, made, {"Popularity": 2})


def test_a_related_page_that_is_gone_is_not_this_one(house: House) -> None:
    made = house.create("track", "k").address
    trashed, deleted = (
        house.double.world.pages[house.create("artist", key).address] for key in "ab"
    )
    house.double.person.trash(trashed)
    house.double.person.delete(deleted)
    for page in (trashed, deleted):
        with pytest.raises(Rejected, match="a page that is to be related is not there"):
            _update(house, made, {"Artists": (page.id,)})
        with pytest.raises(Rejected, match="a page that is to be related is not there"):
            house.create("track", "l", {"Artists": (page.id,)})


@pytest.mark.parametrize("how", ["trashed", "unshared"])
def test_a_database_that_is_gone_is_everybody_s_trouble(house: House, how: str) -> None:
    made = house.create("track", "k").address
    source = house.sources["track"]
    if how == "trashed":
        house.double.person.set_database_trashed(source)
    else:
        house.double.world.shared.clear()
    with pytest.raises(Forbidden, match="the database of tracks") as caught:
        house.create("track", "l")
    assert caught.value.everything
    with pytest.raises(Forbidden if how == "trashed" else Gone):
        _update(house, made, {"Popularity": 2})


# ------------------------------------------------------------------------------------------- the trash


def test_a_page_goes_into_the_trash_and_comes_out_with_its_fields(house: House) -> None:
    made = house.create("track", "k").address
    house.requests()
    assert _update(house, made, {}, trashed=True) == Written(made, {})
    assert house.trashed(made)
    assert _update(house, made, {}, trashed=True) == Written(made, {})
    assert _update(house, made, {"Popularity": 2}, trashed=False).holds == {"Popularity": 2}
    assert not house.trashed(made)
    assert _update(house, made, {"Popularity": 3}, trashed=True).holds == {"Popularity": 3}
    assert house.trashed(made)
    assert house.requests() == [UPDATE] * 4
    assert all("archived" not in call.body for call in house.double.log.writes)


def test_a_page_that_is_in_the_trash_already_stays_there_and_says_what_it_holds(
    house: House,
) -> None:
    made = house.create("track", "k", {"Popularity": 1}).address
    house.double.faults.add(UPDATE, failed(502, done=True))
    assert _update(house, made, {"Popularity": 2}, trashed=True).holds == {"Popularity": 2}
    assert house.double.world.pages[made].trashed
    assert _update(house, made, {"Popularity": 3}, trashed=True).holds == {"Popularity": 2}


@pytest.mark.parametrize("trashed", [True, False])
def test_where_notion_takes_not_both_at_once_it_is_two_requests(
    house: House, trashed: bool
) -> None:
    made = house.create("track", "k").address
    page = house.double.world.pages[made]
    if not trashed:
        house.double.person.trash(page)
    house.requests()
    house.double.faults.add(UPDATE, failed(400))
    assert _update(house, made, {"Popularity": 2}, trashed=trashed).holds["Popularity"] == 2
    assert page.trashed is trashed
    assert house.requests() == [UPDATE] * 3
    assert house.values(made)["Popularity"] == 2


def test_a_deleted_page_comes_not_out_of_the_trash(house: House) -> None:
    made = house.create("track", "k").address
    house.double.person.delete(house.double.world.pages[made])
    for trashed in (True, False):
        with pytest.raises(Gone):
            _update(house, made, {"Popularity": 2}, trashed=trashed)


# ------------------------------------------------------------------------------- what people take away


def test_what_a_shelf_has_no_place_for_is_left_out(house: House) -> None:
    shelf = house.shelf("track")
    known = {name: each for name, each in shelf.properties.items() if name != "Popularity"}
    house.writer = house.new_writer(track=_with(shelf, known))
    made = house.create("track", "k", {"Popularity": 1, "Label": "RSO"})
    assert made.left_out == {"Popularity"}
    assert made.holds == {"Name": "k", SYNC_KEY: "k", "Label": "RSO"}
    assert house.requests() == [CREATE]
    # What has another type than is kept is none of ours.
    known["Label"] = Known(known["Label"].id, "select")
    house.writer = house.new_writer(track=_with(shelf, known))
    assert house.create("track", "l", {"Label": "RSO"}).left_out == {"Label"}
    seen = house.writer.at(made.address)
    assert seen is not None
    assert "Label" not in seen.fields


def _with(shelf: Shelf, properties: Any) -> Shelf:
    return Shelf(shelf.source, shelf.database, properties)


@pytest.mark.parametrize("schema", [None, {"select": {}}])
def test_a_property_that_people_took_away_is_left_out_from_then_on(
    house: House, schema: Any
) -> None:
    made = house.create("track", "k").address
    source = house.sources["track"]
    house.double.person.change_schema(source, {"Popularity": schema})
    house.requests()
    written = _update(house, made, {"Popularity": 2, "Label": "RSO"})
    assert written == Written(made, {"Label": "RSO"}, frozenset({"Popularity"}))
    assert house.requests() == [UPDATE, SCHEMA, UPDATE]
    ((entity, shelf),) = house.remembered
    assert entity == "track"
    assert house.shelf("track").properties.keys() - shelf.properties.keys() <= {"Popularity"}
    assert "Popularity" not in shelf.properties
    assert house.create("track", "l", {"Popularity": 2}).left_out == {"Popularity"}
    assert house.requests() == [CREATE]
    house.double.person.change_schema(source, {"Label": None, "ISRC": None})
    written = house.create("track", "m", {"Label": "x", "ISRC": "y", "Popularity": 1})
    assert written.left_out == {"Label", "ISRC", "Popularity"}
    assert house.requests() == [CREATE, SCHEMA, CREATE]


def test_another_refusal_is_the_page_s_own(house: House) -> None:
    made = house.create("track", "k").address
    house.requests()
    with pytest.raises(Rejected):
        _update(house, made, {"Genres": ("a, b",)})
    assert house.requests() == [UPDATE]
    assert house.remembered == []


def test_a_refusal_that_nothing_explains_is_not_repeated_for_ever(house: House) -> None:
    made = house.create("track", "k").address
    house.requests()

    def refuse(_make: Make) -> Answer:
        return error(400, "validation_error", "Label is not a property that exists.").but()

    house.double.faults.add(UPDATE, refuse)
    with pytest.raises(Rejected, match="is not a property that exists"):
        _update(house, made, {"Label": "RSO"})
    assert house.requests() == [UPDATE, SCHEMA]
    assert house.remembered == []


def test_threads_that_find_the_same_property_gone_look_once(house: House) -> None:
    pages = [house.create("track", f"k{number}").address for number in range(8)]
    house.double.person.change_schema(house.sources["track"], {"Popularity": None})
    house.requests()
    with ThreadPoolExecutor(8) as threads:
        done = list(
            threads.map(lambda page: _update(house, page, {"Popularity": 2, "Label": "x"}), pages)
        )
    assert [each.holds for each in done] == [{"Label": "x"}] * 8
    assert house.requests().count(SCHEMA) == len(house.remembered) == 1


def test_an_integration_that_may_not_read_gets_to_know_the_address(house: House) -> None:
    house.double.allow("insert", "update")
    made = house.create("track", "k", {"Popularity": 1})
    assert made == Written(house.pages("track")[0].id, {})
    assert _update(house, made.address, {"Popularity": 2, "x": 1}) == Written(
        made.address, {}, frozenset({"x"})
    )
    assert house.values(made.address)["Popularity"] == 2
