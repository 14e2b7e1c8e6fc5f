"""Spotify's OpenAPI document with what its prose says and its schemas do not."""

from __future__ import annotations

from tests.fakes.openapi import OpenApi, find_document

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
_CORRECTED = {
    # The 429 of a quota that is used up (2026-07, after the document).
    "ErrorObject.reason": {"type": "string"},
    # An episode bent into a track, for clients that do not say that they know episodes.
    "TrackObject.type": {"enum": ["track", "episode"]},
}


def load() -> OpenApi | None:
    """Return the document, if it is on this machine."""
    path = find_document(DOCUMENT)
    return OpenApi.load(path, nullable=_NULLABLE, corrected=_CORRECTED) if path else None
