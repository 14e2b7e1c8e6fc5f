"""The same recording under several entries of the library as it is now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from syncengine.core.duplicate_search import find_among
from syncengine.core.duplicates import Duplicates, HeldTrack, Place
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey, is_album
from syncengine.core.moment import Instant
from syncengine.core.track_decision import TrackDecisions, settle
from syncengine.jobs.playlists import find_playlist
from syncengine.storage.repositories.held_tracks import held_tracks
from syncengine.storage.repositories.library import number_of
from syncengine.storage.repositories.track_decisions import keys_now, track_decisions
from syncengine.storage.unit_of_work import UnitOfWork


def find_duplicates(
    unit: UnitOfWork, names: Collection[str] = (), *, with_shared: bool = False
) -> Duplicates:
    """Return the duplicates within playlists and across them, as decisions have it.

    ``names`` are the playlists to look at, albums too; without any, all playlists and no albums.
    ``with_shared`` also lists the tracks that stand in several playlists under one id. Raises NotFound and
    UsageError for names, as ``find_playlist`` does.
    """
    playlists = _wanted(unit, names)
    entries = unit.library.entries(None, list(playlists))
    numbers = {number_of(entry) for each in entries.values() for entry in each}
    keys = unit.library.track_keys(numbers)
    places = [
        Place(playlists[number][0], position, keys[number_of(entry)], entry.added_at)
        for number in playlists
        for position, entry in enumerate(entries.get(number, ()))
    ]
    found = find_among(
        _held(unit, keys, places),
        places,
        decisions_now(unit),
        with_shared=with_shared,
    )
    return replace(found, playlists=dict(playlists.values()), entries=len(places))


def decisions_now(unit: UnitOfWork) -> TrackDecisions:
    """Return what people decided of tracks, under the keys that these go by now."""
    return settle(track_decisions(unit.connection), keys_now(unit.connection))


def _wanted(unit: UnitOfWork, names: Collection[str]) -> dict[int, tuple[PlaylistKey, str]]:
    if names:
        records = unit.library.playlist_records()
        named = [find_playlist(records, name) for name in names]
        return {each.id: (each.key, each.name) for each in named}
    return {
        each.id: (each.key, each.name)
        for each in unit.library.playlists()
        if not is_album(each.key)
    }


def _held(
    unit: UnitOfWork, keys: Mapping[int, TrackKey], places: Collection[Place]
) -> list[HeldTrack]:
    added: dict[TrackKey, Instant] = {}
    for place in places:
        if place.added_at is not None:
            added[place.track] = min(place.added_at, added.get(place.track, place.added_at))
    return [
        each._replace(added_at=added.get(each.key))
        for each in held_tracks(unit.connection, keys).values()
        if each.key != UNAVAILABLE
    ]
