"""The only room that names concrete adapters: what a command needs, built from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from syncengine.core.identity import PlaylistKey, playlist_key
from syncengine.core.ports import Clock, ExportedPlaylist, ExportReader
from syncengine.errors import ConfigError
from syncengine.storage.lock import lock_path, writer_lock
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    import requests

    from syncengine.adapters.retry import Paused, Policy
    from syncengine.adapters.spotify.client import SpotifyService
    from syncengine.adapters.spotify.sign_in import SignIn
    from syncengine.adapters.spotify.wire import AccessTokens, Wire
    from syncengine.config import Settings
    from syncengine.core.remote import CallBook, Service
    from syncengine.core.sign_in import SignInState
    from syncengine.jobs.calls import Calls
    from syncengine.jobs.enrich_apply import ReadSheet
    from syncengine.jobs.enrich_fetch import Render as RenderEnrichment
    from syncengine.jobs.export import Render
    from syncengine.jobs.lookup import Lookups
    from syncengine.jobs.lookup_lists import ListLookups
    from syncengine.jobs.lookup_notes import LookupNotes
    from syncengine.storage.lookup_store import LookupStore

LOCK_SECONDS = 5.0
"""How long a writer waits for another one before it gives up."""
_AT_ONCE = 0.05
"""Seconds that a lookup with a stored fact waits for the book of calls."""
EXPORT_FORMATS = ("csv", "json", "m3u8")
EXPORT_DIALECTS = ("exportify.net", "exportify.app")
_NO_APP = (
    "create an app at https://developer.spotify.com/dashboard (its owner needs Premium)",
    "give it the redirect URI http://127.0.0.1:8888/callback, and tick Web API",
    "set SPOTIFY_CLIENT_ID to the client id that it shows; docs/spotify.md has every step",
)


def open_database(
    settings: Settings, clock: Clock, say: Callable[[str], None] | None = None
) -> Database:
    """Return the database of the settings; it is opened, and upgraded if need be, on first use."""
    return Database(settings.database_url, clock, say)


@contextmanager
def trial_database(
    settings: Settings, clock: Clock, say: Callable[[str], None] | None = None
) -> Iterator[Database]:
    """Return the database for a dry run: where there is none yet, an empty one that leaves no trace."""
    database = open_database(settings, clock, say)
    if database.exists:
        yield database
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="syncengine-") as folder:
        yield Database(f"sqlite:///{(Path(folder) / 'library.db').as_posix()}", clock, say)


@contextmanager
def kept_database(
    settings: Settings, clock: Clock, say: Callable[[str], None] | None = None
) -> Iterator[Database]:
    """Return the database of the settings, and hold it open for many small units."""
    database = open_database(settings, clock, say)
    with database.kept_open():
        yield database


@contextmanager
def writing(
    settings: Settings, clock: Clock, command: str, *, wait: float | None = None
) -> Iterator[None]:
    """Hold the writer's lock. Raises Locked when another run keeps it, after LOCK_SECONDS or ``wait``."""
    path = lock_path(settings.database_url, data_dir=settings.data_dir)
    patience = LOCK_SECONDS if wait is None else wait
    with writer_lock(path, wait=patience, clock=clock, command=command):
        yield


def export_reader() -> ExportReader:
    """Return the reader of CSV exports."""
    from syncengine.adapters.exports import Exports

    return Exports()


def enrichment_reader() -> ReadSheet:
    """Return what reads enrichment files."""
    from syncengine.adapters.exports.enrichment import read_enrichment

    return read_enrichment


def enrichment_writer() -> RenderEnrichment:
    """Return what makes an enrichment file of its rows."""
    from syncengine.adapters.exports.enrichment import write_enrichment

    return write_enrichment


def make_lookups(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    service: Service | None = None,
    takes_exports: bool = True,
) -> LookupFace:
    """Return what looks things up; ``service`` takes Spotify's place. Nothing is opened or asked yet.

    Without ``takes_exports`` the library stays as it is, whatever is new in the folder of exports.
    """
    from syncengine.jobs.lookup import Lookups
    from syncengine.jobs.lookup_asking import Asker, Pauses, Rules
    from syncengine.jobs.lookup_known import Known
    from syncengine.jobs.lookup_lists import ListLookups
    from syncengine.jobs.lookup_notes import LookupNotes
    from syncengine.storage.lookup_store import LookupStore

    made: list[SpotifyService] = []
    pauses = Pauses()

    def make(patient: bool) -> Service | None:
        if service is not None:
            return service if patient else service.hasty()
        if settings.spotify_client_id is None:
            return None
        book = replace(spotify_calls(settings, database, clock), counted=notes.called)
        if not patient:  # an import that has the database to itself is not waited for either
            book = replace(book, open_unit=partial(database.unit, patience=_AT_ONCE))
        from syncengine.adapters.retry import BRIEF

        sign_in = spotify_sign_in(settings, clock)
        made.append(
            spotify_service(settings, book, sign_in, clock, policy=BRIEF, sleep=pauses.wait)
        )
        return made[-1] if patient else made[-1].hasty()

    rules = Rules(
        settings.spotify_csv_backup_enabled,
        settings.spotify_csv_fallback_on_rate_limit,
        settings.spotify_csv_fallback_on_error,
    )
    notes = LookupNotes(lambda: database.unit(patience=0) if database.exists else None, clock)
    store = LookupStore(database)
    refresh = _csv_folder(settings, database, notes, clock) if takes_exports else _do_nothing
    known, asker = Known(store, notes, clock), Asker(make, notes, rules, pauses)
    return LookupFace(
        Lookups(known, asker, refresh), ListLookups(known, asker, refresh), notes, store, made
    )


def _csv_folder(
    settings: Settings, database: Database, notes: LookupNotes, clock: Clock
) -> Callable[[], None]:
    """Return what takes new exports in from the folder of the settings, where they name one."""
    folder = settings.spotify_csv_backup_path
    if folder is None or not settings.spotify_csv_backup_enabled:
        return lambda: None
    from syncengine.jobs.csv_folder import CsvFolder

    def take(place: Path) -> None:
        from syncengine.jobs.import_csv import import_csv
        from syncengine.jobs.import_report import Options

        with writing(settings, clock, "lookup", wait=0.0):
            import_csv(
                [place],
                Options(keep_days=settings.keep_csv_days),
                reader=export_reader(),
                open_unit=database.unit,
                raw_store=database.raw_store,
                clock=clock,
            )

    ttl = settings.spotify_csv_cache_ttl if settings.spotify_csv_cache_enabled else 0
    return CsvFolder(folder, ttl, take, database.reading, notes, clock).refresh


def _do_nothing() -> None:
    """Take in nothing."""


class LookupFace(NamedTuple):
    """Everything that looks up, and what has to be put away in the end."""

    tracks: Lookups
    lists: ListLookups
    notes: LookupNotes
    store: LookupStore
    services: Sequence[SpotifyService]

    def close(self) -> None:
        """Write what was noted, and close what was opened; it is opened again when it is needed."""
        self.notes.flush()
        self.store.close()
        for each in self.services:
            each.close()


def export_writer(form: str, dialect: str) -> Render:
    """Return what turns a playlist into a file of one of EXPORT_FORMATS; ``dialect`` is for csv."""
    if form == "csv":
        from syncengine.adapters.exports.writer import WRITERS

        write = WRITERS[dialect]

        def render(playlist: ExportedPlaylist) -> bytes:
            stream = BytesIO()
            write(playlist, stream)
            return stream.getvalue()

        return render
    from syncengine.adapters import portable

    return portable.write_json if form == "json" else portable.write_m3u8


def merge_page(report: Mapping[str, object]) -> bytes:
    """Return the report of a merge, which is as its JSON says it, as a page of HTML."""
    from syncengine.adapters.portable.merge_page import merge_page as page

    return page(report)


def safe_stem(text: str) -> str:
    """Return a file stem for any text: itself where it is one, else what the exporter would make of it."""
    from syncengine.adapters.exports.writer import file_stem, without_marks

    is_plain = text == Path(text).name == without_marks(text) and not text.startswith(".")
    return text if is_plain else file_stem("exportify.net", text)


def file_keys(name: str) -> set[PlaylistKey]:
    """Return the keys that exports of a playlist with this name have, by each exporter's rule."""
    from syncengine.adapters.exports.writer import file_stem

    stems = {name, *(file_stem(dialect, name) for dialect in EXPORT_DIALECTS)}
    return {playlist_key(stem) for stem in stems}


def spotify_calls(settings: Settings, database: Database, clock: Clock) -> Calls:
    """Return the book of calls to Spotify."""
    from syncengine.jobs.calls import Calls

    limit = settings.spotify_daily_call_budget
    return Calls(database.unit, clock, "spotify", limit, "SPOTIFY_DAILY_CALL_BUDGET")


def spotify(
    settings: Settings, clock: Clock, paused: Paused | None = None
) -> Callable[[CallBook], Service]:
    """Return what makes Spotify, as the settings' app and its sign-in are let in.

    ``paused`` is told of each pause that is waited for. Raises ConfigError where the settings name no app.
    """
    sign_in = spotify_sign_in(settings, clock)
    return lambda book: spotify_service(settings, book, sign_in, clock, paused=paused)


def spotify_service(
    settings: Settings,
    book: CallBook,
    tokens: AccessTokens,
    clock: Clock,
    *,
    policy: Policy | None = None,
    sleep: Callable[[float], None] | None = None,
    paused: Paused | None = None,
) -> SpotifyService:
    """Return Spotify as it is asked for a fetch, or by another policy.

    ``book`` counts its calls; ``tokens`` is the sign-in; ``sleep`` waits for pauses,
    of which ``paused`` is told before.
    """
    from syncengine.adapters.spotify.client import SpotifyService

    return SpotifyService(
        spotify_wire(settings, book, tokens, clock, policy=policy, sleep=sleep, paused=paused)
    )


def spotify_wire(
    settings: Settings,
    book: CallBook,
    tokens: AccessTokens,
    clock: Clock,
    *,
    policy: Policy | None = None,
    sleep: Callable[[float], None] | None = None,
    paused: Paused | None = None,
) -> Wire:
    """Return what all calls to Spotify go over; see ``spotify_service``."""
    import time
    from random import SystemRandom

    from syncengine.adapters.retry import PATIENT, Retry
    from syncengine.adapters.spotify.wire import Connection, Wire

    retry = Retry(
        book,
        clock,
        sleep or time.sleep,
        SystemRandom(),
        policy or PATIENT,
        paused or (lambda _seconds: None),
    )
    return Wire(tokens, retry, Connection(settings.spotify_api_url, clock))


def spotify_sign_in(
    settings: Settings, clock: Clock, session: requests.Session | None = None
) -> SignIn:
    """Return the sign-in of the settings' app. Raises ConfigError where they name no app."""
    if settings.spotify_client_id is None:
        raise ConfigError("SPOTIFY_CLIENT_ID is not set, and Spotify answers apps only", _NO_APP)
    import requests

    from syncengine.adapters.spotify.sign_in import SignIn

    return SignIn(
        client_id=settings.spotify_client_id,
        client_secret=settings.spotify_client_secret,
        redirect_uri=settings.spotify_redirect_uri,
        token_file=settings.spotify_token_file,
        accounts_url=settings.spotify_accounts_url,
        session=session or requests.Session(),
        clock=clock,
    )


def learn_account(settings: Settings, sign_in: SignIn, database: Database, clock: Clock) -> str:
    """Ask Spotify who is signed in, and keep the name; return what is wrong, if anything."""
    from syncengine.adapters.retry import BRIEF

    book = spotify_calls(settings, database, clock)
    service = spotify_service(settings, book, sign_in, clock, policy=BRIEF)
    return sign_in.learn_account(service.account)


def sign_in_state(settings: Settings, clock: Clock) -> SignInState:
    """Return how the Spotify sign-in stands; needs no app and makes no call."""
    from syncengine.adapters.spotify.sign_in_state import sign_in_state as state

    return state(settings.spotify_token_file, clock())


def sign_out(settings: Settings) -> bool:
    """Remove the Spotify sign-in from this machine; return whether there was one."""
    from syncengine.adapters.spotify.token_file import TokenFile

    file = TokenFile(settings.spotify_token_file)
    if not file.path.parent.is_dir():
        return False
    with file.locked():
        return file.remove()
