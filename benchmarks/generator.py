"""A seeded maker of Spotify libraries of any size, and of their drift from day to day.

``python -m benchmarks.generator DIR --rows 20000 --playlists 132 --days 3 --seed 7`` writes
DIR/day-000 and so on, each a backup folder as exportify.net's users keep one.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from benchmarks import words
from benchmarks.catalogue import UNAVAILABLE, Catalogue, Kind, Track
from benchmarks.dice import Dice
from benchmarks.exports import LIKED, Dialect, Entry, Playlist, file_stem, write_export

START = datetime(2025, 1, 1, 18, tzinfo=UTC)
"""When the export of day 0 begins."""
OWNER, FRIEND = "ottoline.inkpen", "tibor.gosling"
LIKED_SHARE = 0.2
JUNK_EVERY = 4_001
"""One row in so many is of a track that Spotify no longer shows."""
_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Drift:
    """What one day changed: numbers of entries, and of tracks with another popularity."""

    added: int
    removed: int
    moved: int
    popularity: int


class Library:
    """A library of ``rows`` entries in Liked Songs and ``playlists`` others.

    ``tracks`` is how many different tracks there are, without it three quarters of the rows. The
    same arguments and calls always give the same bytes.
    """

    def __init__(
        self,
        seed: int,
        rows: int = 20_000,
        playlists: int = 132,
        tracks: int | None = None,
        start: datetime = START,
    ) -> None:
        self._dice = Dice(seed)
        self._start = start
        self.day = 0
        share = 0.75 if playlists else 1  # Liked Songs alone holds no track twice.
        wanted = min(rows, max(1, round(rows * share) if tracks is None else tracks))
        self.catalogue = Catalogue(self._dice, wanted)
        for _ in range(wanted):
            self.catalogue.grow()
        self.playlists = self._make_playlists(rows, playlists)
        self._written: dict[tuple[Path, Dialect], dict[str, int]] = {}

    @property
    def rows(self) -> int:
        """The number of entries in all playlists."""
        return sum(len(playlist.entries) for playlist in self.playlists)

    def moment(self, day: int) -> datetime:
        """Return when the export of ``day`` begins."""
        return self._start + timedelta(days=day)

    def write(
        self, folder: Path, day: int | None = None, *, dialect: Dialect = "exportify.net"
    ) -> list[Path]:
        """Export the library as it is now into ``folder``; return the files that were rewritten.

        ``day`` sets the files' times, without it the library's own. A folder that this library
        wrote before keeps the files whose bytes would be the same, with new times.
        """
        known = self._written.setdefault((folder.absolute(), dialect), {})
        written = write_export(
            folder,
            self.playlists,
            self.moment(self.day if day is None else day),
            dialect=dialect,
            needed=lambda playlist: known.get(playlist.name) != playlist.revision,
        )
        known.update({playlist.name: playlist.revision for playlist in self.playlists})
        return written

    def advance_day(self, changes: int = 20, popularity_drift: float = 0.3) -> Drift:
        """Let a day pass: ``changes`` entries come, go or move; a share of popularity drifts.

        Every change touches an entry of its own, and what moves does so in a playlist where nothing
        else happens that day, so that a minimal diff finds exactly ``changes`` of them.
        """
        self.day += 1
        moves = self._move(round(changes * 0.1))
        removals = self._remove(round(changes * 0.3), moves)
        additions = changes - len(moves) - removals
        for _ in range(additions):
            self._add(moves)
        drifted = self.catalogue.drift(popularity_drift)
        touched = {id(track) for track in drifted}
        for playlist in self.playlists:
            if any(id(entry.track) in touched for entry in playlist.entries):
                playlist.revision += 1
        return Drift(additions, removals, len(moves), len(drifted))

    def _move(self, count: int) -> set[int]:
        """Move one entry in each of ``count`` playlists; return their places among the playlists."""
        dice = self._dice
        able = [n for n in range(1, len(self.playlists)) if len(self.playlists[n].entries) > 3]
        chosen = dice.sample(able, min(count, len(able) // 2))
        for place in chosen:
            playlist = self.playlists[place]
            entries = playlist.entries
            old = dice.below(len(entries))
            new = (old + 2 + dice.below(len(entries) - 3)) % len(entries)
            entries.insert(new, entries.pop(old))
            playlist.revision += 1
        return set(chosen)

    def _remove(self, count: int, untouchable: set[int]) -> int:
        """Remove up to ``count`` entries, none the last of its playlist; return how many."""
        done = 0
        for _ in range(count):
            playlist = self._any_playlist(untouchable)
            if len(playlist.entries) > 1:
                playlist.entries.pop(self._dice.below(len(playlist.entries)))
                playlist.revision += 1
                done += 1
        return done

    def _add(self, untouchable: set[int]) -> None:
        """Add a new or known track: on top of Liked Songs, at the end of others."""
        dice = self._dice
        playlist = self._any_playlist(untouchable)
        tracks = self.catalogue.tracks
        track = self.catalogue.grow() if dice.chance(0.6) else tracks[dice.skewed(len(tracks))]
        liked = playlist.name == LIKED
        known = {id(entry.track) for entry in playlist.entries} if liked else set()
        while liked and (track.kind is not Kind.TRACK or id(track) in known):
            track = self.catalogue.grow()
        # The day before the export, so that no entry is younger than the file that shows it.
        at = int(self.moment(self.day).timestamp()) - 1 - dice.below(80_000)
        entry = Entry(track, at, "" if liked else OWNER)
        playlist.entries.insert(0 if liked else len(playlist.entries), entry)
        playlist.revision += 1

    def _any_playlist(self, untouchable: set[int]) -> Playlist:
        if self._dice.chance(0.3) or len(self.playlists) - 1 == len(untouchable):
            return self.playlists[0]
        while True:
            place = 1 + self._dice.skewed(len(self.playlists) - 1, 1.5)
            if place not in untouchable:
                return self.playlists[place]

    def _make_playlists(self, rows: int, count: int) -> list[Playlist]:
        dice, tracks = self._dice, self.catalogue.tracks
        liked = rows if count == 0 else min(len(tracks), round(rows * LIKED_SHARE))
        order = dice.sample(tracks, len(tracks))
        # Neither local files nor episodes can be liked.
        order.sort(key=lambda track: track.kind is not Kind.TRACK)
        rest: list[Track] = order[liked:]
        while len(rest) < rows - liked:
            junk = len(rest) % JUNK_EVERY == JUNK_EVERY - 1 or len(rest) == rows - liked - 5
            rest.append(UNAVAILABLE if junk else tracks[dice.skewed(len(tracks), 2.0)])
        dice.shuffle(rest)
        made = [Playlist(LIKED, self._entries(order[:liked], ("",), newest_first=True))]
        end = 0
        for name, size in zip(_names(dice, count), _sizes(dice, len(rest), count), strict=True):
            people = (OWNER, FRIEND) if dice.chance(0.1) else (OWNER,)
            made.append(Playlist(name, self._entries(rest[end : end + size], people)))
            end += size
        return made

    def _entries(
        self, tracks: Sequence[Track], people: Sequence[str], *, newest_first: bool = False
    ) -> list[Entry]:
        """Return entries in the order they were added, no two of a playlist at one second."""
        dice, end = self._dice, int(self._start.timestamp()) - 60
        span = 8 * _YEAR if newest_first else dice.between(30, 6 * 365) * 86_400
        step = max(2, span // (len(tracks) + 1))
        first = end - step * len(tracks)
        times = [first + n * step + dice.below(step) for n in range(len(tracks))]
        if newest_first:
            times.reverse()
        return [Entry(t, at, dice.pick(people)) for t, at in zip(tracks, times, strict=True)]


def _sizes(dice: Dice, rows: int, count: int) -> list[int]:
    """Split ``rows`` into ``count`` skewed parts, each at least 1 where there are enough rows."""
    weights = [(1 - dice.random()) ** -0.8 for _ in range(count)]
    # So that Liked Songs stays the largest.
    weights = [min(weight, 0.12 * sum(weights)) for weight in weights]
    spare = max(0, rows - count)
    scale = spare / sum(weights) if weights else 0
    sizes = [min(rows, 1) + int(weight * scale) for weight in weights]
    for place in range(rows - sum(sizes)):
        sizes[place % count] += 1
    return sorted(sizes, reverse=True)


def _names(dice: Dice, count: int) -> list[str]:
    """Return ``count`` names whose file stems differ however case is folded."""
    names: dict[str, str] = {}
    while len(names) < count:
        name = f"{dice.pick(words.PLAYLIST_FRONTS)} {dice.pick(words.PLAYLIST_BACKS)}"
        if file_stem(name).casefold() in names:
            name += f" {len(names)}"
        names.setdefault(file_stem(name).casefold(), name)
    return list(names.values())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generator", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--playlists", type=int, default=132, help="without Liked Songs")
    parser.add_argument("--tracks", type=int, help="different tracks (three quarters of rows)")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--changes", type=int, default=20, help="entries that change in a day")
    parser.add_argument("--drift", type=float, default=0.3, help="share of popularity, 0-1, a day")
    parser.add_argument("--dialect", choices=get_args(Dialect), default="exportify.net")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the days that the command line asks for."""
    options = _arguments(argv)
    gc.disable()  # Millions of objects without cycles: looking for some takes a third of the time.
    library = Library(options.seed, options.rows, options.playlists, options.tracks)
    for day in range(options.days):
        if day:
            library.advance_day(options.changes, options.drift)
        library.write(options.folder / f"day-{day:03d}", dialect=options.dialect)


if __name__ == "__main__":
    main()
