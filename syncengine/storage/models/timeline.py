"""Observations, the contents they told, and the playlists they fold into."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from syncengine.storage.models.base import METADATA, Moment, row_id

snapshots = Table(
    "snapshots",
    METADATA,
    row_id(),
    Column("run_id", Integer, ForeignKey("runs.id")),
    Column("source", SmallInteger, nullable=False),
    Column("taken_at", Moment, nullable=False, index=True),
    Column("recorded_at", Moment, nullable=False),
    Column("listed", Boolean, nullable=False),
)
"""The observations made by one command; ``listed`` unless they only confirmed what was known."""

playlists = Table(
    "playlists",
    METADATA,
    row_id(),
    Column("key", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("name_inferred", Boolean, nullable=False),
    Column("observed_at", Moment),
    Column("ended_at", Moment),
)
"""A playlist with the key and name it has now; ``observed_at`` is of the observation in force."""

playlist_keys = Table(
    "playlist_keys",
    METADATA,
    row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("playlist_id", Integer, ForeignKey("playlists.id"), nullable=False, index=True),
    Column("joined_because", String),
)
"""A key under which a playlist was seen, and why it belongs to that playlist."""

playlist_names = Table(
    "playlist_names",
    METADATA,
    row_id(),
    Column("stem", String, nullable=False),
    Column("name", String, nullable=False),
    Column("inferred", Boolean, nullable=False),
    UniqueConstraint("stem"),
)
"""A name as seen: the file stem, and what to show for it; ``inferred`` if made from the stem."""

contents = Table(
    "contents",
    METADATA,
    row_id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("base_id", Integer, ForeignKey("contents.id")),
    Column("depth", SmallInteger, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""What one observation told, exactly, packed; against ``base_id`` where that is smaller."""

observations = Table(
    "observations",
    METADATA,
    row_id(),
    Column("snapshot_id", Integer, ForeignKey("snapshots.id"), nullable=False, index=True),
    Column("key_id", Integer, ForeignKey("playlist_keys.id"), nullable=False),
    Column("name_id", Integer, ForeignKey("playlist_names.id"), nullable=False),
    Column("dialect_id", Integer, ForeignKey("dialects.id")),
    Column("taken_at", Moment, nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("inferred", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content_id", Integer, ForeignKey("contents.id")),
    Column("effect", SmallInteger, nullable=False),
    Column("state_id", Integer, ForeignKey("contents.id")),
    UniqueConstraint("key_id", "taken_at", "source", "digest"),
    Index("ix_observations_taken_at", "taken_at"),
    Index("ix_observations_digest", "digest"),
)
"""What one source said about one playlist at one moment, and what the fold made of it.

``digest`` is of the bytes; ``effect`` and ``state_id`` (the content in force after it) are
results of the fold.
"""

rosters = Table(
    "rosters",
    METADATA,
    row_id(),
    Column("snapshot_id", Integer, ForeignKey("snapshots.id"), nullable=False, index=True),
    Column("taken_at", Moment, nullable=False),
    Column("source", SmallInteger, nullable=False),
)
"""A statement of which playlists exist, made by one snapshot."""

roster_keys = Table(
    "roster_keys",
    METADATA,
    Column("roster_id", Integer, ForeignKey("rosters.id"), primary_key=True, autoincrement=False),
    Column(
        "key_id", Integer, ForeignKey("playlist_keys.id"), primary_key=True, autoincrement=False
    ),
)
"""A playlist key that a roster lists."""

contributors = Table(
    "contributors",
    METADATA,
    row_id(),
    Column("name", String, nullable=False, unique=True),
)
"""A Spotify user who added entries, by bare user id."""

entries = Table(
    "entries",
    METADATA,
    row_id(),
    Column("playlist_id", Integer, ForeignKey("playlists.id"), nullable=False),
    Column("track_id", Integer, ForeignKey("tracks.id"), nullable=False, index=True),
    Column("added_at", Moment),
    Column("contributor_id", Integer, ForeignKey("contributors.id")),
    Column("rank", Integer, nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_to", Moment),
    Index("ix_entries_playlist_id_valid_to", "playlist_id", "valid_to"),
)
"""A place in a playlist from ``valid_from`` until ``valid_to`` (none: it still is).

``rank`` orders the entries of one moment and means nothing else.
"""

playlist_spans = Table(
    "playlist_spans",
    METADATA,
    row_id(),
    Column("playlist_id", Integer, ForeignKey("playlists.id"), nullable=False, index=True),
    Column("key_id", Integer, ForeignKey("playlist_keys.id"), nullable=False),
    Column("name_id", Integer, ForeignKey("playlist_names.id"), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_to", Moment),
    Index("ix_playlist_spans_valid_from", "valid_from"),
)
"""A stretch of time in which a playlist was in the library, under one key and name."""
