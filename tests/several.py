"""Made files that hold several playlists: TuneMyMusic, spotify-backup, Spotify's account data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

ID = "37i9dQZF1DXcBWIGoYBM5M"
TMM_HEADER = "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id"


def number(track: int) -> str:
    """Return the bare id of a made-up track."""
    return f"{track:022d}"


def uri(track: int) -> str:
    """Return the address of a made-up track."""
    return f"spotify:track:{number(track)}"


def tunemymusic(*rows: str, header: str = TMM_HEADER) -> bytes:
    """Return TuneMyMusic's CSV with its mark."""
    return ("\ufeff" + "".join(f"{row}\r\n" for row in (header, *rows))).encode()


def tmm_row(track: int, playlist: str, kind: str = "Playlist", isrc: str = "") -> str:
    """Return one of its rows."""
    cells = (f"Song {track}", "Ada", "Album", playlist, kind, isrc, number(track))
    return ",".join(f'"{cell}"' for cell in cells)


def backup_text(playlists: Mapping[str, Sequence[int]], *, albums: int = 0) -> bytes:
    """Return spotify-backup's text of today."""
    text = "Playlists: \r\n\r\n"
    for name, tracks in playlists.items():
        rows = (f"Song {each}\tAda, Bob\tAlbum\t{uri(each)}\t2013-05-01\r\n" for each in tracks)
        text += f"{name}\r\n{''.join(rows)}\r\n"
    if albums:
        text += "Liked Albums: \r\n\r\n"
        text += "Album\tAda\t-\tspotify:album:x\t2001\r\n" * albums
    return text.encode()


def raw_track(song: int, **more: Any) -> dict[str, Any]:
    """Return a track as the Web API tells it."""
    return {
        "uri": uri(song),
        "type": "track",
        "name": f"Song {song}",
        "artists": [{"name": "Ada", "uri": f"spotify:artist:{ID}", "href": "x"}],
        "album": {
            "name": "Album",
            "uri": f"spotify:album:{ID}",
            "release_date": "2013-05-01",
            "artists": [{"name": "Ada", "uri": f"spotify:artist:{ID}"}],
            "available_markets": ["DE"],
        },
        "duration_ms": 180_000,
        "explicit": False,
        "popularity": 40,
        "disc_number": 1,
        "track_number": 2,
        "preview_url": None,
        "external_ids": {"isrc": "GBUM71029604"},
        "available_markets": ["DE", "FR"],
    } | more


def raw_item(song: int, added_at: Any = "2026-01-02T03:04:05Z", **more: Any) -> dict[str, Any]:
    """Return a playlist's entry as the Web API tells it."""
    told = {"added_at": added_at, "added_by": {"id": "me"}, "is_local": False}
    return told | {"track": raw_track(song)} | more


def raw_playlist(name: str, items: Sequence[Any], number: str | None = ID) -> dict[str, Any]:
    """Return a playlist of spotify-backup's JSON; Liked Songs has no id."""
    more = {} if number is None else {"id": number, "uri": f"spotify:playlist:{number}"}
    return {"name": name, "tracks": list(items)} | more


def backup_json(*playlists: Any, albums: int = 0) -> bytes:
    """Return spotify-backup's JSON: one line."""
    return json.dumps({"playlists": playlists, "albums": [{}] * albums}).encode()


def account_item(track: int, day: str = "2026-01-02") -> dict[str, Any]:
    """Return an entry of a playlist in account data."""
    told = {
        "trackName": f"Song {track}",
        "artistName": "Ada",
        "albumName": "Album",
        "trackUri": uri(track),
    }
    return {"track": told, "episode": None, "localTrack": None, "addedDate": day}


def account_playlist(name: Any, items: Any, day: str = "2026-01-02") -> dict[str, Any]:
    """Return a playlist of account data."""
    return {
        "name": name,
        "lastModifiedDate": day,
        "items": items,
        "description": None,
        "numberOfFollowers": 3,
    }


def account_playlists(*playlists: Any) -> bytes:
    """Return ``Playlist1.json``, indented as Spotify does."""
    return json.dumps({"playlists": playlists}, indent=2, ensure_ascii=False).encode()


def your_library(*tracks: int, **more: Any) -> bytes:
    """Return ``YourLibrary.json``."""
    told = [
        {"artist": "Ada", "album": "Album", "track": f"Song {each}", "uri": uri(each)}
        for each in tracks
    ]
    document = {"tracks": told, "albums": [], "shows": [], "artists": [], "bannedTracks": []}
    return json.dumps(document | more, indent=2).encode()
