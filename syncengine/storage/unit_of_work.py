"""One database, and the units of work on it: all of a unit becomes visible, or none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from syncengine.core.moment import Instant
from syncengine.errors import InvariantBroken, Locked, UserError
from syncengine.storage.engine import (
    WRITING,
    broken_references,
    check_references_later,
    empty_engine,
    outlive_power_cuts,
    parse_url,
    sqlite_path,
    wait_at_most,
    work_engine,
)
from syncengine.storage.memory import Memory
from syncengine.storage.raw_store import RawStore
from syncengine.storage.repositories.agreed import AgreedItems
from syncengine.storage.repositories.audio_files import AudioFiles
from syncengine.storage.repositories.catalogue import CatalogueReader
from syncengine.storage.repositories.enrichments import EnrichmentBook
from syncengine.storage.repositories.evolution import EvolutionReader
from syncengine.storage.repositories.file_matches import FileMatches
from syncengine.storage.repositories.journal import Journal
from syncengine.storage.repositories.ledger import Ledger
from syncengine.storage.repositories.library import LibraryReader
from syncengine.storage.repositories.lists import ListReader
from syncengine.storage.repositories.origins import OriginReader
from syncengine.storage.repositories.remote import LookupTally, RemoteBook, forget_versions


class UnitOfWork:
    """What can be done within one transaction."""

    def __init__(self, connection: Connection, *, is_new: bool = False) -> None:
        """``is_new`` says that nobody but this program has seen the database, so far empty."""
        self.connection = connection
        self._is_new = is_new
        if is_new:
            check_references_later(connection)

    @cached_property
    def memory(self) -> Memory:
        """The memory: where observations go in."""
        return Memory(self.connection)

    @cached_property
    def ledger(self) -> Ledger:
        """Runs, log, what is set aside."""
        return Ledger(self.connection)

    @cached_property
    def agreed(self) -> AgreedItems:
        """What sinks were last known to hold."""
        return AgreedItems(self.connection)

    @cached_property
    def audio_files(self) -> AudioFiles:
        """The audio files that were found under the music folders."""
        return AudioFiles(self.connection)

    @cached_property
    def file_matches(self) -> FileMatches:
        """Which track each audio file was found to be of, and what people decided about that."""
        return FileMatches(self.connection)

    @cached_property
    def enrichment(self) -> EnrichmentBook:
        """Popularity and ISRC out of files that people looked through."""
        return EnrichmentBook(self.connection, self.memory.claims, self.memory.enrich)

    def journal(self, sink: str) -> Journal:
        """The journal of writes to a sink, by its name."""
        return Journal(self.connection, sink)

    def remote(self, system: str) -> RemoteBook:
        """What is remembered of a service that can be asked, by its name."""
        return RemoteBook(self.connection, system)

    def forget_versions(self) -> None:
        """Forget which versions of lists are stored, of all services: the next fetch reads them again."""
        forget_versions(self.connection)

    @cached_property
    def lists(self) -> ListReader:
        """How lists stand now, as a fetch compares them with what it is told."""
        return ListReader(self.connection, self.memory.contents)

    @cached_property
    def lookups(self) -> LookupTally:
        """How lookups were answered."""
        return LookupTally(self.connection)

    @cached_property
    def catalogue(self) -> CatalogueReader:
        """The library at one moment, whole, as sinks want it."""
        return CatalogueReader(self.connection)

    @cached_property
    def library(self) -> LibraryReader:
        """Questions about the library at any moment."""
        return LibraryReader(self.connection)

    @cached_property
    def evolution(self) -> EvolutionReader:
        """How the library got to be what it is: rows through time, and what is counted of them."""
        return EvolutionReader(self.connection)

    @cached_property
    def origins(self) -> OriginReader:
        """Who says what of tracks."""
        return OriginReader(self.connection)

    def without_commits(self) -> UnitOfWork:
        """Return this unit as one in which commits do nothing: what is tried in it is rolled back."""
        return _Trial(self.connection)

    def commit(self) -> None:
        """Make all of this unit visible; without it the unit leaves no trace."""
        if self._is_new and (found := broken_references(self.connection)):
            raise InvariantBroken(f"a row points at a missing one: {found[0]}")
        self.connection.commit()


class _Trial(UnitOfWork):
    def commit(self) -> None:
        """Make nothing visible."""


class Database:
    """A database by URL; opened on first use, upgraded if its schema is older."""

    def __init__(
        self, url: str, clock: Callable[[], Instant], say: Callable[[str], None] | None = None
    ) -> None:
        """``say`` is told what a person should know, such as where a backup was put."""
        self.url = parse_url(url)
        self._clock = clock
        self._say = say or (lambda _message: None)
        self._is_new = False

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; None for others."""
        return sqlite_path(self.url)

    @cached_property
    def raw_store(self) -> RawStore:
        """Where the bytes of imported files are kept."""
        path = self.path
        return RawStore(None if path is None else path.with_name(f"{path.stem}.raw"))

    @property
    def exists(self) -> bool:
        """Whether there is a database already; other engines than SQLite count as there."""
        path = self.path
        return path is None or (path.is_file() and path.stat().st_size > 0)

    @cached_property
    def _engine(self) -> Engine:
        engine = work_engine(self.url)
        self._is_new = not self.exists
        self.upgrade(engine)
        return engine

    def upgrade(self, engine: Engine | None = None) -> bool:
        """Bring the schema up to date; returns whether anything was to be done."""
        from syncengine.storage import migrate

        with _clear_errors(self):
            if self.exists and not migrate.needs_upgrade(engine or work_engine(self.url)):
                return False
            migrate.upgrade(self.url, self._clock(), self._say)
        return True

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Open a unit of work for questions: where there is no database yet, none is made.

        Then the answers are those of an empty library, and a person is told where we looked.
        """
        if self.exists:
            with _clear_errors(self), self._engine.connect() as connection:
                yield UnitOfWork(connection)
            return
        self._check_place()
        self._say(f"there is no library at {self.path} yet")
        engine = empty_engine()
        from syncengine.storage import migrate

        with engine.connect() as connection:
            migrate.build(connection)
            yield UnitOfWork(connection)

    def lasting(self) -> Connection:
        """Open a connection for questions that stays open; where there is no database, to an empty one.

        Whoever asks over it ends each transaction soon: what changed meanwhile is seen only then.
        """
        if self.exists:
            with _clear_errors(self):
                return self._engine.connect()
        self._check_place()
        from syncengine.storage import migrate

        connection = empty_engine().connect()
        migrate.build(connection)
        return connection

    def clear_errors(self) -> AbstractContextManager[None]:
        """Turn what the database says within the block into errors of ours."""
        return _clear_errors(self)

    def _check_place(self) -> None:
        """Raise UserError where no database could ever be."""
        path = self.path
        assert path is not None  # noqa: S101 -- only a file can be missing
        nearest = next((each for each in path.absolute().parents if each.exists()), path)
        if path.is_dir() or not nearest.is_dir():
            raise UserError(f"the database {path} cannot be opened: that is no place for a file")

    @contextmanager
    def unit(self, *, patience: float | None = None, durable: bool = False) -> Iterator[UnitOfWork]:
        """Open a unit of work that may write; it is rolled back unless it commits.

        It waits for whoever writes now, so that what it reads first still holds when it writes;
        after ``patience`` seconds (none: BUSY_SECONDS) it raises Locked. What is committed in a
        ``durable`` one outlives a power cut too.
        """
        with _clear_errors(self), self._engine.connect() as connection:
            if patience is not None:
                wait_at_most(connection, patience)
            if durable:
                outlive_power_cuts(connection)
            unit = UnitOfWork(connection.execution_options(**WRITING), is_new=self._is_new)
            yield unit
            # Once something is remembered, every later row is checked as it comes.
            self._is_new = self._is_new and "memory" not in vars(unit)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Hold a connection while many small units are opened.

        The last connection to leave an SQLite database folds its log in, which takes longer than a unit.
        """
        with _clear_errors(self), self._engine.connect():
            yield

    def backup(self, target: Path | None = None) -> Path:
        """Copy the database; returns where to. Raises UserError for one that is no SQLite file."""
        from syncengine.storage import migrate

        if self.path is None:
            raise UserError("this is no SQLite file; copy it with your database's own tools")
        if not self.exists:
            raise UserError(f"there is no database at {self.path}")
        with _clear_errors(self):
            return migrate.backup(self.path, self._clock(), target)

    def check(self) -> list[str]:
        """Return what is wrong with the database's integrity, one sentence each."""
        findings: list[str] = []
        with self.reading() as unit:
            connection = unit.connection
            if connection.dialect.name == "sqlite":
                for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
                    if line != "ok":
                        findings.append(f"integrity check: {line}")
                findings += broken_references(connection)
        return findings


@contextmanager
def _clear_errors(database: Database) -> Iterator[None]:
    """Turn what the database says into one sentence with what to do."""
    where = database.path or database.url.render_as_string()
    try:
        yield
    except (
        UnicodeEncodeError
    ) as error:  # an argument that was typed, or pasted, in another encoding
        raise UserError(
            f"{error.object!r} is no text in UTF-8, so nothing in the library goes by it"
        ) from error
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason or "busy" in reason:
            raise Locked(f"the database {where} is in use by another program; try again") from error
        if "disk" in reason and "full" in reason:
            raise UserError(f"the disk is full; {where} is as it was before") from error
        if "readonly" in reason or "unable to open" in reason:
            raise UserError(
                f"the database {where} cannot be opened for this ({reason}): see that the file and its "
                "folder can be written to, or name another place with --db"
            ) from error
        raise UserError(f"the database {where} failed: {reason}") from error
    except DatabaseError as error:
        reason = str(error.orig)
        if "not a database" in reason or "malformed" in reason:
            raise UserError(
                f"{where} is damaged or no database ({reason}); move it away, then restore a backup or "
                "import your exports again"
            ) from error
        raise
