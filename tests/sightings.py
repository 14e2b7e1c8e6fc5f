"""Strategies for observations: what exports and the API may say of a few playlists and tracks."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from syncengine.core.enrichment import Statement
from syncengine.core.identity import TrackKey, meta_track
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Kind, Source
from syncengine.core.track import (
    API_RANK,
    APP_RANK,
    OLD_RANK,
    Artist,
    AudioFeatures,
    Claim,
    Dialect,
    Recording,
    Release,
)
from tests.builders import NET, Row, Seen, track

OLD = Dialect("old", "test", OLD_RANK, frozenset({"artists"}))
APP = Dialect("exportify.app", "test", APP_RANK)
API = Dialect("api", "test", API_RANK)

KEYS = ("csv:a", "csv:b", "csv:c", "liked", "spotify:playlist:0000000000000000000001")


def claims(number: int) -> list[Claim]:
    """Return what a row may say of a track: everything, parts, nothing; two tracks share a title."""
    key = track(number)
    title = f"Song {(number + 1) // 2}"
    return [
        Claim(
            key,
            Recording(title, (Artist("A"), Artist("B"))),
            Release("Album", release_date="2020"),
        ),
        Claim(key, Recording(title, (Artist("A & B"),), 1000), isrc="X1"),
        Claim(key, None, Release("Album", release_date="2020-05", label="L")),
        Claim(key, Recording(explicit=False), None, ("rock",)),
        Claim(key, None, None, None, AudioFeatures(danceability=0.5), "X2"),
        Claim(key, None, None, ("pop", "rock"), AudioFeatures(key=3)),
        Claim(key),
    ]


def nameless(number: int) -> list[Claim]:
    """Return what a row without an id may say: it is perhaps one of two tracks of a title."""
    title = f"SONG {(number + 1) // 2}"
    key = meta_track(title, ["A, B"], None)
    other = meta_track(title, ["A & B"], 2000)
    return [
        Claim(key, Recording(title, (Artist("A, B"),))),
        Claim(key, Recording(title, (Artist("A, B"),)), Release("Album"), isrc="X2"),
        Claim(other, Recording(title, (Artist("A & B"),), 2000)),
    ]


def rows(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Row]:
    said = numbers.flatmap(
        lambda number: st.tuples(
            st.just(number), st.sampled_from([*claims(number), *nameless(number)])
        )
    )
    return said.flatmap(
        lambda each: st.builds(
            Row,
            st.just(each[1].track),
            st.sampled_from([1_000 + each[0], 1_000 + each[0], 2_000, None]),
            popularity=st.sampled_from([None, 10, 20]),
            added_by=st.sampled_from([None, None, "ann", "bob"]),
            claim=st.just(each[1]),
        )
    )


MANY = tuple(Row(track(n), 1_000 + n, claim=claims(n)[0]) for n in range(1, 26))
"""Enough rows to collapse."""
few = st.lists(rows(st.integers(1, 6)), max_size=7).map(tuple)
gone = st.integers(0, 4).map(lambda n: MANY[:n])
most = st.sampled_from([MANY, MANY[::-1], MANY[2:], MANY[1:] + MANY[:1], MANY[:12] + MANY[13:]])


@st.composite
def edits(draw: st.DrawFn, before: Sequence[Row]) -> tuple[Row, ...]:
    """Draw a small change: rows that leave, arrive, move, come twice, or are said anew."""
    after = list(before)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(after) - 1)))
        match draw(st.sampled_from(["drop", "add", "move", "copy", "drift"])):
            case "add":
                after.insert(at, draw(rows(st.integers(1, 9))))
            case "drop" if after:
                del after[at]
            case "move" if after:
                after.insert(draw(st.integers(0, len(after) - 1)), after.pop(at))
            case "copy" if after:
                after.append(after[at])
            case "drift" if after:
                after[at] = draw(rows(st.integers(1, 6)))
            case _:
                pass
    return tuple(after)


@st.composite
def sightings(draw: st.DrawFn, known: Sequence[Sequence[Row]], at: int) -> Seen:
    contents = [few, gone, most]
    if known:
        again = st.sampled_from([tuple(each) for each in known])
        contents += [again, again.flatmap(edits), again.flatmap(edits)]
    seen_by_api = draw(st.integers(0, 4)) == 0
    kinds = [Kind.COMPLETE] * 4 + [Kind.PARTIAL, Kind.MEMBERSHIP, Kind.FORBIDDEN]
    kind = draw(st.sampled_from(kinds))
    key = draw(st.sampled_from(KEYS))
    return Seen(
        key,
        at,
        () if kind is Kind.FORBIDDEN else draw(st.one_of(contents)),
        kind,
        inferred=draw(st.booleans()),
        accepted=draw(st.integers(0, 9)) == 0,
        dialect=API if seen_by_api else draw(st.sampled_from([OLD, NET, NET, APP])),
        source=Source.API if seen_by_api else Source.CSV,
        name=draw(st.sampled_from([None, None, key.upper()])),
    )


ISRCS = ("ZZTST2400001", "ZZTST2400002")


@st.composite
def files(
    draw: st.DrawFn, tracks: Sequence[TrackKey], moments: Sequence[int]
) -> Sequence[Statement]:
    """Draw what a file says: a person's words as of one moment, Spotify's as of that or before."""
    at = draw(st.sampled_from(moments), "of")
    said: list[Statement] = []
    chosen = draw(st.lists(st.sampled_from(tracks), min_size=1, max_size=4, unique=True))
    for each in chosen:
        edited = draw(st.booleans())
        earlier = st.sampled_from([moment for moment in moments if moment <= at])
        told = at if edited else draw(earlier)
        isrc = draw(st.sampled_from([None, *ISRCS]))
        popularity = draw(st.sampled_from([10, 20, 30] if isrc is None else [None, 10, 20]))
        said.append(Statement(each, edited, Instant(told), popularity, isrc))
    return said
