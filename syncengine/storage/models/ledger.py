"""Runs, their log, what was set aside, what people decided, and what sinks agreed to."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.storage.models.base import Base, Digest, Moment, RowId


class Run(Base):
    """One run of a command that may write; ``exit_code`` is missing while it runs or if it died."""

    __tablename__ = "runs"
    id: Mapped[RowId]
    command: Mapped[str]
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    exit_code: Mapped[int | None]
    summary: Mapped[str | None]


class SyncLog(Base):
    """One step of a run: what was done to what, and how it went; ``detail`` is JSON."""

    __tablename__ = "sync_log"
    id: Mapped[RowId]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    at: Mapped[Moment]
    step: Mapped[str]
    subject: Mapped[str]
    outcome: Mapped[str]
    detail: Mapped[str | None]


class RawFile(Base):
    """The bytes of an imported file, kept compressed beside the database under their SHA-256."""

    __tablename__ = "raw_files"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    size: Mapped[int]
    stored_at: Mapped[Moment]


class ExportedFile(Base):
    """A file that an export of ours wrote, by the SHA-256 of its bytes: no observation of anything.

    ``entries`` counts its rows; ``moment`` is what it shows the library at, and the file's time. The
    same bytes under another time are the exporter's: it writes as we do.
    """

    __tablename__ = "exported_files"
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    moment: Mapped[Moment] = mapped_column(primary_key=True)
    entries: Mapped[int]
    written_at: Mapped[Moment]


class QuarantinedFile(Base):
    """A file that could not be read as an export; ``resolved_at`` once the same path was readable."""

    __tablename__ = "quarantined_files"
    id: Mapped[RowId]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    path: Mapped[str] = mapped_column(index=True)
    digest: Mapped[bytes | None]
    line: Mapped[int | None]
    reason: Mapped[str]
    found_at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]


class Judgement(Base):
    """What a person decided; machines never change it, and ``taken_back_at`` takes it back."""

    __tablename__ = "judgements"
    id: Mapped[RowId]
    subject: Mapped[str]
    verdict: Mapped[str]
    left: Mapped[str]
    right: Mapped[str]
    made_at: Mapped[Moment]
    taken_back_at: Mapped[Moment | None]


class AgreedItem(Base):
    """What a sink was last known to hold of one item; ``properties`` is JSON, as pushed."""

    __tablename__ = "agreed_items"
    __table_args__ = (Index("ix_agreed_items_address", "sink", "address"),)
    sink: Mapped[str] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str | None]
    digest: Mapped[str]
    properties: Mapped[str]
    removed: Mapped[bool]
    agreed_at: Mapped[Moment]
