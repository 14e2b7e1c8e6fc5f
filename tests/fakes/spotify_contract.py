"""Spotify's OpenAPI document with what its prose says and its schemas do not."""

from __future__ import annotations

from typing import Any

from tests.fakes.openapi import OpenApi, find_document, read

DOCUMENT = "spotify-openapi.yml"
_NULLABLE = (
    # The text says so: some very old playlists may return null.
    "PlaylistTrackObject.added_at",
    "PlaylistTrackObject.added_by",
    # A track that Spotify no longer shows.
    "PlaylistTrackObject.item",
    "PlaylistTrackObject.track",
    # A local file has no page (felix-hilden/tekore#200).
    "TrackObject.href",
    "TrackObject.id",
    "SimplifiedArtistObject.href",
    "SimplifiedArtistObject.id",
    "SimplifiedArtistObject.uri",
    "AlbumBase.album_type",
    "AlbumBase.href",
    "AlbumBase.id",
    "AlbumBase.uri",
    "AlbumBase.release_date",
    "AlbumBase.release_date_precision",
    # The texts say so, and so do answers for playlists without a description.
    "PlaylistObject.public",
    "SimplifiedPlaylistObject.public",
    "SimplifiedPlaylistObject.description",
    "PrivateUserObject.display_name",
)
_CORRECTED: dict[str, dict[str, Any]] = {
    # The 429 of a quota that is used up (2026-07, after the document).
    "ErrorObject.reason": {"type": "string"},
    # An episode bent into a track, for clients that do not say that they know episodes.
    "TrackObject.type": {"enum": ["track", "episode"]},
}


_BATCHES = {
    "ManyTracks": "tracks",
    "ManyAlbums": "albums",
    "ManyArtists": "artists",
    "ManyAudioFeatures": "audio_features",
}
"""Answers with null for an id that is not there; the document says so of audiobooks only."""


def load() -> OpenApi | None:
    """Return the document, if it is on this machine."""
    path = find_document(DOCUMENT)
    if path is None:
        return None
    document = read(path)
    for name, held in _BATCHES.items():
        _let_be_null(document["components"]["responses"][name], held)
    return OpenApi(document, nullable=_NULLABLE, corrected=_CORRECTED, bare="uris")


def _let_be_null(response: dict[str, Any], held: str) -> None:
    things = response["content"]["application/json"]["schema"]["properties"][held]
    things["items"] = {"allOf": [things["items"]], "nullable": True}
