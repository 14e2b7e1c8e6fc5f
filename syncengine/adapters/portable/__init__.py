"""Playlists as files that other programs read: JSON with everything, and M3U8."""

from __future__ import annotations

import json

from syncengine.core.document import facts_document
from syncengine.core.moment import to_iso
from syncengine.core.ports import ExportedPlaylist


def write_json(playlist: ExportedPlaylist) -> bytes:
    """Return a playlist with every fact that is known, as UTF-8 JSON."""
    document = {
        "format_version": 1,
        "kind": "playlist",
        "key": playlist.key,
        "playlist": playlist.name,
        "entries": [
            {
                **facts_document(entry.facts, entry.popularity),
                "added_at": None if entry.added_at is None else to_iso(entry.added_at),
                "added_by": entry.added_by,
            }
            for entry in playlist.entries
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace") + b"\n"


def write_m3u8(playlist: ExportedPlaylist) -> bytes:
    """Return a playlist as extended M3U in UTF-8; what has no address is left out as a comment."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(playlist.name)}"]
    for entry in playlist.entries:
        recording = entry.facts.recording
        seconds = -1 if recording.duration_ms is None else round(recording.duration_ms / 1000)
        artists = ", ".join(artist.name for artist in recording.artists)
        title = " - ".join(filter(None, (artists, recording.title))) or "unavailable"
        lines.append(f"#EXTINF:{seconds},{_one_line(title)}")
        lines.append(_address(entry.facts.track))
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _address(key: str) -> str:
    kind, _, rest = key.removeprefix("spotify:").partition(":")
    if key.startswith("spotify:") and kind in ("track", "episode"):
        return f"https://open.spotify.com/{kind}/{rest}"
    return f"#{_one_line(key)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
