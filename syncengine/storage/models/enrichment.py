"""Enrichment: the files that were written for people to look through, and what was applied from them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
)

from syncengine.storage.models.base import METADATA, Moment, row_id

enrichment_files = Table(
    "enrichment_files",
    METADATA,
    Column("written_at", Moment, primary_key=True, autoincrement=False),
    Column("path", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("told", LargeBinary, nullable=False),
)
"""A file as it was written, so that what a person changes in it can be told from what stood there.

``digest`` is the SHA-256 of its bytes, ``told`` its values with their origin, packed.
"""

enrichments = Table(
    "enrichments",
    METADATA,
    row_id(),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("applied_at", Moment, nullable=False),
    Column("undone_at", Moment),
)
"""A file that was applied; ``undone_at`` says that it was taken back, with all that it had said."""

enriched_tracks = Table(
    "enriched_tracks",
    METADATA,
    Column(
        "enrichment_id", Integer, ForeignKey("enrichments.id"), nullable=False, autoincrement=False
    ),
    Column("edited", Boolean, nullable=False),
    Column(
        "track_id",
        Integer,
        ForeignKey("tracks.id"),
        nullable=False,
        autoincrement=False,
        index=True,
    ),
    Column("at", Moment, nullable=False, autoincrement=False),
    Column("isrc", String(12)),
    Column("claim_id", Integer, ForeignKey("claims.id")),
    Column("popularity", SmallInteger),
    PrimaryKeyConstraint("enrichment_id", "edited", "track_id"),
    CheckConstraint("popularity BETWEEN 0 AND 100", name="popularity"),
    # ISO 3901 as far as every engine can check it, without patterns; core.enrichment checks all of it.
    CheckConstraint(
        "length(isrc) = 12 AND isrc = upper(isrc) AND isrc NOT LIKE '%-%'"
        + "".join(f" AND substr(isrc, {place}, 1) BETWEEN 'A' AND 'Z'" for place in (1, 2))
        + "".join(f" AND substr(isrc, {place}, 1) BETWEEN '0' AND '9'" for place in range(6, 13)),
        name="isrc",
    ),
    CheckConstraint("(isrc IS NULL) = (claim_id IS NULL)", name="claim"),
    CheckConstraint("isrc IS NOT NULL OR popularity IS NOT NULL", name="said"),
    sqlite_with_rowid=False,
)
"""What an applied file says of a track from ``at`` on: of what Spotify had told, or as a person wrote it.

``popularity`` is 0–100; what is missing is not spoken of.
"""
