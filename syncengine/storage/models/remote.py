"""Services that can be asked: calls made, what they said of themselves, and answers not used up yet."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from syncengine.storage.models.base import METADATA, Moment, row_id

calls = Table(
    "calls",
    METADATA,
    row_id(),
    Column("system", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("run_id", ForeignKey("runs.id")),
    Index("ix_calls_system_made_at", "system", "made_at"),
)
"""One row for each call, written before it leaves: a process that is killed meanwhile has counted it."""

remote_notes = Table(
    "remote_notes",
    METADATA,
    Column("system", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("value", String, nullable=False),
    Column("noted_at", Moment, nullable=False),
    PrimaryKeyConstraint("system", "kind", "subject"),
)
"""What a service said of itself or of a list, the last word of each kind: a pause, a capability, the
version of a playlist whose contents are stored, a listing that was too short to be believed."""

fetched_pages = Table(
    "fetched_pages",
    METADATA,
    Column("system", String, nullable=False),
    Column("list", String, nullable=False),
    Column("version", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    PrimaryKeyConstraint("system", "list", "version", "position"),
)
"""Answers of a fetch that is not whole yet, compressed; deleted when it is."""

answers = Table(
    "answers",
    METADATA,
    Column("track", String, primary_key=True),
    Column("claim", String, nullable=False),
    Column("popularity", Integer),
    Column("answered_at", Moment, nullable=False),
)
"""What a service answered about single tracks, as JSON: facts for lookups, and no part of the history."""

lookup_tallies = Table(
    "lookup_tallies",
    METADATA,
    Column("day", Moment, nullable=False),
    Column("outcome", String, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("day", "outcome"),
)
"""How often lookups were answered from where, by the day's first second."""

name_keys = Table(
    "name_keys",
    METADATA,
    Column("name_id", ForeignKey("playlist_names.id"), nullable=False),
    Column("key", String, nullable=False),
    PrimaryKeyConstraint("name_id", "key"),
)
"""The keys that exports of a playlist with this name have, by each exporter's rule for file names."""
