"""Everything that stands in Notion is seen, whatever Notion keeps back and whoever moves it meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.core.moment import Instant
from syncengine.core.plan import Entity
from syncengine.core.writer import Change, SeenItem
from syncengine.errors import Forbidden, RemoteError
from tests.adapters.notion.house import House
from tests.fakes.notion_http import OLD
from tests.fakes.notion_library import fill
from tests.fakes.notion_things import Page
from tests.fakes.notion_wired import NOON, QUERY

ID = "4uLU6hMCjMI75M1A2tKUQC"


def _fill(
    house: House, count: int, *, per_minute: int = 180, entity: Entity = "track"
) -> list[Page]:
    rows = (
        {"Name": f"{entity} {n}", "Sync key": f"spotify:{entity}:{n:022}"} for n in range(count)
    )
    return fill(house.double, house.sources[entity], rows, per_minute=per_minute)


def _addresses(items: Any) -> list[str]:
    return [item.address for item in items]


def _everything(house: House, entity: Entity = "track") -> list[SeenItem]:
    found = list(house.writer.everything(entity))
    assert len(set(_addresses(found))) == len(found)
    return found


# ----------------------------------------------------------------------------------------- everything


@pytest.mark.parametrize("house", [OLD], indirect=True)
def test_twenty_five_thousand_pages_are_all_seen_each_once(house: House) -> None:
    made = _fill(house, 25_000)
    house.requests()
    found = _everything(house)
    assert {item.address: item.keys for item in found} == {
        page.id: (f"spotify:track:{n:022}",) for n, page in enumerate(made)
    }
    # Three windows, each of which begins in the last minute of the one before, and the trash twice.
    assert len(house.requests()) <= 250 + 3 * 2 + 2


@pytest.mark.parametrize(("rows", "per_minute"), [(299, 7), (300, 300), (301, 150), (950, 299)])
def test_windows_lose_nothing_at_their_edges(house: House, rows: int, per_minute: int) -> None:
    house.double.world.query_limit = 300
    made = _fill(house, rows, per_minute=per_minute)
    assert sorted(_addresses(_everything(house))) == sorted(page.id for page in made)


def test_a_minute_that_is_not_shown_whole_is_an_error_and_never_an_end(house: House) -> None:
    house.double.world.query_limit = 300
    _fill(house, 50)
    for number in range(301):
        house.create("track", f"k{number}")
    with pytest.raises(RemoteError, match="more than 300 of its pages were created in one minute"):
        _everything(house)
    assert len(house.requests()) < 400


def _queries(house: House) -> list[Any]:
    return [call for call in house.double.log.noted if call.name == QUERY]


def test_the_trash_is_seen_too_and_last(house: House) -> None:
    made = _fill(house, 5)
    house.double.person.trash(made[1])
    found = _everything(house)
    assert [item.trashed for item in found] == [False] * 4 + [True]
    assert found[-1].address == made[1].id


def test_what_is_restored_or_thrown_away_meanwhile_is_seen(house: House) -> None:
    made = _fill(house, 250)
    house.double.person.trash(made[0], made[1])
    person = house.double.person
    # The trash is read first, then the rest in three pages.
    house.double.before_page(QUERY, lambda: person.restore(made[0]), page=2)
    house.double.before_page(QUERY, lambda: person.trash(made[2], made[3]), page=2)
    house.double.before_page(QUERY, lambda: person.trash(made[4]), page=3)
    assert len(_everything(house)) == 250
    house.double.before_page(QUERY, lambda: person.restore(made[1]), page=5)
    assert len(_everything(house)) == 250


@pytest.mark.parametrize("query", [2, 3])
def test_what_is_restored_behind_the_reader_s_back_is_seen(house: House, query: int) -> None:
    made = _fill(house, 5)
    house.double.person.trash(made[1])
    # The trash was read, and maybe the rest.
    house.double.before_page(QUERY, lambda: house.double.person.restore(made[1]), page=query)
    assert len(_everything(house)) == 5


def test_those_behind_pages_that_are_thrown_away_are_not_passed_over(house: House) -> None:
    made = _fill(house, 250, per_minute=1)
    person = house.double.person
    # The one that the next page was to begin with, and one before it.
    house.double.before_page(QUERY, lambda: person.trash(made[3], made[100]), page=3)
    assert len(_everything(house)) == 250


def test_edits_while_everything_is_read_move_nothing(house: House) -> None:
    made = _fill(house, 250)
    house.double.before_page(
        QUERY, lambda: house.double.person.edit(made[100], {"Name": "other"}), page=3
    )
    assert len(_everything(house)) == 250


def test_a_database_that_is_gone_is_no_empty_one(house: House) -> None:
    house.double.person.set_database_trashed(house.sources["track"])
    with pytest.raises(Forbidden, match="the database of tracks") as caught:
        _everything(house)
    assert caught.value.everything


# --------------------------------------------------------------------------------------------- changed


def test_what_was_changed_is_read_with_an_overlap(house: House) -> None:
    old, edited, gone, new = _fill(house, 4)
    house.time.now += 3_600
    since = house.time.clock()
    house.time.now += 10  # within the minute of the last look
    house.double.person.edit(edited, {"Name": "other"})
    house.double.person.trash(gone)
    house.requests()
    found = list(house.writer.changed("track", since))
    assert {item.address: item.trashed for item in found} == {edited.id: False, gone.id: True}
    assert len(house.requests()) == 2
    # Clocks may differ by minutes, and Notion's times have no seconds.
    assert len(list(house.writer.changed("track", Instant(since + 5 * 60)))) == 2
    assert list(house.writer.changed("track", Instant(since + 6 * 60))) == []
    assert len(list(house.writer.changed("track", Instant(0)))) == 4
    assert old.id != new.id


def test_an_edit_while_changes_are_read_hides_no_other(house: House) -> None:
    """By the time of the last edit, the page that is due next would move to the end, and all between
    it and the end would be passed over."""
    made = _fill(house, 250)
    since = house.time.clock()
    for page in made:
        house.double.person.edit(page, {"Name": "other"})
        house.time.now += 1
    house.double.before_page(
        QUERY, lambda: house.double.person.edit(made[100], {"Name": "again"}), page=2
    )
    assert sorted(_addresses(house.writer.changed("track", since))) == sorted(p.id for p in made)


def test_changes_come_in_windows_too(house: House) -> None:
    house.double.world.query_limit = 200
    made = _fill(house, 350, per_minute=20)
    for page in made[40:]:
        house.double.person.edit(page, {"Name": "other"})
    found = _addresses(house.writer.changed("track", house.time.clock()))
    assert sorted(found) == sorted(page.id for page in made[40:])


# ------------------------------------------------------------------------------------------------ find


def _find(house: House, *keys: str, ago: int = 60, entity: Entity = "track") -> list[SeenItem]:
    return list(house.writer.find(entity, keys, Instant(house.time.clock() - ago)))


def test_pages_are_found_by_key_in_the_trash_too_and_each_of_several(house: House) -> None:
    first, second, third, _ = (
        house.double.world.pages[house.create("track", key).address] for key in "abca"
    )
    house.double.person.trash(first, third)
    found = _find(house, "a", "c", "nobody")
    assert len(found) == 3
    assert {item.trashed for item in found if item.keys == ("a",)} == {True, False}
    assert second.id not in _addresses(found)


def test_ids_that_differ_by_capitals_are_two(house: House) -> None:
    lower = house.create("track", f"spotify:track:{ID.lower()}").address
    exact = house.create("track", f"spotify:track:{ID}").address
    assert house.double.world.folds_case
    assert _addresses(_find(house, f"spotify:track:{ID}")) == [exact]
    assert _addresses(_find(house, f"spotify:track:{ID.lower()}")) == [lower]


def test_many_keys_are_asked_for_at_once(house: House) -> None:
    made = _fill(house, 200)
    house.requests()
    assert len(_find(house, *(f"spotify:track:{n:022}" for n in range(200)))) == len(made)
    assert len(house.requests()) == 2 * 6  # three conditions each
    house.requests()
    assert len(_find(house, *(f"csv:{n}" for n in range(200)))) == 0
    assert len(house.requests()) == 2 * 2


def test_adopted_pages_are_found_by_uri_and_by_url(house: House) -> None:
    add, tracks = house.double.person.add, house.sources["track"]
    other = "0Z3Yl6pU6rUCBqTzqKDnzT"
    by_uri = add(tracks, {"Name": "a", "Spotify URI": f"spotify:track:{ID}"})
    by_url = add(tracks, {"Spotify URL": f"https://open.spotify.com/intl-de/track/{other}?si=1"})
    add(tracks, {"Spotify URL": f"https://open.spotify.com/track/{other.lower()}"})
    found = _find(house, f"spotify:track:{ID}", f"spotify:track:{other}")
    assert sorted(_addresses(found)) == sorted([by_uri.id, by_url.id])


def test_what_is_not_found_too_soon_is_looked_for_again(house: House) -> None:
    house.double.lag(5)
    page = house.create("track", "a").address
    house.double.lag()
    assert _addresses(_find(house, "a", "b", ago=0)) == [page]
    # b was looked for until it must have shown, and a only until it did.
    assert house.time.slept == [1, 2, 4, 8]
    last = _queries(house)[-1].body["filter"]["or"]
    assert [each["rich_text"]["equals"] for each in last] == ["b"]


def test_what_was_written_long_ago_is_looked_for_once(house: House) -> None:
    house.requests()
    assert _find(house, "b", ago=11) == []
    assert house.time.slept == []
    assert len(house.requests()) == 2
    assert _find(house) == []
    assert house.requests() == []


# -------------------------------------------------------------------------------------------- one page


def test_a_page_says_all_that_is_ours_and_nothing_else(house: House) -> None:
    made = house.create("track", "k", {"Popularity": 5})
    house.double.person.edit(house.double.world.pages[made.address], {"My notes": "mine"})
    seen = house.writer.at(made.address)
    assert seen is not None
    assert (seen.entity, seen.address, seen.keys) == ("track", made.address, ("k",))
    assert seen.created_at == Instant(int(NOON) // 60 * 60)
    assert (seen.trashed, seen.cut) == (False, frozenset())
    assert "My notes" not in seen.fields
    assert set(seen.fields) == set(house.shelf("track").properties)
    held = {name: value for name, value in seen.fields.items() if value is not None}
    assert held == {"Name": "k", "Sync key": "k", "Popularity": 5}
    assert house.writer.at(made.address.replace("-", "")) == seen


def test_where_nothing_of_ours_is_there_is_none(house: House) -> None:
    person, made = house.double.person, house.create("track", "k").address
    other = person.add_database(house.double.home("Other"), "Other", {"Name": "title"})
    assert house.writer.at(person.add(other, {"Name": "x"}).id) is None
    assert house.writer.at(house.double.home("Alone").id) is None
    assert house.writer.at("00000000-0000-4000-8000-000000000000") is None
    assert house.writer.at("no id") is None
    page = house.double.world.pages[made]
    person.trash(page)
    seen = house.writer.at(made)
    assert seen is not None
    assert seen.trashed
    person.delete(page)
    assert house.writer.at(made) is None


@pytest.mark.parametrize(
    ("entity", "values", "keys"),
    [
        ("track", {"Sync key": "meta:1"}, ("meta:1",)),
        ("track", {"Spotify URI": f"spotify:track:{ID}"}, (f"spotify:track:{ID}",)),
        ("track", {"Spotify URI": f"spotify:episode:{ID}"}, (f"spotify:episode:{ID}",)),
        ("track", {"Spotify URI": "spotify:local:A:B:C:9"}, ("spotify:local:A:B:C:9",)),
        ("track", {"Spotify URI": f" {ID} "}, (f"spotify:track:{ID}",)),
        ("track", {"Spotify URI": "my favourite"}, ()),
        (
            "track",
            {"Spotify URL": f"https://open.spotify.com/track/{ID}?si=abc"},
            (f"spotify:track:{ID}",),
        ),
        ("track", {"Spotify URL": f"https://open.spotify.com/album/{ID}"}, ()),
        ("track", {"Spotify URL": f"https://example.com/track/{ID}"}, ()),
        ("artist", {"Spotify URL": f"https://open.spotify.com/artist/{ID}"}, (f"spotify:artist:{ID}",)),
        ("album", {"Spotify URL": f"https://open.spotify.com/intl-pt/album/{ID}"}, (f"spotify:album:{ID}",)),
        (
            "playlist",
            {"Sync key": "csv:mix", "Spotify URL": f"https://open.spotify.com/playlist/{ID}"},
            ("csv:mix", f"spotify:playlist:{ID}"),
        ),
        (
            "track",
            {
                "Sync key": "meta:1",
                "Spotify URI": f"spotify:track:{ID}",
                "Spotify URL": f"https://open.spotify.com/track/{ID}",
            },
            ("meta:1", f"spotify:track:{ID}"),
        ),
        ("track", {"Name": f"spotify:track:{ID}"}, ()),
    ],
)  # fmt: skip
def test_what_a_page_goes_by(
    house: House, entity: Entity, values: dict[str, str], keys: tuple[str, ...]
) -> None:
    page = house.double.person.add(house.sources[entity], values)
    seen = house.writer.at(page.id)
    assert seen is not None
    assert seen.keys == keys


def test_names_that_people_change_change_nothing(house: House) -> None:
    tracks = house.sources["track"]
    for name in ("Sync key", "Popularity", "Name"):
        house.double.person.rename(tracks, name, f"{name} (old)")
    made = house.create("track", "k", {"Popularity": 5, "Name": "A"})
    assert made.left_out == frozenset()
    assert house.values(made.address)["Popularity (old)"] == 5
    (seen,) = house.writer.everything("track")
    assert seen.keys == ("k",)
    assert (seen.fields["Name"], seen.fields["Popularity"]) == ("A", 5)
    assert _addresses(_find(house, "k")) == [made.address]


def test_a_property_that_people_gave_another_type_is_no_longer_ours(house: House) -> None:
    made = house.create("track", "k", {"Label": "RSO"})
    house.double.person.change_schema(house.sources["track"], {"Label": {"number": {}}})
    seen = house.writer.at(made.address)
    assert seen is not None
    assert "Label" not in seen.fields


# ------------------------------------------------------------------------------------------- relations


def test_a_long_relation_is_cut_and_can_be_read_whole(house: House) -> None:
    artists = tuple(page.id for page in _fill(house, 130, entity="artist"))
    few, many = artists[:25], artists[:100]
    made = house.create("track", "k", {"Artists": few})
    assert made.holds["Artists"] == few
    wide = house.create("track", "w", {"Artists": many})
    assert "Artists" not in wide.holds
    seen = {item.keys[0]: item for item in house.writer.everything("track")}
    assert (set(seen["k"].cut), seen["k"].fields["Artists"]) == (set(), few)
    assert (set(seen["w"].cut), seen["w"].fields["Artists"]) == ({"Artists"}, many[:25])
    assert house.writer.related(wide.address, "Artists") == many
    assert house.writer.related(wide.address, "Album") == ()
    house.double.person.edit(house.double.world.pages[wide.address], {"Artists": list(artists)})
    house.requests()
    assert house.writer.related(wide.address, "Artists") == artists
    assert len(house.requests()) == 2
    with pytest.raises(RemoteError, match="no database in Notion has a relation Tracks"):
        house.writer.related(wide.address, "Tracks")


def test_related_pages_in_the_trash_do_not_show(house: House) -> None:
    artist = house.create("artist", "a").address
    made = house.create("track", "k", {"Artists": (artist,)}).address
    house.writer.write(Change("artist", "a", artist, {}, trashed=True))
    seen = house.writer.at(made)
    assert seen is not None
    assert seen.fields["Artists"] is None
