"""What Spotify says of tracks and lists, in the words of the core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from syncengine.adapters.spotify import facts
from syncengine.adapters.spotify.shapes import (
    Album,
    Credit,
    Features,
    Place,
    Playlist,
    Thing,
    WholeAlbum,
    malformed,
)
from syncengine.core.identity import (
    UNAVAILABLE,
    AlbumKey,
    PlaylistKey,
    TrackKey,
    meta_track,
    parse_track,
)
from syncengine.core.identity import parse_playlist as playlist_named
from syncengine.core.remote import RemoteEntry, RemotePlaylist
from syncengine.core.track import (
    API_RANK,
    NO_RECORDING,
    NO_RELEASE,
    Artist,
    AudioFeatures,
    Claim,
    Dialect,
    Recording,
    Release,
)

DIALECT = Dialect("spotify", "web api 2026", API_RANK)


def playlist(said: Playlist, what: str) -> RemotePlaylist:
    """Return a playlist as it is described. Raises Transient for one without an id."""
    key = playlist_named(f"spotify:playlist:{said.id}")
    if key is None:
        raise malformed(what, f"a playlist's id is {said.id!r}")
    held = said.items or said.tracks
    return RemotePlaylist(
        key,
        said.name if isinstance(said.name, str) else "",
        facts.text(said.snapshot_id),
        held.total if held else None,
        facts.text(said.owner.id) if said.owner else None,
    )


def album(key: AlbumKey, said: WholeAlbum) -> RemotePlaylist:
    """Return an album as it is described."""
    total = said.tracks.total if said.tracks else said.total_tracks
    return RemotePlaylist(PlaylistKey(key), facts.text(said.name) or "", None, total)


def place(said: Place | None, what: str) -> RemoteEntry:
    """Return what stands in one place of a list. Raises Transient where the answer leaves it out."""
    if said is None:
        return RemoteEntry(Claim(UNAVAILABLE))
    # Development mode says `item`, older apps are told `track` as well, or only that.
    things = [each for each in (said.item, said.track) if each is not UNSET]
    if not things:
        raise malformed(what, "an entry has neither item nor track")
    found = entry(next((each for each in things if each is not None), None))
    by = facts.text(said.added_by.id) if said.added_by else None
    return found._replace(added_at=facts.moment(said.added_at), added_by=by)


def entry(said: Thing | None, home: Album | None = None) -> RemoteEntry:
    """Return what is said of a track; ``home`` is its album where the track itself does not say it."""
    if said is None:
        return RemoteEntry(Claim(UNAVAILABLE))
    uri = facts.text(said.uri) or ""
    artist, record, title, length = facts.local_tags(uri)
    recording = _recording(said, title, artist, length)
    is_known = recording.title is not None
    release = _release(said, said.album or home, record)
    codes = said.external_ids if isinstance(said.external_ids, dict) else {}
    claim = Claim(
        _track(said, recording),
        None if recording == NO_RECORDING else recording,
        None if release == NO_RELEASE else release,
        isrc=facts.text(codes.get("isrc")),
    )
    # A file of the person's own has no popularity, and what was withdrawn has none any more.
    is_rated = is_known and not uri.startswith("spotify:local:")
    return RemoteEntry(claim, popularity=facts.share(said.popularity) if is_rated else None)


def _track(said: Thing, recording: Recording) -> TrackKey:
    # What is played in a person's country may be another track than the one that is in the list.
    linked = said.linked_from.uri if said.linked_from else None
    for uri in (linked, said.uri):
        found = parse_track(uri.strip()) if isinstance(uri, str) and ":" in uri else None
        if found:
            return found
    if recording.title is None:
        return UNAVAILABLE
    names = [artist.name for artist in recording.artists]
    return meta_track(recording.title, names, recording.duration_ms)


def _recording(said: Thing, title: str | None, artist: str | None, length: int | None) -> Recording:
    """Return what is heard; title, artist and length are what a local file's URI says.

    A track that was withdrawn comes with an empty name and zeros, which are no facts.
    """
    title = facts.text(said.name) or title
    artists = _artists(said.artists) or ((Artist(artist),) if artist else ())
    if title is None:
        return Recording(artists=artists)
    return Recording(
        title,
        artists,
        facts.count(said.duration_ms) or length,
        facts.flag(said.explicit),
        facts.count(said.disc_number) or None,
        facts.count(said.track_number) or None,
        facts.address(said.preview_url),
    )


def _release(said: Thing, home: Album | None, record: str | None) -> Release:
    """Return what it came on: an album, the show of an episode, or what a local file's URI names.

    Addresses of images change within a day, so they are no facts here.
    """
    if home is None:
        date = facts.release_date(said.release_date, said.release_date_precision)
        show = facts.text(said.show.name) if said.show else None
        return Release(show or record, release_date=date)
    return Release(
        facts.text(home.name) or record,
        facts.link("album", home.uri),
        _artists(home.artists),
        facts.release_date(home.release_date, home.release_date_precision),
        facts.text(home.label),
        genres=facts.words(home.genres),
        copyrights=_copyrights(home),
    )


def _artists(credits: Sequence[Credit | None] | None) -> tuple[Artist, ...]:
    found = ((facts.text(each.name), each.uri) for each in credits or () if each)
    return tuple(Artist(name, facts.link("artist", uri)) for name, uri in found if name)


def _copyrights(said: Album) -> str | None:
    """Return the small print as exportify.app writes it: ``C 2019 Millstone, P 2019 Millstone``."""
    lines = [
        " ".join(filter(None, (facts.text(each.type), facts.text(each.text))))
        for each in said.copyrights or ()
        if each and facts.text(each.text)
    ]
    return ", ".join(lines) or None


def features(said: Features) -> AudioFeatures:
    """Return audio features as they are said."""
    whole = ("key", "mode", "time_signature")
    found: dict[str, Any] = {
        name: (facts.integer if name in whole else facts.real)(getattr(said, name))
        for name in AudioFeatures._fields
    }
    return AudioFeatures(**found)
