"""Runs, their log, what was set aside, what people decided, and what sinks agreed to."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    false,
)

from syncengine.storage.models.base import METADATA, Moment, row_id

runs = Table(
    "runs",
    METADATA,
    row_id(),
    Column("command", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("exit_code", Integer),
    Column("summary", String),
)
"""One run of a command that may write; ``exit_code`` is missing while it runs or if it died."""

sync_log = Table(
    "sync_log",
    METADATA,
    row_id(),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("step", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("detail", String),
)
"""One step of a run: what was done to what, and how it went; ``detail`` is JSON."""

raw_files = Table(
    "raw_files",
    METADATA,
    row_id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("stored_at", Moment, nullable=False),
    Column("fetched", Boolean, nullable=False, server_default=false()),
)
"""The bytes of an imported file, kept compressed beside the database under their SHA-256.

``fetched`` are answers of a service, which are kept for another time than a person's own files.
"""

exported_files = Table(
    "exported_files",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("moment", Moment, primary_key=True, autoincrement=False),
    Column("entries", Integer, nullable=False),
    Column("written_at", Moment, nullable=False),
)
"""A file that an export of ours wrote, by the SHA-256 of its bytes: no observation of anything.

``entries`` counts its rows; ``moment`` is what it shows the library at, and the file's time. The
same bytes under another time are the exporter's: it writes as we do.
"""

quarantined_files = Table(
    "quarantined_files",
    METADATA,
    row_id(),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("path", String, nullable=False, index=True),
    Column("digest", LargeBinary),
    Column("line", Integer),
    Column("reason", String, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("resolved_at", Moment),
)
"""A file that could not be read as an export; ``resolved_at`` once the same path was readable."""

judgements = Table(
    "judgements",
    METADATA,
    row_id(),
    Column("subject", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("left", String, nullable=False),
    Column("right", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("taken_back_at", Moment),
)
"""What a person decided; machines never change it, and ``taken_back_at`` takes it back."""

agreements = Table(
    "agreements",
    METADATA,
    Column("sink", String, primary_key=True),
    Column("library", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("unchanged", String, nullable=False),
    Column("agreed_at", Moment, nullable=False),
)
"""In which state of the library, by digest, nothing was left to do for a sink; ``unchanged`` is JSON."""

agreed_items = Table(
    "agreed_items",
    METADATA,
    Column("sink", String, primary_key=True),
    Column("entity", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("address", String),
    Column("digest", String, nullable=False),
    Column("properties", String, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("agreed_at", Moment, nullable=False),
    Column("trashed", Boolean, nullable=False, server_default=false()),
    Column("reads_as", String),
    Column("edits", String),
    Index("ix_agreed_items_address", "sink", "address"),
)
"""What a sink was last known to hold of one item; ``properties`` is JSON, as pushed.

``reads_as`` and ``edits`` are JSON too, of the fields that the sink holds otherwise: by its own
doing, and by a person's.
"""

journal = Table(
    "journal",
    METADATA,
    row_id(),
    Column("sink", String, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, index=True),
    Column("action", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("key", String, nullable=False),
    Column("address", String),
    Column("intended_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String),
    Column("detail", String),
    Column("undo", String),
    Index("ix_journal_sink_ended_at", "sink", "ended_at"),
)
"""One write to a sink: the intent before its request leaves, and how it ended once that is known.

An intent without an end was cut off: whether it was done is found out before anything else is.
``undo`` is JSON: what it takes to take the write back, in sinks that can."""
