"""Tracks, artists, albums and what the sources say of them, each distinct statement once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.storage.models.base import Base, Digest, Moment, RowId, Small


class Artist(Base):
    """An artist, by Spotify URI where one is known, else by name."""

    __tablename__ = "artists"
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class ArtistCredit(Base):
    """An ordered list of artists, as credited on a recording or an album."""

    __tablename__ = "artist_credits"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)


class ArtistCreditMember(Base):
    """One artist of a credit, with the name as it is written there."""

    __tablename__ = "artist_credit_members"
    artist_credit_id: Mapped[int] = mapped_column(
        ForeignKey("artist_credits.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"), index=True)
    name: Mapped[str]


class Album(Base):
    """An album, by Spotify URI where one is known, else by name and artists."""

    __tablename__ = "albums"
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Recording(Base):
    """Facts about what is heard; ``duration_ms`` in milliseconds."""

    __tablename__ = "recordings"
    __table_args__ = (CheckConstraint("duration_ms >= 0", name="duration"),)
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    title: Mapped[str | None]
    artist_credit_id: Mapped[int | None] = mapped_column(
        ForeignKey("artist_credits.id"), index=True
    )
    duration_ms: Mapped[int | None]
    explicit: Mapped[bool | None]
    disc_number: Mapped[int | None]
    track_number: Mapped[int | None]
    preview_url: Mapped[str | None]


class Release(Base):
    """Facts about the album a track came on; ``release_date`` is YYYY, YYYY-MM or YYYY-MM-DD."""

    __tablename__ = "releases"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"), index=True)
    album: Mapped[str | None]
    album_uri: Mapped[str | None]
    artist_credit_id: Mapped[int | None] = mapped_column(ForeignKey("artist_credits.id"))
    release_date: Mapped[str | None]
    label: Mapped[str | None]
    image_url: Mapped[str | None]
    genres: Mapped[str | None]
    copyrights: Mapped[str | None]


class GenreSet(Base):
    """An ordered list of genres as one source writes it, as a JSON array of texts."""

    __tablename__ = "genre_sets"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    genres: Mapped[str]


class AudioFeatures(Base):
    """Spotify's audio features; 0–1 but key, mode, time_signature, loudness (dB) and tempo (BPM)."""

    __tablename__ = "audio_features"
    id: Mapped[RowId]
    digest: Mapped[Digest] = mapped_column(unique=True)
    danceability: Mapped[float | None]
    energy: Mapped[float | None]
    key: Mapped[int | None]
    loudness: Mapped[float | None]
    mode: Mapped[int | None]
    speechiness: Mapped[float | None]
    acousticness: Mapped[float | None]
    instrumentalness: Mapped[float | None]
    liveness: Mapped[float | None]
    valence: Mapped[float | None]
    tempo: Mapped[float | None]
    time_signature: Mapped[int | None]


class Track(Base):
    """A track with the facts that hold now: one pointer per group, and the current popularity."""

    __tablename__ = "tracks"
    __table_args__ = (
        CheckConstraint("popularity BETWEEN 0 AND 100", name="popularity"),
        CheckConstraint(
            "kind IN ('track', 'episode', 'local', 'meta', 'unavailable')", name="kind"
        ),
    )
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    genre_set_id: Mapped[int | None] = mapped_column(ForeignKey("genre_sets.id"))
    audio_features_id: Mapped[int | None] = mapped_column(ForeignKey("audio_features.id"))
    isrc: Mapped[str | None] = mapped_column(index=True)
    popularity: Mapped[int | None] = mapped_column(index=True)


class Dialect(Base):
    """A way of writing exports, by name and generation; ``rank`` orders sources of facts."""

    __tablename__ = "dialects"
    id: Mapped[RowId]
    name: Mapped[str]
    generation: Mapped[str]
    rank: Mapped[Small]
    damages: Mapped[str]


class Claim(Base):
    """What one row of one dialect says of one track; ``fingerprint`` is of the row's raw cells."""

    __tablename__ = "claims"
    id: Mapped[RowId]
    fingerprint: Mapped[Digest] = mapped_column(unique=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), index=True)
    dialect_id: Mapped[int] = mapped_column(ForeignKey("dialects.id"))
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    genre_set_id: Mapped[int | None] = mapped_column(ForeignKey("genre_sets.id"))
    audio_features_id: Mapped[int | None] = mapped_column(ForeignKey("audio_features.id"))
    isrc: Mapped[str | None]


class Attestation(Base):
    """From ``at`` on, sources of this rank say this of the track; a row only where it changed."""

    __tablename__ = "attestations"
    __table_args__ = (
        Index("ix_attestations_at", "at"),
        {"sqlite_with_rowid": False},
    )
    track_id: Mapped[int] = mapped_column(
        ForeignKey("tracks.id"), primary_key=True, autoincrement=False
    )
    rank: Mapped[Small] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))


class Popularity(Base):
    """From ``at`` on, the track's popularity was ``value`` (0–100); a row only where it changed."""

    __tablename__ = "popularity"
    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 100", name="value"),
        {"sqlite_with_rowid": False},
    )
    track_id: Mapped[int] = mapped_column(
        ForeignKey("tracks.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[Moment] = mapped_column(primary_key=True)
    value: Mapped[Small]
