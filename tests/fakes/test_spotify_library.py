"""A library from a seed, served from day to day as its exports tell it."""

from __future__ import annotations

import spotipy

from benchmarks.generator import Library
from tests.fakes.pages import every
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_library import Shelf, fill


def test_a_seed_gives_a_library_that_lives_from_day_to_day(
    double: SpotifyDouble, spotify: spotipy.Spotify
) -> None:
    double.mode = "old_development"  # Which shows popularity.
    library = Library(3, rows=600, playlists=8)
    shelf = Shelf(double.world, library)
    before = {p.id: p.snapshot_id for p in double.world.me.playlists}
    library.advance_day(changes=5, popularity_drift=1.0)
    shelf.update()
    changed = {p.id for p in double.world.me.playlists if p.snapshot_id != before[p.id]}
    assert 0 < len(changed) < 8
    for sheet, playlist in zip(library.playlists[1:], double.world.me.playlists, strict=True):
        held = every(
            spotify, spotify.playlist_items(playlist.id, additional_types=("track", "episode"))
        )
        assert [each["item"]["uri"] if each["item"] else "" for each in held] == [
            row.track.uri for row in sheet.entries
        ]
    liked = every(spotify, spotify.current_user_saved_tracks(limit=50))
    rows = library.playlists[0].entries
    assert [(each["track"]["uri"], each["track"]["popularity"]) for each in liked] == [
        (row.track.uri, row.track.popularity) for row in rows
    ]


def test_the_same_seed_gives_the_same_library() -> None:
    one, two = SpotifyDouble(), SpotifyDouble()
    fill(one.world, tracks=300, playlists=4)
    fill(two.world, tracks=300, playlists=4)
    assert [p.name for p in one.world.me.playlists] == [p.name for p in two.world.me.playlists]
    assert list(one.world.tracks) == list(two.world.tracks)
    assert len(one.world.tracks) > 250
