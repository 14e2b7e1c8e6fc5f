"""Enrichment: popularity and ISRC in a file that people look through before it is applied.

A value that Spotify told is Spotify's word, from the moment at which it was told. What a person wrote
in its place is the person's word, from the moment of the file. See docs/enrichment.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from syncengine.core.identity import TrackKey, is_track, parse_track
from syncengine.core.moment import Instant, from_datetime, to_datetime
from syncengine.core.track import ANSWERED_RANK, EDITED_RANK, Dialect

HEADER = ("track_id", "spotify_id", "spotify_popularity", "isrc")
ENRICHMENT = "enrichment"
ANSWERED = Dialect(ENRICHMENT, "as Spotify told", ANSWERED_RANK)
EDITED = Dialect(ENRICHMENT, "as a person wrote", EDITED_RANK)
MOST_PROBLEMS = 100
"""Problems of one file that are listed; of the rest there is a count."""

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\Z")
_NUMBER = re.compile(r"([0-9]{1,3})(?:\.0+)?\Z")
_NAME = re.compile(r"spotify_enrichment_([0-9]{8})_([0-9]{6})(?![0-9])")
_TRACK = "spotify:track:"
_LONGEST_SHOWN = 60


class SheetRow(NamedTuple):
    """A row of a file as it stands there; ``line`` counts from 1."""

    line: int
    cells: Sequence[str]


class Sheet(NamedTuple):
    """A file as it was read: the SHA-256 of its bytes, and its rows without the header."""

    digest: bytes
    rows: Iterable[SheetRow]


class Row(NamedTuple):
    """What a row says of a track; ``popularity`` is 0–100, what is None is not spoken of."""

    line: int
    track: TrackKey
    popularity: int | None
    isrc: str | None


class Written(NamedTuple):
    """What was written into a file of a track; ``told_at`` is when Spotify told it.

    ``is_own`` says that the ISRC is what the library believed already: Spotify was not asked for it.
    """

    popularity: int | None
    isrc: str | None
    told_at: Instant | None
    is_own: bool


class Statement(NamedTuple):
    """What an applied file says of a track from a moment on; ``edited`` if a person wrote it."""

    track: TrackKey
    edited: bool
    at: Instant
    popularity: int | None
    isrc: str | None


@dataclass(slots=True)
class Checked:
    """The rows of a file that can be used, and what is wrong with the others: line and reason."""

    rows: list[Row] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def file_name(at: Instant) -> str:
    """Return the name of the file that is written at a moment, which is in it in UTC."""
    return f"spotify_enrichment_{to_datetime(at):%Y%m%d_%H%M%S}.csv"


def moment_in(name: str) -> Instant | None:
    """Return the moment that a file's name tells, also one that was copied or renamed; None for none."""
    found = _NAME.search(name)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return from_datetime(moment)


def spotify_id(track: TrackKey) -> str:
    """Return the bare id of a track of Spotify's."""
    return track.removeprefix(_TRACK)


def plain_isrc(text: str) -> str:
    """Return an ISRC in its plain form: twelve capitals and digits.

    Two letters for the country, three letters or digits for the registrant, two digits for the year and
    five for the recording (ISO 3901:2019); people write it with hyphens and blanks. Raises ValueError.
    """
    if _ISRC.match(text):
        return text
    plain = "".join(text.split()).replace("-", "").upper()
    if not _ISRC.match(plain):
        raise ValueError(
            f"{shown(text)} is no ISRC: two letters, three letters or digits, seven digits"
        )
    return plain


@lru_cache(maxsize=256)
def popularity_of(text: str) -> int:
    """Return a popularity, 0–100; spreadsheets may write it as ``70.0``. Raises ValueError."""
    found = _NUMBER.match(text)
    if found is None or int(found[1]) > 100:
        raise ValueError(f"{shown(text)} is no popularity: a whole number from 0 to 100")
    return int(found[1])


def check(rows: Iterable[SheetRow], known: Collection[TrackKey]) -> Checked:
    """Look at every row of a file before anything is made of one; ``known`` are the library's tracks.

    Of rows that repeat a track the first counts if they say the same, and none if they do not.
    """
    checked = Checked()
    first: dict[TrackKey, Row] = {}
    disputed: set[TrackKey] = set()
    for each in rows:
        try:
            row = _read(each, known)
        except ValueError as error:
            checked.problems.append((each.line, str(error)))
            continue
        before = first.setdefault(row.track, row)
        if before is row:
            continue
        if (before.popularity, before.isrc) == (row.popularity, row.isrc):
            why = f"repeats line {before.line}"
        else:
            why = f"says otherwise of this track than line {before.line}"
            disputed.add(row.track)
        checked.problems.append((row.line, why))
    for track in disputed:
        line = first.pop(track).line
        checked.problems.append((line, "a later line says otherwise of this track"))
    checked.rows = list(first.values())
    checked.problems.sort()
    return checked


def _read(each: SheetRow, known: Collection[TrackKey]) -> Row:
    cells = list(map(str.strip, each.cells))
    while len(cells) > len(HEADER) and not cells[-1]:
        cells.pop()  # spreadsheets end rows with empty cells
    if len(cells) != len(HEADER):
        raise ValueError(f"has {len(cells)} cells where the header has {len(HEADER)}")
    key, bare, popularity, isrc = cells
    track = TrackKey(key)
    if track not in known or not is_track(track):
        raise ValueError(_unknown(track))
    if bare and bare != spotify_id(track) and parse_track(bare) != track:
        raise ValueError(f"spotify_id {shown(bare)} is not that of {shown(key)}")
    return Row(
        each.line,
        track,
        popularity_of(popularity) if popularity else None,
        plain_isrc(isrc) if isrc else None,
    )


def _unknown(track: TrackKey) -> str:
    if not track:
        return "has no track_id"
    if not is_track(track):
        return f"track_id {shown(track)} is no track of Spotify's"
    return f"track_id {shown(track)} is not in the library"


def statements(
    rows: Iterable[Row], written: Mapping[TrackKey, Written], at: Instant
) -> list[Statement]:
    """Return what a file says that is of ``at``: whose word each value is, and from when on.

    ``written`` is what stood in the file when it was written; without it every value is the person's.
    A value that the library had given itself says nothing new.
    """
    found: list[Statement] = []
    for row in rows:
        was = written.get(row.track)
        if was is None:
            found += _if_said(Statement(row.track, True, at, row.popularity, row.isrc))
            continue
        told = was.told_at
        popularity_stands = row.popularity == was.popularity
        isrc_stands = row.isrc == was.isrc
        if told is not None:
            answered = Statement(
                row.track,
                False,
                told,
                row.popularity if popularity_stands else None,
                row.isrc if isrc_stands and not was.is_own else None,
            )
            found += _if_said(answered)
        edited = Statement(
            row.track,
            True,
            at,
            None if popularity_stands else row.popularity,
            None if isrc_stands else row.isrc,
        )
        found += _if_said(edited)
    return found


def _if_said(each: Statement) -> list[Statement]:
    return [] if each.popularity is None and each.isrc is None else [each]


def listed(problems: Sequence[tuple[int, str]], name: str) -> list[str]:
    """Return problems as sentences with file and line; of more than MOST_PROBLEMS the first, and a count."""
    told = [f"{name}, line {line}: {reason}" for line, reason in problems[:MOST_PROBLEMS]]
    if (more := len(problems) - len(told)) > 0:
        told.append(f"and {more:,} more")
    return told


def shown(text: str) -> str:
    """Return a cell as a message shows it: short and in quotes."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
