"""Which tracks have no audio file, by playlist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.catalog import CatalogTrack
from syncengine.core.file_match import tracks_with_a_file
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.jobs.matching import Progress, answers_now
from syncengine.jobs.playlists import find_playlist
from syncengine.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class MissingOf:
    """One playlist: how many tracks it has, and those without a file, in its order, with the position."""

    key: PlaylistKey
    name: str
    tracks: int
    missing: tuple[tuple[int, CatalogTrack], ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The playlists that were asked for; ``tracks`` and ``missing`` count each track once.

    ``unsure`` has for a track the paths of files that may be of it, and that nobody acts on. ``files``
    counts the files that are there and can be read.
    """

    playlists: tuple[MissingOf, ...]
    tracks: int
    missing: int
    unsure: Mapping[TrackKey, Sequence[str]]
    files: int


def missing(
    unit: UnitOfWork, names: Collection[str] = (), progress: Progress | None = None
) -> Missing:
    """Return which tracks have no file that is certain or likely of them, or of the same recording.

    ``names`` are the playlists to look at, albums too; without any, all playlists and no albums. Nothing
    is remembered. Raises NotFound and UsageError for names, as ``find_playlist`` does.
    """
    wanted = _wanted(unit, names)
    answers = answers_now(unit, progress)
    covered = tracks_with_a_file(answers.matches.values())
    places: dict[PlaylistKey, list[tuple[int, CatalogTrack]]] = defaultdict(list)
    for track in unit.catalogue.tracks():
        if track.facts.track == UNAVAILABLE:
            continue
        for place in track.places:
            if place.playlist in wanted:
                places[place.playlist].append((place.position, track))
    lists = []
    for key, name in wanted.items():
        found = sorted(places[key], key=lambda each: each[0])
        without = tuple(each for each in found if each[1].facts.track not in covered)
        lists.append(MissingOf(key, name, len(found), without))
    unsure: dict[TrackKey, list[str]] = defaultdict(list)
    for match in answers.matches.values():
        if match.tier == "unsure" and match.track is not None:
            unsure[match.track].append(answers.files[match.file].path)
    known = {track.facts.track for each in places.values() for _, track in each}
    return Missing(
        tuple(lists), len(known), len(known - covered.keys()), unsure, len(answers.files)
    )


def _wanted(unit: UnitOfWork, names: Collection[str]) -> dict[PlaylistKey, str]:
    if names:
        records = unit.library.playlist_records()
        found = [find_playlist(records, name) for name in names]
        return {each.key: each.name for each in found}
    playlists = sorted(
        unit.catalogue.playlists(), key=lambda each: (each.name.casefold(), each.key)
    )
    return {each.key: each.name for each in playlists}
