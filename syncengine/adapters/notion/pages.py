"""What the library should look like in Notion: one page per track, playlist, artist and album.

Every entry that can be told from another has a page: tracks, episodes, local files (with their URI,
without a URL) and ``meta:`` tracks (with neither). Entries that Spotify no longer shows anything of
have none, nor has what goes by a key that no service makes (over LONGEST_KEY): a body that holds it
could be more than Notion takes. Relations stand on the track's side only, so that a new like writes no
other page.

Notion's times have no seconds, and its boxes are ticked or not: so times are cut to the minute, and
what is not explicit is left out as what nobody knows about is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from syncengine.adapters.notion.fields import SYNC_KEY
from syncengine.adapters.notion.limits import (
    fitting_list,
    fitting_options,
    fitting_text,
    fitting_url,
)
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack, Place
from syncengine.core.credit import (
    album_keys,
    album_keys_by_name,
    artist_keys,
    artist_names,
    keys_by_name,
    most_said,
)
from syncengine.core.identity import LIKED, UNAVAILABLE, AlbumKey, ArtistKey, PlaylistKey
from syncengine.core.moment import Instant, to_iso
from syncengine.core.pitch import camelot, key_name
from syncengine.core.plan import TITLE, Entity, Item, Value
from syncengine.core.track import Artist, AudioFeatures, Facts, Provenance, Release

RULES = 2
"""To be raised when the same library makes other pages than before; a test tells when."""
LONGEST_KEY = 20_000
"""In characters. Spotify's keys have some forty; a local file's has what its tags say."""

_LINKED = frozenset({"track", "episode", "artist", "album", "playlist", "show"})
_DATE_LENGTHS = frozenset(map(len, ("YYYY", "YYYY-MM", "YYYY-MM-DD")))
_NO_FEATURES = AudioFeatures()


def pages(
    tracks: Iterable[CatalogTrack],
    playlists: Iterable[CatalogPlaylist],
    entities: Collection[Entity],
) -> Iterator[Item]:
    """Yield the pages of the entities that are kept; relations to others are left out."""
    shown = [track for track in tracks if _has_page(track.facts.track)]
    library = [track.facts for track in shown]
    artists = artist_keys(library) if "artist" in entities else {}
    artists = {artist: key for artist, key in artists.items() if _has_page(key)}
    albums = album_keys(library) if "album" in entities else [None] * len(library)
    albums = [album if album and _has_page(album) else None for album in albums]
    lists = [each for each in playlists if _has_page(each.key)] if "playlist" in entities else []
    named = keys_by_name(artists)
    for key, name in artist_names(library, artists).items():
        notes: list[str] = []
        page = _page("artist", key, name, _place_of(key, notes), notes)
        yield _also(page, named.get(key, ()))
    yield from _album_pages(library, albums)
    for playlist in lists:
        yield _playlist_page(playlist)
    if "track" in entities:
        listed = {playlist.key for playlist in lists}
        for track, album in zip(shown, albums, strict=True):
            yield _track_page(track, artists, album, listed)


def _has_page(key: str) -> bool:
    return key != UNAVAILABLE and len(key) <= LONGEST_KEY


def _album_pages(library: Sequence[Facts], albums: Sequence[AlbumKey | None]) -> Iterator[Item]:
    releases: dict[AlbumKey, list[Release]] = {}
    for facts, album in zip(library, albums, strict=True):
        if album:
            releases.setdefault(album, []).append(facts.release)
    named = album_keys_by_name(library, albums)
    for key, said in releases.items():
        notes: list[str] = []
        fields: dict[str, Value] = {
            "Release date": _date(_most_precise(each.release_date for each in said)),
            "Label": fitting_text("Label", most_said(each.label for each in said), notes),
            **_place_of(key, notes),
        }
        page = _page("album", key, most_said(each.album for each in said), fields, notes)
        yield _also(page, named.get(key, ()))


def _playlist_page(playlist: CatalogPlaylist) -> Item:
    notes: list[str] = []
    fields: dict[str, Value] = {
        "Spotify URL": fitting_url("Spotify URL", playlist.url or _url(playlist.key), notes),
        "Owner": fitting_text("Owner", playlist.owner, notes),
        "Folder": fitting_text("Folder", playlist.folder, notes),
    }
    page = _page("playlist", playlist.key, playlist.name, fields, notes)
    return _also(page, playlist.also)


def _track_page(
    track: CatalogTrack,
    keys: Mapping[Artist, ArtistKey],
    album: AlbumKey | None,
    listed: Collection[PlaylistKey],
) -> Item:
    facts = track.facts
    recording, release = facts.recording, facts.release
    notes: list[str] = []
    artists = [keys[each] for each in recording.artists if each in keys]
    places = sorted({place.playlist for place in track.places if place.playlist in listed})
    fields: dict[str, Value] = {
        **_place_of(facts.track, notes),
        "ISRC": fitting_text("ISRC", facts.isrc, notes),
        "Artists": fitting_list("Artists", artists, notes),
        "Album": (album,) if album else None,
        "Playlists": fitting_list("Playlists", places, notes),
        "Duration": _seconds(recording.duration_ms),
        "Release date": _date(release.release_date),
        "Explicit": recording.explicit or None,
        "Popularity": track.popularity,
        "Genres": fitting_options("Genres", facts.genres or release.genres, notes),
        "Label": fitting_text("Label", release.label, notes),
        "Added at": _liked_at(track.places),
        **_features(facts.features or _NO_FEATURES),
        **_provenance(tuple(facts.sources.values())),
    }
    return _also(_page("track", facts.track, recording.title, fields, notes), track.also)


def _also(page: Item, keys: Iterable[str]) -> Item:
    """Return a page with the other keys that the thing has gone by."""
    also = tuple(keys)
    return replace(page, also=also) if also else page


def _page(
    entity: Entity, key: str, title: str | None, fields: Mapping[str, Value], notes: list[str]
) -> Item:
    """Return a page without its empty fields; one without a title is called by its key."""
    name = fitting_text(TITLE, title or key, notes) or key
    held = {TITLE: name} | {name: value for name, value in fields.items() if value is not None}
    held[SYNC_KEY] = key
    return Item(entity, key, name, held, tuple(notes))


def _features(said: AudioFeatures) -> dict[str, Value]:
    """Return the audio features; BPM to one decimal, a tempo of 0 is one that was not found."""
    return {
        "BPM": round(said.tempo, 1) if said.tempo else None,
        "Key": key_name(said.key, said.mode),
        "Camelot": camelot(said.key, said.mode),
        "Energy": said.energy,
        "Danceability": said.danceability,
        "Valence": said.valence,
        "Acousticness": said.acousticness,
        "Instrumentalness": said.instrumentalness,
        "Liveness": said.liveness,
        "Speechiness": said.speechiness,
        "Loudness": said.loudness,
        "Time signature": said.time_signature,
    }


@lru_cache(maxsize=1024)
def _provenance(said: tuple[Provenance, ...]) -> dict[str, Value]:
    """Return all sources of a track's facts, and since when the newest of them has said so."""
    if not said:
        return {}
    return {
        "Facts source": ", ".join(sorted({source for source, _ in said})),
        "Facts as of": _minute(max(at for _, at in said)),
    }


def _place_of(key: str, notes: list[str]) -> dict[str, Value]:
    """Return the URI and URL of what Spotify knows; keys of our own making are neither."""
    return {
        "Spotify URI": key if key.startswith("spotify:") else None,
        "Spotify URL": fitting_url("Spotify URL", _url(key), notes),
    }


def _url(key: str) -> str | None:
    parts = key.split(":")
    if len(parts) != 3 or parts[0] != "spotify" or parts[1] not in _LINKED:
        return None
    return f"https://open.spotify.com/{parts[1]}/{parts[2]}"


def _liked_at(places: Iterable[Place]) -> str | None:
    stamps = [place.added_at for place in places if place.playlist == LIKED]
    known = [stamp for stamp in stamps if stamp is not None]
    return _minute(min(known)) if known else None


def _minute(at: Instant) -> str:
    return to_iso(Instant(at // 60 * 60))


def _seconds(duration_ms: int | None) -> int | None:
    """Return whole seconds, so that sources which differ by some milliseconds write nothing."""
    return None if duration_ms is None else (duration_ms + 500) // 1000


def _date(said: str | None) -> str | None:
    """Return a whole date, as Notion's dates are: the first day of a year or month that is known.

    Spotify says year 0000 for a date it does not know.
    """
    if not said or len(said) not in _DATE_LENGTHS or said.startswith("0000"):
        return None
    return said + "-01-01"[len(said) - len("YYYY") :]


def _most_precise(dates: Iterable[str | None]) -> str | None:
    known = [date for date in dates if date and _date(date)]
    longest = max(map(len, known), default=0)
    return most_said(date for date in known if len(date) == longest)
