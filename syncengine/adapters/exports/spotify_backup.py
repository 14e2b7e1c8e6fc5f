"""spotify-backup's JSON: playlists as the Spotify Web API tells them, with their entries in a list.

Source: caseychu/spotify-backup, ``spotify-backup.py``; objects as in Spotify's reference of the Web API,
where an entry's track is under ``track``, or under ``item`` since 2026. Until 2020 the document was the
list of playlists. Liked Songs is a playlist of this name without an id. Nothing is kept of saved albums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Raw, Struct

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.document import Object, elements, text_in
from syncengine.adapters.exports.listed import Told, track_of
from syncengine.adapters.exports.spotify_backup_text import NAME
from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.track import OLD_RANK, Artist, Claim, Dialect, Recording, Release

DIALECT = Dialect(NAME, "JSON", OLD_RANK)
_Count = Annotated[int, Meta(ge=0, le=form.ANY)]
_Score = Annotated[int, Meta(ge=0, le=100)]


class _Named(Struct, omit_defaults=True):
    name: str | None = None
    uri: str | None = None


class _Album(_Named):
    release_date: str | None = None
    artists: list[_Named] | None = None


class _Codes(Struct, omit_defaults=True):
    isrc: str | None = None


class _Track(_Named):
    artists: list[_Named] | None = None
    album: _Album | None = None
    duration_ms: _Count | None = None
    explicit: bool | None = None
    popularity: _Score | None = None
    disc_number: _Count | None = None
    track_number: _Count | None = None
    preview_url: str | None = None
    external_ids: _Codes | None = None


class _Person(Struct, omit_defaults=True):
    id: str | None = None


class Item(Struct, omit_defaults=True):
    """One entry of a playlist, or of Liked Songs."""

    added_at: str | None = None
    added_by: _Person | None = None
    track: _Track | None = None
    item: _Track | None = None


def stem_of(playlist: Object) -> str:
    """Return a playlist's name, and its id where it has one. Raises ValueError."""
    name, number = text_in(playlist, "name"), text_in(playlist, "id")
    return f"{name} [{number}]".strip() if number else name


def entries_of(playlist: Object) -> Sequence[Raw] | None:
    """Return a playlist's entries; None where there is no list of them.

    A playlist that was not read to its end has an object in their place, with the first of them.
    """
    for key in ("tracks", "items"):
        found = elements(playlist.get(key))
        if found is not None:
            return found
    return None


def told(line: int, item: Item | None) -> Told:
    """Return what an entry says. Raises ValueError for a stamp or address that is none."""
    if item is None:
        return Told(line, Claim(UNAVAILABLE))
    track = item.item or item.track
    person = item.added_by.id if item.added_by else None
    return Told(
        line,
        Claim(UNAVAILABLE) if track is None else _claim(track),
        _moment(item.added_at) if item.added_at else None,
        form.user(person or ""),
        track.popularity if track else None,
    )


def _moment(stamp: str) -> Instant:
    try:
        return parse_utc(stamp)
    except (ValueError, OverflowError):
        raise ValueError(f"added_at is no ISO 8601 date-time: {form.shorten(stamp)}") from None


def _claim(track: _Track) -> Claim:
    artists = _artists(track.artists)
    recording = Recording(
        title=track.name or None,
        artists=artists,
        duration_ms=track.duration_ms,
        explicit=track.explicit,
        disc_number=track.disc_number,
        track_number=track.track_number,
        preview_url=track.preview_url or None,
    )
    release = _release(track.album) if track.album else Release()
    return Claim(
        track_of(track.uri, track.name, artists, track.duration_ms),
        None if recording == Recording() else recording,
        None if release == Release() else release,
        isrc=(track.external_ids.isrc or None) if track.external_ids else None,
    )


def _release(album: _Album) -> Release:
    date = form.release_date("the release date", album.release_date or "")
    return Release(
        album=album.name or None,
        album_uri=_address(album.uri, "album"),
        album_artists=_artists(album.artists),
        release_date=date,
    )


def _artists(artists: Sequence[_Named] | None) -> tuple[Artist, ...]:
    named = [(each.name, each.uri) for each in artists or ()]
    return tuple(Artist(name, _address(uri, "artist")) for name, uri in named if name)


def _address(uri: str | None, kind: str) -> str | None:
    """Return an address of that kind; an episode's "album" is its show, and local files have none."""
    return uri if uri and uri.startswith(f"spotify:{kind}:") else None
