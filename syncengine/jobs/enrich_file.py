"""Where an enrichment file goes, and writing it whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from syncengine.core.enrichment import file_name
from syncengine.core.moment import Instant
from syncengine.errors import UserError
from syncengine.storage.unit_of_work import UnitOfWork

_SUFFIX = ".csv"


def place_for(out: Path | None, at: Instant) -> Path:
    """Return the file to write at a moment; ``out`` is a file if it ends in ``.csv``, else a folder.

    None is the working directory.
    """
    if out is not None and out.suffix.lower() == _SUFFIX and not out.is_dir():
        return out.absolute()
    return (out or Path()).absolute() / file_name(at)


def require_free(unit: UnitOfWork, path: Path) -> None:
    """Raise UserError where something stands at a place that nobody may write over: a person's work."""
    if not path.exists():
        return
    known = unit.enrichment.file_at(str(path))
    if known is None or not path.is_file() or digest_of(path.read_bytes()) != known.digest:
        raise UserError(
            f"{path} is there already, and not as it was written: what you changed in it would be "
            "lost. Apply it, move it away, or name another place with --out"
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises UserError where it cannot be."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if partial.exists():
            partial.unlink()


def digest_of(content: bytes) -> bytes:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(content).digest()
