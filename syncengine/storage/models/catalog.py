"""Tracks, artists, albums and what the sources say of them, each distinct statement once."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from syncengine.storage.models.base import METADATA, Moment, row_id

artists = Table(
    "artists",
    METADATA,
    row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
)
"""An artist, by Spotify URI where one is known, else by name."""

artist_credits = Table(
    "artist_credits",
    METADATA,
    row_id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
)
"""An ordered list of artists, as credited on a recording or an album."""

artist_credit_members = Table(
    "artist_credit_members",
    METADATA,
    Column(
        "artist_credit_id",
        Integer,
        ForeignKey("artist_credits.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("artist_id", Integer, ForeignKey("artists.id"), nullable=False),
    Column("name", String, nullable=False),
)
"""One artist of a credit, with the name as it is written there."""

albums = Table(
    "albums",
    METADATA,
    row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
)
"""An album, by Spotify URI where one is known, else by name and artists."""

recordings = Table(
    "recordings",
    METADATA,
    row_id(),
    Column("title", String),
    Column("artist_credit_id", Integer, ForeignKey("artist_credits.id")),
    Column("duration_ms", Integer),
    Column("explicit", Boolean),
    Column("disc_number", Integer),
    Column("track_number", Integer),
    Column("preview_url", String),
    CheckConstraint("duration_ms >= 0", name="duration"),
)
"""Facts about what is heard; ``duration_ms`` in milliseconds."""

releases = Table(
    "releases",
    METADATA,
    row_id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("album_id", Integer, ForeignKey("albums.id")),
    Column("album", String),
    Column("album_uri", String),
    Column("artist_credit_id", Integer, ForeignKey("artist_credits.id")),
    Column("release_date", String),
    Column("label", String),
    Column("image_url", String),
    Column("genres", String),
    Column("copyrights", String),
)
"""Facts about the album a track came on; ``release_date`` is YYYY, YYYY-MM or YYYY-MM-DD."""

genre_sets = Table(
    "genre_sets",
    METADATA,
    row_id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("genres", String, nullable=False),
)
"""An ordered list of genres as one source writes it, as a JSON array of texts."""

audio_features = Table(
    "audio_features",
    METADATA,
    row_id(),
    Column("danceability", Double),
    Column("energy", Double),
    Column("key", Integer),
    Column("loudness", Double),
    Column("mode", Integer),
    Column("speechiness", Double),
    Column("acousticness", Double),
    Column("instrumentalness", Double),
    Column("liveness", Double),
    Column("valence", Double),
    Column("tempo", Double),
    Column("time_signature", Integer),
)
"""Spotify's audio features; 0–1 but key, mode, time_signature, loudness (dB) and tempo (BPM)."""

tracks = Table(
    "tracks",
    METADATA,
    row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("recording_id", Integer, ForeignKey("recordings.id")),
    Column("release_id", Integer, ForeignKey("releases.id")),
    Column("genre_set_id", Integer, ForeignKey("genre_sets.id")),
    Column("audio_features_id", Integer, ForeignKey("audio_features.id")),
    Column("isrc", String, index=True),
    Column("popularity", Integer, index=True),
    CheckConstraint("popularity BETWEEN 0 AND 100", name="popularity"),
)
"""A track with the facts that hold now: one pointer per group, and the current popularity.

``kind`` is track, episode, local, meta or unavailable, as the key says.
"""

track_aliases = Table(
    "track_aliases",
    METADATA,
    Column("track_id", Integer, ForeignKey("tracks.id"), primary_key=True, autoincrement=False),
    Column("alias_of", Integer, ForeignKey("tracks.id"), nullable=False, index=True),
)
"""A track without an id that is a real one; worked out from all claims there are."""

dialects = Table(
    "dialects",
    METADATA,
    row_id(),
    Column("name", String, nullable=False),
    Column("generation", String, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("damages", String, nullable=False),
)
"""A way of writing exports, by name and generation; ``rank`` orders sources of facts."""

claims = Table(
    "claims",
    METADATA,
    row_id(),
    Column("fingerprint", LargeBinary, nullable=False, unique=True),
    Column("track_id", Integer, ForeignKey("tracks.id"), nullable=False),
    Column("dialect_id", Integer, ForeignKey("dialects.id"), nullable=False),
    Column("recording_id", Integer, ForeignKey("recordings.id")),
    Column("release_id", Integer, ForeignKey("releases.id")),
    Column("genre_set_id", Integer, ForeignKey("genre_sets.id")),
    Column("audio_features_id", Integer, ForeignKey("audio_features.id")),
    Column("isrc", String),
)
"""What one row of one dialect says of one track; ``fingerprint`` is of the row's raw cells."""

attestations = Table(
    "attestations",
    METADATA,
    Column("track_id", Integer, ForeignKey("tracks.id"), primary_key=True, autoincrement=False),
    Column("rank", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("claim_id", Integer, ForeignKey("claims.id"), nullable=False),
    sqlite_with_rowid=False,
)
"""From ``at`` on, sources of this rank say this of the track; a row only where it changed."""

popularity = Table(
    "popularity",
    METADATA,
    Column("track_id", Integer, ForeignKey("tracks.id"), primary_key=True, autoincrement=False),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("value", SmallInteger, nullable=False),
    CheckConstraint("value BETWEEN 0 AND 100", name="value"),
    sqlite_with_rowid=False,
)
"""From ``at`` on, the track's popularity was ``value`` (0–100); a row only where it changed."""
