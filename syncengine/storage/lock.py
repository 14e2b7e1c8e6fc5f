"""One writer at a time, across processes: a lock file and beside it who holds it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from syncengine.core.moment import Instant, to_iso
from syncengine.core.ports import Clock
from syncengine.errors import Locked, UserError

_POLL_SECONDS = 0.05
_NO_FILE = ("", ":memory:")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; ``command`` is a command's name, without its arguments."""

    pid: int
    since: Instant
    command: str


def lock_path(database_url: str, *, data_dir: Path) -> Path:
    """Return where a database's lock file lies.

    Beside a SQLite file, whatever name it goes by; for other databases in the user's data
    directory, under a digest of the address without user and password. That one guards against
    other runs of this machine only.
    """
    scheme, _, rest = database_url.partition("://")
    dialect = scheme.partition("+")[0].lower()
    if dialect == "sqlite":
        name = rest.removeprefix("/").partition("?")[0].removeprefix("file:")
        if name not in _NO_FILE:
            file = Path(name).resolve()
            return file.with_name(file.name + ".lock")
    address = urlsplit(f"{dialect}://{rest}")
    place = rest if dialect == "sqlite" else f"{address.netloc.rpartition('@')[2]}{address.path}"
    digest = hashlib.blake2b(f"{dialect}://{place}".encode(), digest_size=8).hexdigest()
    return data_dir / f"{digest}.lock"


@contextmanager
def writer_lock(path: Path, *, wait: float, clock: Clock, command: str = "") -> Iterator[Holder]:
    """Hold the lock while the block runs; a dead holder's lock is free.

    Waits up to ``wait`` seconds, then raises Locked with the holder's pid, command and start; raises
    UserError where no lock can be.
    A second hold in one process waits like any other. ``command`` is told to those who wait.
    """
    from filelock import FileLock, Timeout  # costs 15 ms, and only writers need it

    lock = FileLock(path, timeout=max(wait, 0.0), poll_interval=_POLL_SECONDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout:
        raise Locked(_refusal(read_holder(path), wait)) from None
    except OSError as error:
        raise UserError(
            f"the library's folder {path.parent} cannot be written to ({error.strerror or error}): "
            "allow it, or name another place with --db or SYNCENGINE_DATABASE_URL"
        ) from error
    try:
        holder = Holder(os.getpid(), clock(), command)
        _write_holder(path, holder)
        yield holder
    finally:
        _sidecar(path).unlink(missing_ok=True)
        lock.release()


def read_holder(path: Path) -> Holder | None:
    """Return who wrote the sidecar of a lock file last and did not end in good order since.

    None when nobody did, or when it cannot be read; it does not say that the lock is held.
    """
    try:
        said = json.loads(_sidecar(path).read_bytes())
        return Holder(int(said["pid"]), Instant(int(said["since"])), str(said["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _write_holder(path: Path, holder: Holder) -> None:
    """Write whole or not at all: someone may read at any moment."""
    draft = path.with_name(f"{path.name}.{holder.pid}.tmp")
    try:
        draft.write_text(json.dumps(asdict(holder)), encoding="utf-8")
        draft.replace(_sidecar(path))
    except OSError:  # the lock is what counts; only the message to others will be poorer
        with suppress(OSError):
            draft.unlink()


def _refusal(holder: Holder | None, wait: float) -> str:
    waited = f"; waited {wait:g} s" if wait > 0 else ""
    if holder is None:
        return f"another run holds the lock{waited}"
    what = f" ({holder.command})" if holder.command else ""
    return f"another run holds the lock: process {holder.pid}{what} since {to_iso(holder.since)}{waited}"
