"""One playlist's life: its names, its size, what came and went, who stayed longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.months import Window, month_of
from syncengine.core.playlist_past import (
    PlaylistPast,
    churn_of,
    comings,
    goings,
    half_life_of,
    spans,
)
from syncengine.core.stay import Ending, Presence
from syncengine.core.track import Facts
from syncengine.errors import NotFound
from syncengine.jobs.moments import observed_time
from syncengine.jobs.pasts import read_pasts
from syncengine.jobs.playlists import find_playlist
from syncengine.storage.repositories.sightings import NameSpan, name_spans
from syncengine.storage.unit_of_work import UnitOfWork

MOST_LISTED = 10
"""So many entries are told of those that stayed longest, came last and went last."""


@dataclass(frozen=True, slots=True)
class PlaylistMonth:
    """A month (``YYYY-MM``, UTC): entries at its end, those that came and went in it.

    One that was over before the playlist was first observed is not ``observed``.
    """

    month: str
    entries: int
    added: int
    removed: int
    observed: bool


@dataclass(frozen=True, slots=True)
class EntryLife:
    """An entry's time in the playlist.

    ``came`` is when it was added, None where nothing tells; ``seen`` the observation that first showed
    it, ``until`` the first that did not. ``is_new`` says that its coming counts as an addition.
    """

    track: TrackKey
    title: str
    artists: str
    added_at: Instant | None
    came: Instant | None
    seen: Instant
    until: Instant | None
    ending: Ending
    is_new: bool


@dataclass(frozen=True, slots=True)
class PlaylistLife:
    """A playlist's life up to ``looked_at``, its last sound observation; ``entries`` in order of coming.

    ``churn`` and ``half_life_days`` are as in trends.
    """

    key: PlaylistKey
    name: str
    names: Sequence[NameSpan]
    presences: Sequence[Presence]
    looked_at: Instant
    months: Sequence[PlaylistMonth]
    added: int
    removed: int
    churn: float | None
    half_life_days: float | None
    entries: Sequence[EntryLife]

    @property
    def longest(self) -> list[EntryLife]:
        """The entries that stayed longest, whether they still do or not."""
        return sorted(self.entries, key=lambda e: (-self.seconds(e), e.title, e.track))[
            :MOST_LISTED
        ]

    @property
    def came_last(self) -> list[EntryLife]:
        """The last additions, the newest first."""
        came = [(each.came, each) for each in self.entries if each.is_new and each.came is not None]
        came.sort(key=lambda pair: (-pair[0], pair[1].title, pair[1].track))
        return [each for _, each in came[:MOST_LISTED]]

    @property
    def went_last(self) -> list[EntryLife]:
        """The last removals, the newest first."""
        went = [
            (each.until, each)
            for each in self.entries
            if each.ending is Ending.REMOVED and each.until is not None
        ]
        went.sort(key=lambda pair: (-pair[0], pair[1].title, pair[1].track))
        return [each for _, each in went[:MOST_LISTED]]

    def seconds(self, entry: EntryLife) -> int:
        """Return how long an entry has been there, as far as is known."""
        since = entry.seen if entry.came is None else entry.came
        return max(0, (self.looked_at if entry.until is None else entry.until) - since)


def playlist_life(unit: UnitOfWork, name: str) -> PlaylistLife:
    """Return the life of the playlist that a person means by a name, key or address.

    Raises NotFound for none and an empty library, UsageError when several go by that name.
    """
    _, latest = observed_time(unit.library)
    record = find_playlist(unit.library.playlist_records(), name)
    past = next(iter(read_pasts(unit, latest, (record.id,))), None)
    if past is None:
        raise NotFound(f"nothing sound was ever seen of {record.name!r}")
    came = (stay.came for stay in past.stays if stay.came is not None)
    first = past.presences[0].since
    window = Window(Instant(min(first, min(came, default=first)) - 1), latest)
    numbers = {row.track for stay in past.stays for row in stay.rows}
    facts = unit.library.facts(None, numbers)
    keys = unit.library.track_keys(numbers)
    added, removed = comings(past, window), goings(past, window)
    return PlaylistLife(
        past.key,
        past.name,
        name_spans(unit.connection, (past.id,)).get(past.id, ()),
        past.presences,
        past.looked_at,
        _months(past, window, (added, removed)),
        added.total(),
        removed.total(),
        churn_of(past, window),
        half_life_of(past, window),
        _entries(past, keys, facts, unit.evolution.unavailable()),
    )


def _months(
    past: PlaylistPast, window: Window, moves: tuple[Counter[Instant], Counter[Instant]]
) -> list[PlaylistMonth]:
    sizes: Counter[int] = Counter()
    for _, span in spans(past, window):
        sizes.update(range(*span))
    first = past.presences[0].since
    came, went = (Counter(month_of(at) for at in moments.elements()) for moments in moves)
    return [
        PlaylistMonth(month, sizes[number], came[month], went[month], window.ends[number] >= first)
        for number, month in enumerate(window.months)
    ]


def _entries(
    past: PlaylistPast,
    keys: Mapping[int, TrackKey],
    facts: Mapping[int, Facts],
    unavailable: int | None,
) -> list[EntryLife]:
    found = []
    for stay in past.stays:
        shown = [row.track for row in stay.rows if row.track != unavailable]
        track = shown[-1] if shown else stay.rows[-1].track
        recording = facts[track].recording if track in facts else None
        found.append(
            EntryLife(
                keys[track],
                (recording.title if recording else None) or "",
                ", ".join(artist.name for artist in recording.artists) if recording else "",
                stay.added_at,
                stay.came,
                stay.seen,
                stay.until,
                stay.ending,
                stay.is_new,
            )
        )
    return found
