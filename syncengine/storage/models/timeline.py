"""Observations, the contents they told, and the playlists they fold into."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.storage.models.base import Base, Digest, Moment, RowId, Small


class Snapshot(Base):
    """The observations made by one command; ``listed`` unless they only confirmed what was known."""

    __tablename__ = "snapshots"
    id: Mapped[RowId]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    source: Mapped[Small]
    taken_at: Mapped[Moment] = mapped_column(index=True)
    recorded_at: Mapped[Moment]
    listed: Mapped[bool]


class Playlist(Base):
    """A playlist with the key and name it has now; ``observed_at`` is of the observation in force."""

    __tablename__ = "playlists"
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    name_inferred: Mapped[bool]
    observed_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]


class PlaylistKey(Base):
    """A key under which a playlist was seen, and why it belongs to that playlist."""

    __tablename__ = "playlist_keys"
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id"), index=True)
    joined_because: Mapped[str | None]


class PlaylistName(Base):
    """A name as seen: the file stem, and what to show for it; ``inferred`` if made from the stem."""

    __tablename__ = "playlist_names"
    __table_args__ = (UniqueConstraint("stem"),)
    id: Mapped[RowId]
    stem: Mapped[str]
    name: Mapped[str]
    inferred: Mapped[bool]


class Content(Base):
    """What one observation told, exactly, packed; against ``base_id`` where that is smaller."""

    __tablename__ = "contents"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id"))
    depth: Mapped[Small]
    lines: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class Observation(Base):
    """What one source said about one playlist at one moment, and what the fold made of it.

    ``digest`` is of the bytes; ``effect`` and ``state_id`` (the content in force after it) are
    results of the fold.
    """

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("key_id", "taken_at", "source", "digest"),
        Index("ix_observations_taken_at", "taken_at"),
    )
    id: Mapped[RowId]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("playlist_keys.id"))
    name_id: Mapped[int] = mapped_column(ForeignKey("playlist_names.id"))
    dialect_id: Mapped[int | None] = mapped_column(ForeignKey("dialects.id"))
    taken_at: Mapped[Moment]
    source: Mapped[Small]
    kind: Mapped[Small]
    inferred: Mapped[bool]
    accepted: Mapped[bool]
    digest: Mapped[Digest]
    content_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id"))
    effect: Mapped[Small]
    state_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id"))


class Roster(Base):
    """A statement of which playlists exist, made by one snapshot."""

    __tablename__ = "rosters"
    id: Mapped[RowId]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"), index=True)
    taken_at: Mapped[Moment]
    source: Mapped[Small]


class RosterKey(Base):
    """A playlist key that a roster lists."""

    __tablename__ = "roster_keys"
    roster_id: Mapped[int] = mapped_column(
        ForeignKey("rosters.id"), primary_key=True, autoincrement=False
    )
    key_id: Mapped[int] = mapped_column(
        ForeignKey("playlist_keys.id"), primary_key=True, autoincrement=False
    )


class Contributor(Base):
    """A Spotify user who added entries, by bare user id."""

    __tablename__ = "contributors"
    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)


class Entry(Base):
    """A place in a playlist from ``valid_from`` until ``valid_to`` (none: it still is).

    ``rank`` orders the entries of one moment and means nothing else.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index(
            "ix_entries_present",
            "playlist_id",
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index("ix_entries_playlist_id_valid_to", "playlist_id", "valid_to"),
    )
    id: Mapped[RowId]
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), index=True)
    added_at: Mapped[Moment | None]
    contributor_id: Mapped[int | None] = mapped_column(ForeignKey("contributors.id"))
    rank: Mapped[int]
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]


class PlaylistSpan(Base):
    """A stretch of time in which a playlist was in the library, under one key and name."""

    __tablename__ = "playlist_spans"
    __table_args__ = (Index("ix_playlist_spans_valid_from", "valid_from"),)
    id: Mapped[RowId]
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("playlist_keys.id"))
    name_id: Mapped[int] = mapped_column(ForeignKey("playlist_names.id"))
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]
