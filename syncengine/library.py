"""The Python face for scripts: ``from syncengine import Library``."""

from __future__ import annotations

import time
import weakref
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, overload

from syncengine import bootstrap
from syncengine.core.identity import LIKED, UNAVAILABLE
from syncengine.core.moment import Instant, parse_local
from syncengine.core.query import TrackQuery, select_tracks
from syncengine.core.track import Artist, Claim, Recording
from syncengine.errors import UsageError
from syncengine.jobs import history
from syncengine.jobs.import_csv import import_csv
from syncengine.jobs.import_report import ImportReport, Options
from syncengine.jobs.lookup import read_key
from syncengine.jobs.playlists import find_playlist

if TYPE_CHECKING:
    from types import TracebackType

    from syncengine.core.catalog import CatalogTrack
    from syncengine.core.duplicates import Duplicates
    from syncengine.core.lookup import (
        Batch,
        DuplicateAnswer,
        FeaturesAnswer,
        HoldingAnswer,
        Item,
        ListAnswer,
        Prefer,
        SearchAnswer,
        TrackAnswer,
    )
    from syncengine.core.ports import Clock
    from syncengine.core.remote import Service
    from syncengine.core.trends import Trends
    from syncengine.jobs.lookup_lists import PlaylistAnswer
    from syncengine.jobs.playlist_life import PlaylistLife
    from syncengine.jobs.track_life import TrackLife
    from syncengine.storage.repositories.library import SnapshotRecord

_PREFER = ("api", "stored", "offline")


def _now() -> Instant:
    return Instant(int(time.time()))  # noqa: TID251 -- the edge where a script's clock is handed in


class Library:
    """A person's library: what is in it, what was, what changed, and what Spotify knows besides.

    Lookups take ``prefer``: "api" asks Spotify first and answers from what is stored where it cannot,
    "stored" asks it only for what is not stored, "offline" never. Without it one lookup asks first and
    a batch, a list or a search does not. Answers carry ``source``, ``at``, ``age`` and ``fallback``.
    Threads may share a Library; ``close()``, or leaving a ``with`` block, writes down what was counted.

    Moments are written as on the command line: a date (its end), a date-time, a snapshot's id, or
    ``latest``. Every method raises UserError or another SyncEngineError with one clear sentence.
    """

    def __init__(
        self,
        database_url: str | None = None,
        *,
        clock: Clock = _now,
        service: Service | None = None,
    ) -> None:
        """Open the database of the settings, or another; raises ConfigError for wrong settings.

        ``service`` is asked in Spotify's place.
        """
        from syncengine.config import Settings

        given = {} if database_url is None else {"SYNCENGINE_DATABASE_URL": database_url}
        self._settings = Settings.load(given)
        self._clock = clock
        self._service = service
        self._database = bootstrap.open_database(self._settings, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write down what lookups counted and learned, and let go of the database.

        It is done at the end of the program too; a closed Library opens itself again when it is asked.
        """
        if "_lookups" in vars(self):
            self._lookups.close()

    @cached_property
    def _lookups(self) -> bootstrap.LookupFace:
        made = bootstrap.make_lookups(
            self._settings, self._database, self._clock, service=self._service
        )
        weakref.finalize(self, made.close)
        return made

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
        _want("path", paths, str, Path)
        try:
            moment = None if taken_at is None else parse_local(_text("taken_at", taken_at))
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
        _text("when", when)
        with self._database.reading() as unit:
            return history.library_at(unit, when)

    def diff(self, start: str, end: str = "latest") -> history.LibraryDiff:
        """Return what changed between two moments."""
        _want("moment", (start, end), str)
        with self._database.reading() as unit:
            return history.diff_between(unit, start, end)

    def trends(self, since: str | None = None, until: str | None = None) -> Trends:
        """Return how the library evolved after one moment (none: as far back as is known), up to another."""
        from syncengine.jobs.trends import trends

        _want("moment", (since, until), str, type(None))
        with self._database.reading() as unit:
            return trends(unit, since=since, until=until)

    def track_life(self, track: str) -> TrackLife:
        """Return where a track (id, URI or URL) stood and when, what was said of it, how popular it was."""
        from syncengine.jobs.track_life import track_life

        with self._database.reading() as unit:
            return track_life(unit, read_key(_text("track", track)))

    def playlist_life(self, playlist: str) -> PlaylistLife:
        """Return a playlist's (by name, key, id, URI or URL) size over time and every entry it ever had."""
        from syncengine.jobs.playlist_life import playlist_life

        with self._database.reading() as unit:
            return playlist_life(unit, _text("playlist", playlist))

    def duplicates(self, *playlists: str) -> Duplicates:
        """Return the same recording under several entries, within playlists and across them, as it is now.

        ``playlists`` limit it to some, albums too. Raises NotFound for one that was never seen.
        """
        from syncengine.jobs.duplicates import find_duplicates  # only who asks pays for the rules

        _want("playlist", playlists, str)
        with self._database.reading() as unit:
            return find_duplicates(unit, playlists)

    # Lookups

    def track(
        self, track: str, *, artist: str | None = None, prefer: Prefer | None = None
    ) -> TrackAnswer:
        """Return what is known of a track, named by id, URI or URL, or by its title and an artist.

        Raises NotFound where nothing goes by that, and TryLater, SignInNeeded or another RemoteError
        where Spotify could not say and nothing is stored.
        """
        chosen = self._prefer(prefer, "api")
        _text("track", track)
        if artist is not None:
            return self._lookups.tracks.named(track, _text("artist", artist), chosen)
        return self._lookups.tracks.track(read_key(track), chosen)

    @overload
    def tracks(
        self, query: TrackQuery | None = None, *, playlist: str | None = None, sort: str = "artist"
    ) -> Sequence[CatalogTrack]: ...

    @overload
    def tracks(
        self, query: Iterable[Item], *, prefer: Prefer | None = None
    ) -> Batch[TrackAnswer]: ...

    def tracks(
        self,
        query: TrackQuery | Iterable[Item] | None = None,
        *,
        playlist: str | None = None,
        sort: str = "artist",
        prefer: Prefer | None = None,
    ) -> Sequence[CatalogTrack] | Batch[TrackAnswer]:
        """Return the tracks in the library now that a query asks for (none: all), sorted.

        For a list of ids, URIs, URLs or pairs of title and artist: what is known of each, stored or
        not; what could not be told of one stands in ``failed`` and stops nothing.
        """
        if query is not None and not isinstance(query, TrackQuery):
            if playlist is not None:
                raise UsageError("a list of tracks and a playlist were given: say one of them")
            return self._lookups.tracks.tracks(_items(query), self._prefer(prefer, "stored"))
        with self._database.reading() as unit:
            asked = query or TrackQuery()
            if playlist is not None:
                _text("playlist", playlist)
                key = find_playlist(unit.library.playlist_records(), playlist).key
                asked = TrackQuery(asked.search, asked.artist, key, asked.popularity, asked.missing)
            found = unit.catalogue.tracks(rated=asked.popularity)
            return select_tracks(found, asked, sort, None)

    @overload
    def audio_features(  # type: ignore[overload-overlap]  # a text is not taken for its letters
        self, tracks: str, *, prefer: Prefer | None = None
    ) -> FeaturesAnswer: ...

    @overload
    def audio_features(
        self, tracks: Iterable[Item], *, prefer: Prefer | None = None
    ) -> Batch[FeaturesAnswer]: ...

    def audio_features(
        self, tracks: str | Iterable[Item], *, prefer: Prefer | None = None
    ) -> FeaturesAnswer | Batch[FeaturesAnswer]:
        """Return the audio features of a track, or of each of a list.

        Spotify tells them to few apps; exports do. Raises as ``track`` does.
        """
        lookups = self._lookups.tracks
        if isinstance(tracks, str):
            return lookups.features(read_key(tracks), self._prefer(prefer, "api"))
        return lookups.many_features(_items(tracks), self._prefer(prefer, "stored"))

    def search(self, text: str, *, limit: int = 20, prefer: Prefer | None = None) -> SearchAnswer:
        """Return the tracks that have all words in title, artists and album, the best first.

        Case and accents don't matter, and the last word may be unfinished. Where nothing stored is
        found Spotify is asked, for ten at most; where it cannot say, the list is empty, and its ``fallback``
        says why.
        """
        _text("text", text)
        _want("limit", (limit,), int)
        if limit < 1:
            raise UsageError(f"limit: {limit} is less than 1")
        return self._lookups.tracks.search(text, limit, self._prefer(prefer, "stored"))

    def find_duplicate(
        self,
        track: str | None = None,
        *,
        artist: str | None = None,
        isrc: str | None = None,
        duration_ms: int | None = None,
        prefer: Prefer | None = None,
    ) -> DuplicateAnswer | None:
        """Return the track in a playlist that is this recording: by id, then ISRC, then name; or None.

        ``track`` is an id, URI or URL, or with ``artist`` a title. What neither is stored nor told here
        of a track is asked of Spotify; lengths differ by two seconds at most. Raises as ``track`` does.
        """
        chosen = self._prefer(prefer, "stored")
        given = {"track": track, "artist": artist, "isrc": isrc}
        for name, value in given.items():
            _want(name, (value,), str, type(None))
        _want("duration_ms", (duration_ms,), int, float, type(None))
        by_name = artist is not None and track is not None
        if track is None and isrc is None:
            raise UsageError("say which track: by id, by title and artist, or by ISRC")
        key = None if track is None or by_name else read_key(track)
        sketch = None
        if by_name or isrc is not None:
            credited = (Artist(artist),) if artist else ()
            title = track if by_name else None
            sketch = Claim(UNAVAILABLE, Recording(title, credited, duration_ms), isrc=isrc)
        return self._lookups.tracks.duplicate(key, sketch, chosen)

    def liked_songs(self, *, prefer: Prefer | None = None) -> ListAnswer:
        """Return Liked Songs in order; from what is stored this makes no call.

        With "api" they are read from Spotify page by page, and nothing is stored. Raises as ``track`` does.
        """
        return self._lookups.lists.entries(LIKED, self._prefer(prefer, "stored"))

    def playlist_tracks(self, playlist: str, *, prefer: Prefer | None = None) -> ListAnswer:
        """Return a playlist (by name, key, id, URI or URL) with its tracks in order, as ``liked_songs``."""
        _text("playlist", playlist)
        return self._lookups.lists.entries(playlist, self._prefer(prefer, "stored"))

    def playlists(self, *, prefer: Prefer | None = None) -> list[PlaylistAnswer]:
        """Return every playlist that was ever seen, with its names and keys over time.

        Raises UsageError for "api": what Spotify lists now is what a fetch brings.
        """
        return self._lookups.lists.playlists(self._checked(prefer) or "stored")

    def playlists_of(self, track: str, *, prefer: Prefer | None = None) -> list[HoldingAnswer]:
        """Return every place that a track (id, URI or URL) has in the library now.

        Raises UsageError for "api": Spotify does not tell.
        """
        chosen = self._checked(prefer) or "stored"
        return self._lookups.lists.playlists_of(read_key(_text("track", track)), chosen)

    def _prefer(self, given: Prefer | None, usual: Prefer) -> Prefer:
        """Return who is asked: as the script says, else Spotify where the settings want no stored facts."""
        usual = usual if self._settings.spotify_csv_backup_enabled else "api"
        return self._checked(given) or usual

    @staticmethod
    def _checked(given: Prefer | None) -> Prefer | None:
        if given is not None and given not in _PREFER:
            raise UsageError(f"prefer: {given!r} is none of {', '.join(_PREFER)}")
        return given


def _items(given: Iterable[Item]) -> list[Item]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise UsageError(f"a list of tracks is wanted here, not {given!r}; track() looks one up")
    return [_item(each) for each in given]


def _item(given: object) -> Item:
    if isinstance(given, str):
        return given
    match given:
        case [str(title), str(artist)]:
            return title, artist
        case _:
            raise UsageError(
                f"{given!r} is no track: write its id, URI or URL, or its title and an artist"
            )


def _text(name: str, given: str) -> str:
    _want(name, (given,), str)
    return given


def _want(name: str, given: Iterable[object], *kinds: type) -> None:
    """Raise UsageError for a value of another kind: scripts are seldom checked before they run."""
    for each in given:
        if not isinstance(each, kinds):
            words = {str: "a text", Path: "a path", int: "a whole number"}
            wanted = " or ".join(words[kind] for kind in kinds if kind in words)
            raise UsageError(f"{name}: {each!r} is not {wanted}")
