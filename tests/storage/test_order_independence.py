"""The library depends on the set of what was observed, in whatever order and batches it arrived."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.core.diff import EntryDiff, diff
from syncengine.core.enrichment import Statement
from syncengine.core.identity import is_track
from syncengine.core.moment import Instant
from syncengine.core.playlist import Entry
from syncengine.core.snapshot import Effect
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import DAY, NOW, Row, Seen, enrich, make_database, observe
from tests.sightings import few, files, sightings

Batches = Sequence[Sequence[Seen]]
Library = dict[str, tuple[str, list[Entry]]]


@st.composite
def observations(draw: st.DrawFn) -> list[Seen]:
    """Draw distinct observations within a few days."""
    moments = st.sampled_from([DAY, DAY + 1800, DAY + 3600, 2 * DAY, 3 * DAY])
    known = draw(st.lists(few, min_size=1, max_size=3))
    seen: dict[Hashable, Seen] = {}
    for _ in range(draw(st.integers(1, 6))):
        each = draw(sightings(known, draw(moments)))
        seen[each.key, each.at, each.source, each.digest] = each
    return list(seen.values())


@st.composite
def two_ways(draw: st.DrawFn) -> tuple[Batches, Batches]:
    """Draw two orders of the same observations: all at once, one at a time, or something between."""
    seen = draw(observations())
    return draw(batches(seen)), draw(batches(seen))


@st.composite
def batches(draw: st.DrawFn, seen: Sequence[Seen]) -> Batches:
    order = draw(st.permutations(seen))
    cuts = draw(st.just([]) | st.just(range(len(seen))) | st.lists(st.integers(0, len(seen))))
    edges = sorted({0, *cuts, len(seen)})
    return [order[start:end] for start, end in pairwise(edges)]


def fill(unit: UnitOfWork, given_: Batches) -> None:
    for batch in given_:
        observe(unit.memory, *batch)


def library(unit: UnitOfWork, at: int) -> Library:
    """Return every playlist at a moment, in words that no row number gets into."""
    tracks, people = unit.library.track_keys(), unit.library.contributors()
    entries = unit.library.entries(Instant(at))
    return {
        each.key: (
            f"{each.name} {each.observed_at} {each.source}",
            [
                Entry(tracks[e.track], e.added_at, people.get(e.added_by))  # type: ignore[index, call-overload]  # row numbers
                for e in entries.get(each.id, [])
            ],
        )
        for each in unit.library.playlists(Instant(at))
    }


def diffs(before: Library, after: Library) -> dict[str, EntryDiff]:
    return {key: diff(before[key][1], after[key][1]) for key in before.keys() & after.keys()}


def everything(unit: UnitOfWork, moments: Sequence[int]) -> list[object]:
    tracks = unit.library.track_keys()
    found: list[object] = []
    for at in moments:
        moment = Instant(at)
        facts = {tracks[number]: each for number, each in unit.library.facts(moment).items()}
        popular = {tracks[number]: each for number, each in unit.library.popularity(moment).items()}
        found.append((library(unit, at), facts, popular))
    states = [library(unit, at) for at in moments]
    found += [diffs(before, after) for before in states for after in states]
    found.append(
        sorted(
            (
                record.key,
                record.name,
                record.observed_at,
                record.ended_at,
                sorted(record.keys),
                record.names,
            )
            for record in unit.library.playlist_records()
        )
    )
    return found


@given(two_ways())
@settings(max_examples=settings().max_examples // 2)
def test_any_order_and_grouping_gives_the_same_library(ways: tuple[Batches, Batches]) -> None:
    moments = sorted({each.at + shift for batch in ways[0] for each in batch for shift in (-1, 0)})
    found = []
    for way in ways:
        with TemporaryDirectory() as folder, make_database(Path(folder)).unit() as unit:
            fill(unit, way)
            found.append(everything(unit, [*moments, moments[-1] + DAY]))
    assert found[0] == found[1]


@st.composite
def mixed(draw: st.DrawFn) -> tuple[list[Seen], list[Sequence[Statement]]]:
    """Draw observations, and files of distinct moments among theirs that speak of their tracks."""
    seen = draw(observations())
    tracks = sorted({row.track for each in seen for row in each.rows if is_track(row.track)})
    moments = sorted({each.at + shift for each in seen for shift in (-1, 0, 1)})
    if not tracks:
        return seen, []
    found = draw(st.lists(files(tracks, moments), max_size=3))
    # Of two files of one moment the one that is applied later is to win.
    return seen, list({max(each.at for each in said): said for said in found}.values())


@given(mixed(), st.data())
@settings(max_examples=settings().max_examples // 8)
def test_files_may_be_applied_between_any_imports(
    said: tuple[list[Seen], list[Sequence[Statement]]], data: st.DataObject
) -> None:
    seen, applied = said
    moments = sorted({each.at for each in seen} | {each.at for one in applied for each in one})
    found = []
    for _ in range(2):
        both: list[Seen | Sequence[Statement]] = [*seen, *applied]
        order = data.draw(st.permutations(both))
        with TemporaryDirectory() as folder, make_database(Path(folder)).unit() as unit:
            _speak_of(unit, seen)
            for each in order:
                if isinstance(each, Seen):
                    observe(unit.memory, each)
                else:
                    enrich(unit, max(one.at for one in each), *each)
            found.append(everything(unit, [*moments, moments[-1] + DAY]))
    assert found[0] == found[1]


def _speak_of(unit: UnitOfWork, seen: Sequence[Seen]) -> None:
    """Make the tracks known: a file says nothing of a track that no import ever told of."""
    rows = tuple(Row(row.track) for each in seen for row in each.rows)
    snapshot, _ = observe(unit.memory, Seen("csv:known", 1, rows))
    unit.memory.drop(snapshot)


@given(mixed())
@settings(max_examples=settings().max_examples // 8)
def test_a_file_that_is_taken_back_leaves_no_trace(
    said: tuple[list[Seen], list[Sequence[Statement]]],
) -> None:
    seen, applied = said
    moments = sorted({each.at for each in seen})
    found = []
    for wrong in (False, True):
        with TemporaryDirectory() as folder, make_database(Path(folder)).unit() as unit:
            _speak_of(unit, seen)
            fill(unit, [[each] for each in seen[::2]])
            numbers = [
                enrich(unit, max(one.at for one in each), *each) for each in applied if wrong
            ]
            fill(unit, [[each] for each in seen[1::2]])
            for number in numbers:
                unit.enrichment.undo(number, NOW)
            found.append((everything(unit, moments), unit.library.digest()))
    assert found[0] == found[1]


@given(observations())
@settings(max_examples=settings().max_examples // 4)
def test_what_is_dropped_leaves_no_trace(seen: Sequence[Seen]) -> None:
    kept, dropped = seen[::2], seen[1::2]
    moments = sorted({each.at for each in seen})
    found = []
    for wrong in (False, True):
        with TemporaryDirectory() as folder, make_database(Path(folder)).unit() as unit:
            fill(unit, [[each] for each in kept[:1]])
            snapshots = [observe(unit.memory, each)[0] for each in dropped if wrong]
            fill(unit, [[each] for each in kept[1:]])
            for snapshot in snapshots:
                unit.memory.drop(snapshot)
            found.append([library(unit, at) for at in moments])
    assert found[0] == found[1]


def test_recording_nothing_changes_nothing(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        snapshot, _ = observe(unit.memory, Seen("csv:a", DAY))
        before = everything(unit, [DAY])
        assert unit.memory.record(snapshot, []).effects == {}
        assert unit.memory.reconsider() == []
        assert everything(unit, [DAY]) == before


def test_an_empty_playlist_alone_can_be_recorded(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        _, settled = observe(unit.memory, Seen("csv:a", DAY))
        assert list(settled.effects.values()) == [Effect.FOLDED]
        assert [each.key for each in unit.library.playlists(Instant(DAY))] == ["csv:a"]
