"""The audio files that were found under the music folders."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, text

from syncengine.storage.models.base import METADATA, Moment, row_id

audio_files = Table(
    "audio_files",
    METADATA,
    row_id(),
    Column("path", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("device", String, nullable=False),
    Column("inode", String, nullable=False),
    Column("digest", String),
    Column("tags", String, nullable=False),
    Column("problem", String),
    Column("first_seen_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Index(
        "uq_audio_files_path",
        "path",
        unique=True,
        sqlite_where=text("gone_at IS NULL"),
        postgresql_where=text("gone_at IS NULL"),
    ),
)
"""An audio file, for as long as it is known: it keeps its row wherever it goes, and when it is gone.

What in ``path`` is no text stands as ``//`` and four hexadecimal digits. ``device`` and ``inode`` are
numbers of up to 64 bits without a sign, more than an integer of SQLite holds. ``digest`` is of the
audio alone; ``tags`` is JSON, without what is not said.
"""

file_matches = Table(
    "file_matches",
    METADATA,
    Column("file_id", Integer, ForeignKey("audio_files.id"), primary_key=True, autoincrement=False),
    Column("tier", String, nullable=False),
    Column("track", String),
    Column("based_on", String),
    Column("score", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("twins", String),
    Column("tags_digest", String, nullable=False),
    Column("name", String, nullable=False),
    Column("matched_at", Moment, nullable=False),
    Index("ix_file_matches_track", "track"),
)
"""Which track a file was found to be of, and how surely; it stays when the file is moved or renamed.

``twins`` is a JSON array of tracks that are the same recording; ``tags_digest`` is of the tags and the
decisions that the answer rests on, ``name`` what the file was called then, without folder and ending.
"""
