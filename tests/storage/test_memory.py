"""The memory, step by step: what each kind of observation does to what was known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Effect, Kind, Source
from syncengine.storage.bulk import Numbers
from syncengine.storage.repositories import contents
from syncengine.storage.repositories.judgements import SAME, judge_playlists
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, HOUR, NOW, Row, Seen, make_database, observe, track


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    with make_database(tmp_path).unit() as unit:
        yield unit


def rows(*numbers: int) -> tuple[Row, ...]:
    return tuple(Row(track(number), added_at=1_000 + number) for number in numbers)


def state(unit: UnitOfWork, at: int) -> dict[str, list[str]]:
    library = unit.library
    keys = library.track_keys()
    entries = library.entries(Instant(at))
    return {
        each.key: [keys[e.track][-2:].lstrip("0") for e in entries.get(each.id, [])]  # type: ignore[index]  # a row number
        for each in library.playlists(Instant(at))
    }


def test_an_observation_holds_from_its_moment_on(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 100, rows(1, 2)))
    observe(unit.memory, Seen("csv:a", 200, rows(3, 1, 2)))
    assert state(unit, 99) == {}
    assert state(unit, 100) == {"csv:a": ["1", "2"]}
    assert state(unit, 199) == {"csv:a": ["1", "2"]}
    assert state(unit, 200) == {"csv:a": ["3", "1", "2"]}


def test_an_older_observation_is_heard_at_its_own_time(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 300, rows(1, 2, 3)))
    observe(unit.memory, Seen("csv:a", 100, rows(2)))
    observe(unit.memory, Seen("csv:a", 200, rows(3, 2)))
    assert state(unit, 150) == {"csv:a": ["2"]}
    assert state(unit, 250) == {"csv:a": ["3", "2"]}
    assert state(unit, 300) == {"csv:a": ["1", "2", "3"]}


def test_a_partial_observation_adds_and_never_removes(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 100, rows(1, 2, 3)))
    observe(unit.memory, Seen("csv:a", 200, rows(1, 4, 3), kind=Kind.PARTIAL))
    assert state(unit, 200) == {"csv:a": ["1", "4", "2", "3"]}


def test_a_dialect_without_stamps_changes_and_erases_nothing(unit: UnitOfWork) -> None:
    blind = tuple(Row(track(n), added_at=None) for n in (1, 2, 3))
    dated = tuple(Row(track(n), added_at=1_000 + n, added_by="ann") for n in (1, 2, 3))
    observe(unit.memory, Seen("csv:a", 100, dated))
    observe(unit.memory, Seen("csv:a", 200, blind))
    observe(unit.memory, Seen("csv:a", 300, blind[1:]))
    before, after = unit.library.entries(Instant(100))[1], unit.library.entries(Instant(300))[1]
    assert after == before[1:]
    assert unit.connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one() == 3


def test_a_membership_ends_and_adds_and_leaves_the_order(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 100, rows(1, 2, 3)))
    observe(unit.memory, Seen("csv:a", 200, rows(4, 3, 1), kind=Kind.MEMBERSHIP))
    assert state(unit, 200) == {"csv:a": ["1", "3", "4"]}


def test_a_forbidden_observation_says_nothing(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 100, rows(1)))
    observe(unit.memory, Seen("csv:a", 200, kind=Kind.FORBIDDEN, source=Source.API))
    assert state(unit, 300) == {"csv:a": ["1"]}


def test_a_collapse_is_kept_aside_until_it_is_confirmed_and_counts_from_its_own_time(
    unit: UnitOfWork,
) -> None:
    many = rows(*range(1, 50))
    observe(unit.memory, Seen("csv:a", DAY, many))
    _, settled = observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1)))
    assert list(settled.effects.values()) == [Effect.ASIDE]
    assert len(state(unit, 2 * DAY)["csv:a"]) == 49
    observe(unit.memory, Seen("csv:a", 2 * DAY + HOUR - 1, rows(1)))
    assert len(state(unit, 3 * DAY)["csv:a"]) == 49
    observe(unit.memory, Seen("csv:a", 2 * DAY + HOUR, rows(1, 60)))
    assert state(unit, 2 * DAY) == {"csv:a": ["1"]}
    assert state(unit, 3 * DAY) == {"csv:a": ["1", "60"]}


def test_an_empty_answer_is_suspect_and_a_sound_one_after_it_clears_it(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1, 2)))
    observe(unit.memory, Seen("csv:a", 2 * DAY))
    observe(unit.memory, Seen("csv:a", 3 * DAY, rows(1, 2, 3)))
    observe(unit.memory, Seen("csv:a", 4 * DAY, (Row(track(9)),)[:0]))
    assert state(unit, 2 * DAY) == {"csv:a": ["1", "2"]}
    assert state(unit, 4 * DAY) == {"csv:a": ["1", "2", "3"]}


def test_old_bytes_under_an_inferred_newer_time_are_suspect(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1), inferred=True))
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1, 2), inferred=True))
    _, settled = observe(unit.memory, Seen("csv:a", 3 * DAY, rows(1), inferred=True))
    assert list(settled.effects.values()) == [Effect.ASIDE]
    _, settled = observe(unit.memory, Seen("csv:a", 4 * DAY, rows(1), inferred=False))
    assert state(unit, 3 * DAY) == {"csv:a": ["1", "2"]}
    assert state(unit, 4 * DAY) == {"csv:a": ["1"]}


def test_the_same_bytes_again_confirm(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1)))
    _, settled = observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1), inferred=True))
    assert list(settled.effects.values()) == [Effect.CONFIRMED]


def test_a_rename_is_one_playlist_with_two_names(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1, 2, 3, 4, 5, 6)))
    _, settled = observe(unit.memory, Seen("csv:b", 2 * DAY, rows(1, 2, 3, 4, 5, 7)))
    assert [(join.earlier, join.later) for join in settled.joins] == [("csv:a", "csv:b")]
    assert list(state(unit, DAY)) == ["csv:a"]
    assert list(state(unit, 2 * DAY)) == ["csv:b"]
    observe(unit.memory, Seen("csv:a", 3 * DAY, rows(1, 2, 3, 4, 5)))
    assert list(state(unit, 3 * DAY)) == ["csv:a"]
    record = unit.library.playlist_records()
    assert [name for name, _ in record[0].names] == ["csv:a", "csv:b", "csv:a"]


def test_the_old_file_of_a_renamed_playlist_does_not_bring_the_name_back(unit: UnitOfWork) -> None:
    same = rows(1, 2, 3, 4, 5, 6)
    observe(unit.memory, Seen("csv:a", DAY, same, inferred=True))
    observe(unit.memory, Seen("csv:b", 2 * DAY, same, inferred=True))
    observe(unit.memory, Seen("csv:a", 3 * DAY, same, inferred=True))
    assert list(state(unit, 3 * DAY)) == ["csv:b"]
    observe(unit.memory, Seen("csv:a", 4 * DAY, rows(1, 2, 3, 4, 5, 6, 7), inferred=True))
    assert [list(state(unit, n * DAY)) for n in (1, 2, 3, 4)] == [[f"csv:{n}"] for n in "abba"]


def test_playlists_seen_side_by_side_are_never_one(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1, 2, 3, 4, 5, 6)))
    observe(unit.memory, Seen("csv:b", 2 * DAY, rows(1, 2, 3, 4, 5, 7)))
    observe(unit.memory, Seen("csv:a", 2 * DAY + 60, rows(1, 2)))
    assert list(state(unit, 3 * DAY)) == ["csv:a", "csv:b"]
    assert state(unit, DAY) == {"csv:a": ["1", "2", "3", "4", "5", "6"]}


def test_a_dropped_snapshot_is_as_if_it_had_never_been(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1)))
    wrong, _ = observe(
        unit.memory, Seen("csv:a", 2 * DAY, rows(1, 9)), Seen("csv:x", 2 * DAY, rows(8))
    )
    observe(unit.memory, Seen("csv:a", 3 * DAY, rows(1, 2)))
    unit.memory.drop(wrong)
    assert state(unit, 2 * DAY) == {"csv:a": ["1"]}
    assert state(unit, 3 * DAY) == {"csv:a": ["1", "2"]}


def test_a_roster_ends_what_it_does_not_list(unit: UnitOfWork) -> None:
    memory = unit.memory
    observe(
        memory,
        Seen("csv:a", DAY, rows(1)),
        Seen("csv:b", DAY, rows(2)),
        Seen("liked", DAY, rows(3)),
    )
    snapshot, _ = observe(memory, Seen("csv:a", 2 * DAY, rows(1, 4)))
    key = memory.timeline.keys()
    memory.record_roster(snapshot, Instant(2 * DAY), Source.CSV, {key["csv:a"].id})  # type: ignore[index]  # a key
    assert sorted(state(unit, 2 * DAY - 1)) == ["csv:a", "csv:b", "liked"]
    assert sorted(state(unit, 2 * DAY)) == ["csv:a", "liked"]
    observe(memory, Seen("csv:b", 3 * DAY, rows(2)))
    assert sorted(state(unit, 3 * DAY)) == ["csv:a", "csv:b", "liked"]


def test_an_api_listing_ends_only_what_one_listed_before(unit: UnitOfWork) -> None:
    memory = unit.memory
    for key in ("csv:a", "liked"):
        observe(memory, Seen(key, DAY, rows(1)))
    for key in ("spotify:playlist:b", "spotify:playlist:c"):
        observe(memory, Seen(key, DAY, rows(2), source=Source.API))
    observe(memory, Seen("csv:d", DAY, rows(3)))

    def call(at: int, *listed: str) -> None:
        snapshot, _ = observe(memory, Seen("csv:z", at, rows(9, at)))
        numbers = {memory.timeline.keys()[PlaylistKey(key)].id for key in listed}
        memory.record_roster(snapshot, Instant(at), Source.API, numbers)

    call(2 * DAY, "spotify:playlist:b", "csv:d")
    assert sorted(state(unit, 2 * DAY)) == [
        "csv:a",
        "csv:d",
        "csv:z",
        "liked",
        "spotify:playlist:b",
        "spotify:playlist:c",
    ]
    call(3 * DAY, "spotify:playlist:b", "spotify:playlist:c")
    call(4 * DAY, "spotify:playlist:b")
    assert sorted(state(unit, 3 * DAY)) == sorted(
        ["csv:a", "csv:z", "liked", "spotify:playlist:b", "spotify:playlist:c"]
    )
    assert sorted(state(unit, 4 * DAY)) == ["csv:a", "csv:z", "liked", "spotify:playlist:b"]


def test_popularity_is_a_series_that_an_old_export_can_enter(unit: UnitOfWork) -> None:
    def popular(at: int, value: int) -> Seen:
        return Seen("csv:a", at, (Row(track(1), popularity=value),))

    observe(unit.memory, popular(DAY, 10))
    observe(unit.memory, popular(3 * DAY, 10))
    middle, _ = observe(unit.memory, popular(2 * DAY, 20))
    number = unit.library.track_number(track(1))
    assert [unit.library.popularity(Instant(n * DAY))[number] for n in (1, 2, 3)] == [10, 20, 10]  # type: ignore[index]  # known
    assert unit.library.popularity()[number] == 10  # type: ignore[index]  # known
    unit.memory.drop(middle)
    assert [unit.library.popularity(Instant(n * DAY))[number] for n in (1, 2, 3)] == [10, 10, 10]  # type: ignore[index]  # known


# What the machine found, each in its smallest form


def popular(at: int, value: int, key: str = "csv:a") -> Seen:
    return Seen(key, at, (Row(track(1), popularity=value),))


def popularity(unit: UnitOfWork, *moments: int) -> list[int | None]:
    number = unit.library.track_number(track(1))
    return [unit.library.popularity(Instant(at)).get(number) for at in moments]  # type: ignore[arg-type]  # known


def test_dropping_the_last_snapshot_takes_its_popularity_along(unit: UnitOfWork) -> None:
    observe(unit.memory, popular(DAY, 10))
    last, _ = observe(unit.memory, popular(2 * DAY, 20))
    unit.memory.drop(last)
    assert popularity(unit, DAY, 2 * DAY) == [10, 10]
    number = unit.library.track_number(track(1))
    assert unit.library.popularity() == {number: 10}


def test_a_series_settles_on_the_last_word_of_a_moment(unit: UnitOfWork) -> None:
    later = [popular(3 * DAY, 10), popular(3 * DAY, 30, "csv:b")]
    observe(unit.memory, *later)
    winner = max(later, key=lambda seen: seen.digest).rows[0].popularity
    observe(unit.memory, popular(DAY, 10))
    assert popularity(unit, DAY, 3 * DAY) == [10, winner]


def test_each_track_of_a_batch_settles_after_its_own_last_change(unit: UnitOfWork) -> None:
    """Of two answers of one moment the API's holds, but what the export said of its tracks counts."""
    api = Seen("csv:a", 2 * DAY, rows(2), source=Source.API)
    observe(unit.memory, popular(2 * DAY, 10), api)
    observe(unit.memory, popular(DAY, 20), Seen("csv:b", 2 * DAY, rows(3)))
    assert popularity(unit, DAY, 2 * DAY) == [20, 10]


def test_what_vouched_for_a_suspect_may_be_cut_off_from_it(unit: UnitOfWork) -> None:
    many = rows(*range(1, 50))
    observe(unit.memory, Seen("csv:a", DAY, many))
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1)))
    observe(unit.memory, Seen("csv:a", 4 * DAY, rows(1, 2)))
    assert len(state(unit, 2 * DAY)["csv:a"]) == 1
    observe(unit.memory, Seen("csv:a", 3 * DAY, many))
    assert [len(state(unit, n * DAY)["csv:a"]) for n in (1, 2, 3, 4)] == [49, 49, 49, 49]


def test_a_voucher_that_is_dropped_vouches_no_more(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(*range(1, 50))))
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1)))
    voucher, _ = observe(unit.memory, Seen("csv:a", 4 * DAY, rows(1, 2)))
    unit.memory.drop(voucher)
    assert len(state(unit, 2 * DAY)["csv:a"]) == 49


def test_an_old_file_that_comes_back_confirms_no_empty_answer(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", DAY, rows(1, 2)))
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1, 2, 3)))
    observe(unit.memory, Seen("csv:a", 3 * DAY))
    observe(unit.memory, Seen("csv:a", 4 * DAY, rows(1, 2), inferred=True))
    assert state(unit, 4 * DAY) == {"csv:a": ["1", "2", "3"]}


def test_bytes_learned_late_make_later_copies_of_them_suspect(unit: UnitOfWork) -> None:
    for day, content in ((2, rows(1, 2)), (4, rows(1, 2)), (6, rows(1))):
        observe(unit.memory, Seen("csv:a", day * DAY, content, inferred=True))
    assert state(unit, 6 * DAY) == {"csv:a": ["1"]}
    first, _ = observe(unit.memory, Seen("csv:a", DAY, rows(1), inferred=True))
    assert state(unit, 6 * DAY) == {"csv:a": ["1", "2"]}
    unit.memory.drop(first)
    assert state(unit, 6 * DAY) == {"csv:a": ["1"]}


def test_a_playlist_that_the_api_comes_to_know_had_ended_all_the_same(unit: UnitOfWork) -> None:
    memory = unit.memory
    observe(memory, Seen("csv:a", DAY, rows(1)), Seen("csv:b", DAY, rows(2)))
    snapshot, _ = observe(memory, Seen("csv:a", 2 * DAY, rows(1)))
    key = memory.timeline.keys()
    memory.record_roster(snapshot, Instant(2 * DAY), Source.CSV, {key["csv:a"].id})  # type: ignore[index]  # a key
    observe(memory, Seen("csv:b", 4 * DAY, rows(2), source=Source.API))
    both = ["csv:a", "csv:b"]
    assert [sorted(state(unit, n * DAY)) for n in (1, 2, 4)] == [both, ["csv:a"], both]
    assert [len(unit.library.entries(Instant(n * DAY))) for n in (1, 2, 4)] == [2, 1, 2]


def test_a_rename_is_seen_when_the_new_key_was_forbidden_before(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:b", DAY, kind=Kind.FORBIDDEN, source=Source.API))
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1, 2, 3, 4, 5)))
    _, settled = observe(unit.memory, Seen("csv:b", 3 * DAY, rows(1, 2, 3, 4, 5)))
    assert [(join.earlier, join.later) for join in settled.joins] == [("csv:a", "csv:b")]


def test_the_name_of_an_older_file_is_heard_at_its_time(unit: UnitOfWork) -> None:
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(1)))
    observe(unit.memory, Seen("csv:a", 3 * DAY, rows(1)), Seen("csv:a", DAY, rows(1)))
    assert state(unit, DAY) == {"csv:a": ["1"]}


def test_contents_are_read_whole_when_not_all_can_be_remembered(
    unit: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_MOST_LINES_REMEMBERED", 60)
    made = [rows(*range(n, 40)) for n in range(1, 9)]
    observe(unit.memory, *(Seen("csv:a", n * DAY, each) for n, each in enumerate(made, 1)))
    lines = [unit.memory.contents.lines(n) for n in range(1, 9)]
    chained: list[int] = []
    for each in lines:
        base = chained[-1] if chained else None
        chained.append(unit.memory.contents.keep([*each, each[0]], base))
    book = contents.ContentBook(unit.connection, Numbers(unit.connection))
    book.lines(chained[0])
    book.load(reversed(chained))
    assert [book.lines(n) for n in chained] == [[*each, each[0]] for each in lines]


def test_what_only_hidden_answers_say_of_a_track_counts_at_its_time(unit: UnitOfWork) -> None:
    """Of two answers of one moment the API's holds; the track the other one spoke of is in no entry."""

    def both(at: int, value: int) -> tuple[Seen, Seen]:
        return popular(at, value), Seen("csv:a", at, rows(2), source=Source.API)

    observe(unit.memory, *both(DAY, 10))
    observe(unit.memory, *both(3 * DAY, 10))
    observe(unit.memory, *both(2 * DAY, 20))
    assert state(unit, 3 * DAY) == {"csv:a": ["2"]}
    assert popularity(unit, DAY, 2 * DAY, 3 * DAY) == [10, 20, 10]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_keys_of_one_playlist_at_one_moment_one_has_the_last_word(
    unit: UnitOfWork, order: tuple[int, int]
) -> None:
    keys = [PlaylistKey("csv:a"), PlaylistKey("csv:b")]
    for place in order:
        observe(unit.memory, Seen(keys[place], DAY, rows(1)))
    judge_playlists(unit.connection, SAME, keys[0], keys[1], NOW)
    unit.memory.reconsider()
    assert list(state(unit, DAY)) == ["csv:b"]


def test_growth_follows_change_in_any_order(unit: UnitOfWork) -> None:
    def count() -> int:
        return unit.connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one()  # type: ignore[no-any-return]  # a number

    observe(unit.memory, Seen("csv:a", DAY, rows(*range(1, 30))))
    observe(unit.memory, Seen("csv:a", 4 * DAY, rows(40, *range(1, 30))))
    assert count() == 30
    observe(unit.memory, Seen("csv:a", 2 * DAY, rows(*range(1, 30))))
    assert count() == 30
    odd, _ = observe(unit.memory, Seen("csv:a", 3 * DAY, rows(*range(1, 29), 50, 29)))
    assert count() == 31
    unit.memory.drop(odd)
    assert count() == 30


def test_an_api_answer_learned_late_undoes_the_ends_that_exports_made(unit: UnitOfWork) -> None:
    memory = unit.memory
    observe(memory, Seen("csv:a", DAY, rows(1)), Seen("csv:b", DAY, rows(2)))
    observe(memory, Seen("csv:b", 3 * DAY, rows(2)))
    snapshot, _ = observe(memory, Seen("csv:a", 4 * DAY, rows(1)))
    key = memory.timeline.keys()[PlaylistKey("csv:a")]
    memory.record_roster(snapshot, Instant(4 * DAY), Source.CSV, {key.id})
    assert state(unit, 4 * DAY) == {"csv:a": ["1"]}
    late, _ = observe(memory, Seen("csv:b", 2 * DAY, rows(2), source=Source.API))
    assert state(unit, 4 * DAY) == {"csv:a": ["1"], "csv:b": ["2"]}
    memory.drop(late)
    assert state(unit, 4 * DAY) == {"csv:a": ["1"]}


def test_a_series_is_told_on_where_another_playlist_of_the_same_import_is_of_later(
    unit: UnitOfWork,
) -> None:
    def popular(at: int, value: int) -> Seen:
        return Seen("csv:a", at, (Row(track(1), popularity=value), Row(track(2))))

    observe(unit.memory, popular(DAY, 10), Seen("csv:b", DAY, rows(3)))
    observe(unit.memory, popular(5 * DAY, 10))
    observe(unit.memory, Seen("csv:a", 6 * DAY, (Row(track(2)),)), Seen("csv:b", 9 * DAY, rows(3)))
    observe(unit.memory, popular(3 * DAY, 20), Seen("csv:b", 8 * DAY, rows(3, 4)))
    number = unit.library.track_number(track(1))
    told = [unit.library.popularity(Instant(at * DAY)).get(number) for at in (1, 3, 4, 5, 7)]  # type: ignore[arg-type]  # a row number
    assert told == [10, 20, 20, 10, 10]
