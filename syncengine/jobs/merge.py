"""Plan a master playlist out of several, from what the library holds; nothing is asked of a service."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from syncengine.core.duplicate_search import Recording, recordings
from syncengine.core.duplicates import KINDS, SAME, Confidence, DuplicateKind, HeldTrack
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.merging import Held, Merge, OneRecording, Order, Origin, merge, plan_id
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportedEntry, ExportedPlaylist
from syncengine.core.remote_writing import LONGEST_NAME, can_be_added, in_parts, mark_of
from syncengine.core.song import sound_isrc
from syncengine.core.track import Facts, title_of
from syncengine.errors import UsageError, UserError
from syncengine.jobs.duplicates import decisions_now
from syncengine.jobs.filling import Wanted, calls_for, read_progress
from syncengine.jobs.playlists import find_playlist
from syncengine.storage.repositories.held_tracks import held_tracks
from syncengine.storage.repositories.library import number_of
from syncengine.storage.repositories.remote import WRITING
from syncengine.storage.unit_of_work import UnitOfWork

PURPOSE = "merge"
Match = Literal["id", "isrc", "certain", "likely"]
"""What makes two tracks one recording: the same id; the same ISRC, too; all that is certain, or likely."""
MATCHES: tuple[Match, ...] = get_args(Match)
_BY: Mapping[Match, tuple[frozenset[DuplicateKind], Confidence]] = {
    "id": (frozenset(), "certain"),
    "isrc": (frozenset({"same-isrc"}), "certain"),
    "certain": (SAME, "certain"),
    "likely": (SAME, "likely"),
}


@dataclass(frozen=True, slots=True)
class MergeWish:
    """What a person asks for; ``name`` may have ``{date}`` in it, ``today`` is YYYY-MM-DD.

    ``for_file`` says that the result is a file, which takes also what Spotify does not.
    """

    playlists: Sequence[str]
    name: str
    today: str
    order: Order = "first-added"
    match: Match = "certain"
    for_file: bool = False


@dataclass(frozen=True, slots=True)
class MergePlan:
    """A merge with what it makes; ``about`` is the same for all merges of these playlists under this name.

    ``facts`` and ``popularity`` are of all tracks that were merged. ``begun`` is how many entries an
    earlier run of this plan got there, ``unfinished`` are playlists of earlier plans, one sentence each.
    """

    id: str
    about: str
    wish: MergeWish
    name: str
    merged: Merge
    facts: Mapping[TrackKey, Facts]
    popularity: Mapping[TrackKey, int]
    wanted: Sequence[Wanted]
    begun: int = 0
    unfinished: Sequence[str] = ()

    def title(self, track: TrackKey) -> str:
        """Return how a person calls a track."""
        return title_of(self.facts[track]) if track in self.facts else "(unavailable)"

    @property
    def calls(self) -> dict[str, int]:
        """How many calls it takes from the beginning."""
        return dict(calls_for([len(each.tracks) for each in self.wanted]))

    def exported(self) -> ExportedPlaylist:
        """Return the result as a playlist to be written to a file."""
        entries = [
            ExportedEntry(
                self.facts.get(each.track, Facts(each.track)),
                each.added_at,
                None,
                self.popularity.get(each.track),
            )
            for each in self.merged.result
        ]
        return ExportedPlaylist(PlaylistKey(""), self.name, self.name, entries)


def plan_merge(unit: UnitOfWork, wish: MergeWish) -> MergePlan:
    """Return the merge that is wished for.

    Raises NotFound and UsageError for playlists as ``find_playlist`` does, UsageError for one that is named
    twice and a name that no playlist can have, UserError where nothing remains.
    """
    origins, numbers = _origins(unit, wish.playlists)
    takes = _not_unavailable if wish.for_file else can_be_added
    facts = unit.library.facts(None, numbers)
    popularity = unit.library.popularity()
    known = {numbers[number]: popularity[number] for number in numbers if number in popularity}
    by_key = {numbers[number]: each for number, each in facts.items()}
    merged = merge(
        origins,
        _recordings(unit, wish, origins, numbers),
        order=wish.order,
        takes=takes,
    )
    if not merged.result:
        raise UserError(
            "there is nothing to merge: no entry of these playlists can be in the result"
        )
    name = wish.name.replace("{date}", wish.today)
    plan = plan_id(wish.name, wish.match, merged)
    about = _digest(wish.name, *sorted(each.key for each in origins))
    wanted = [] if wish.for_file else _wanted(plan, name, merged, wish.today)
    begun, unfinished = _before(unit, plan, about)
    return MergePlan(plan, about, wish, name, merged, by_key, known, wanted, begun, unfinished)


def _origins(unit: UnitOfWork, names: Sequence[str]) -> tuple[list[Origin], dict[int, TrackKey]]:
    records = unit.library.playlist_records()
    chosen = [find_playlist(records, name) for name in names]
    states = {each.id: each for each in unit.library.playlists()}
    for number, record in enumerate(chosen):
        if any(record.id == other.id for other in chosen[:number]):
            raise UsageError(f"{record.name!r} is named twice ({record.key})")
        if record.id not in states:
            raise UserError(
                f"{record.name!r} is in the library no more",
                [f"syncengine history restore {record.key} --at WHEN brings it back"],
            )
    entries = unit.library.entries(None, [each.id for each in chosen])
    numbers = unit.library.track_keys(
        {number_of(entry) for each in entries.values() for entry in each}
    )
    origins = [
        Origin(
            states[each.id].key,
            states[each.id].name,
            states[each.id].observed_at,
            states[each.id].source,
            [Held(numbers[number_of(entry)], entry.added_at) for entry in entries.get(each.id, ())],
        )
        for each in chosen
    ]
    return origins, numbers


def _recordings(
    unit: UnitOfWork,
    wish: MergeWish,
    origins: Sequence[Origin],
    numbers: Collection[int],
) -> list[OneRecording]:
    """Return the recordings of several tracks, by the rules of duplicates and people's decisions."""
    takes = _not_unavailable if wish.for_file else can_be_added
    added: dict[TrackKey, Instant | None] = {}
    for origin in origins:
        for track, at in origin.entries:
            before = added.get(track)
            added[track] = at if before is None else min(before, at or before)
    kinds, least = _BY[wish.match]
    decisions = decisions_now(unit)
    held = [
        each._replace(added_at=added.get(each.key))
        for each in held_tracks(unit.connection, numbers).values()
        if takes(each.key)
    ]
    if wish.match in ("id", "isrc"):
        decided = {track for pair in decisions.same for track in pair}
        held = _of_one_isrc(held, decided, by_isrc=wish.match == "isrc")
    return [
        OneRecording(each.keep, each.rule, _kinds(each))
        for each in recordings(held, decisions, least=least, kinds=kinds)
    ]


def _of_one_isrc(
    held: Sequence[HeldTrack], decided: Collection[TrackKey], *, by_isrc: bool
) -> list[HeldTrack]:
    """Return the tracks that are decided, or share an ISRC: no others need to be compared."""
    codes = {each.key: sound_isrc(each.song.isrc) for each in held if by_isrc}
    counts = Counter(code for code in codes.values() if code)
    shared = {key for key, code in codes.items() if code and counts[code] > 1}
    return [each for each in held if each.key in decided or each.key in shared]


def _kinds(found: Recording) -> dict[TrackKey, str]:
    """Return for each track that is not kept the strongest kind of likeness that ties it."""
    told: dict[TrackKey, str] = {}
    for link in sorted(found.links, key=lambda each: KINDS.index(each.kind)):
        told.setdefault(link.one, link.kind)
        told.setdefault(link.other, link.kind)
    return {track: told[track] for track in found.tracks if track != found.keep}


def _wanted(plan: str, name: str, merged: Merge, today: str) -> list[Wanted]:
    made = []
    parts = in_parts(name, [each.track for each in merged.result])
    for number, (part, tracks) in enumerate(parts, start=1):
        if not part.strip() or len(part) > LONGEST_NAME:
            raise UsageError(
                f"{part!r} is no name for a playlist at Spotify: it takes 1 to {LONGEST_NAME} letters"
            )
        mark = mark_of(PURPOSE, plan, number)
        count = len(merged.origins)
        told = f"Merged from {count} playlists on {today}. {mark}"
        made.append(Wanted(mark, part, told, tracks))
    return made


def _before(unit: UnitOfWork, plan: str, about: str) -> tuple[int, list[str]]:
    """Return how far this plan came, and what other plans of the same merge left undone."""
    begun, unfinished = 0, []
    for note in unit.remote("spotify").notes(WRITING).values():
        said = read_progress(note.value)
        if said.plan == plan:
            begun += said.total if said.complete else said.there or 0
        elif said.about == about and not said.complete:
            unfinished.append(
                f"{said.name!r} was begun from these playlists and is not complete ({said.there or 0:,} of "
                f"{said.total:,}); they changed since, so this merge makes another one"
            )
    return begun, unfinished


def _not_unavailable(track: TrackKey) -> bool:
    return track != UNAVAILABLE


def _digest(*parts: str) -> str:
    return hashlib.blake2b(
        "\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8
    ).hexdigest()
