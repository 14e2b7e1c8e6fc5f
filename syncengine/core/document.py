"""Tracks and their facts in the shape that JSON output has."""

from __future__ import annotations

from syncengine.core.moment import to_iso
from syncengine.core.track import Facts


def facts_document(facts: Facts, popularity: int | None) -> dict[str, object]:
    """Return everything that is known of a track; unknown values are null or empty."""
    recording, release = facts.recording, facts.release
    return {
        "uri": facts.track,
        "title": recording.title,
        "artists": [artist.name for artist in recording.artists],
        "album": release.album,
        "duration_ms": recording.duration_ms,
        "release_date": release.release_date,
        "explicit": recording.explicit,
        "isrc": facts.isrc,
        "popularity": popularity,
        "genres": list(facts.genres),
        "label": release.label,
        "features": facts.features._asdict() if facts.features else {},
        "artist_uris": [artist.uri for artist in recording.artists],
        "album_uri": release.album_uri,
        "album_artists": [artist.name for artist in release.album_artists],
        "disc_number": recording.disc_number,
        "track_number": recording.track_number,
        "preview_url": recording.preview_url,
        "image_url": release.image_url,
        "album_genres": list(release.genres),
        "copyrights": release.copyrights,
        "sources": {
            group: {"source": origin.source, "at": to_iso(origin.at)}
            for group, origin in facts.sources.items()
        },
    }
