"""The Python face for scripts: ``from syncengine import Library``."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine import bootstrap
from syncengine.core.identity import parse_track
from syncengine.core.moment import Instant, parse_local
from syncengine.core.query import TrackQuery, select_tracks
from syncengine.errors import UsageError
from syncengine.jobs import history, playlists_of
from syncengine.jobs.import_csv import import_csv
from syncengine.jobs.import_report import ImportReport, Options
from syncengine.jobs.playlists import find_playlist

if TYPE_CHECKING:
    from syncengine.core.catalog import CatalogTrack
    from syncengine.core.ports import Clock
    from syncengine.storage.repositories.library import PlaylistRecord, SnapshotRecord


def _now() -> Instant:
    return Instant(int(time.time()))  # noqa: TID251 -- the edge where a script's clock is handed in


class Library:
    """A person's library: what is in it, what was, and what changed.

    Moments are written as on the command line: a date (its end), a date-time, a snapshot's id, or
    ``latest``. Every method raises UserError or another SyncEngineError with one clear sentence.
    """

    def __init__(self, database_url: str | None = None, *, clock: Clock = _now) -> None:
        """Open the database of the settings, or another; raises ConfigError for wrong settings."""
        from syncengine.config import Settings

        given = {} if database_url is None else {"SYNCENGINE_DATABASE_URL": database_url}
        self._settings = Settings.load(given)
        self._clock = clock
        self._database = bootstrap.open_database(self._settings, clock)

    def import_csv(
        self,
        *paths: str | Path,
        taken_at: str | None = None,
        whole_library: bool = False,
        accept: Collection[str] = (),
    ) -> ImportReport:
        """Take one snapshot from exports under the paths; ``taken_at`` is a date (its end) or date-time.

        Raises Locked while another run writes, UsageError for a time that is none.
        """
        try:
            moment = None if taken_at is None else parse_local(taken_at)
        except ValueError as error:
            raise UsageError(f"taken_at: {taken_at!r} is no date or date-time") from error
        keep_days = self._settings.keep_csv_days
        with bootstrap.writing(self._settings, self._clock, "Library.import_csv"):
            return import_csv(
                [Path(path) for path in paths],
                Options(moment, whole_library, frozenset(accept), keep_days=keep_days),
                reader=bootstrap.export_reader(),
                open_unit=self._database.unit,
                raw_store=self._database.raw_store,
                clock=self._clock,
            )

    def snapshots(self) -> list[SnapshotRecord]:
        """Return the snapshots, oldest first."""
        with self._database.reading() as unit:
            return history.snapshots(unit)

    def at(self, when: str = "latest") -> history.LibraryThen:
        """Return the library as it was at a moment, with the facts known then."""
        with self._database.reading() as unit:
            return history.library_at(unit, when)

    def diff(self, start: str, end: str = "latest") -> history.LibraryDiff:
        """Return what changed between two moments."""
        with self._database.reading() as unit:
            return history.diff_between(unit, start, end)

    def playlists(self) -> list[PlaylistRecord]:
        """Return every playlist that was ever seen, with its names and keys over time."""
        with self._database.reading() as unit:
            return unit.library.playlist_records()

    def playlists_of(self, track: str) -> list[playlists_of.Holding]:
        """Return every place that a track (id, URI or URL) has in the library now."""
        key = parse_track(track)
        if key is None:
            raise UsageError(f"{track!r} is no track: write its id, URI or URL")
        with self._database.reading() as unit:
            return playlists_of.playlists_of(unit, key)

    def tracks(
        self, query: TrackQuery | None = None, *, playlist: str | None = None, sort: str = "artist"
    ) -> Sequence[CatalogTrack]:
        """Return the tracks in the library now that a query asks for (none: all), sorted."""
        with self._database.reading() as unit:
            asked = query or TrackQuery()
            if playlist is not None:
                key = find_playlist(unit.library.playlist_records(), playlist).key
                asked = TrackQuery(asked.search, asked.artist, key, asked.popularity, asked.missing)
            return select_tracks(unit.library.catalog_tracks(), asked, sort, None)
