"""The raw store: the bytes of what was imported, compressed, in a folder beside the database.

A file is named by the SHA-256 of its bytes, so writing one twice is harmless and an import that
dies leaves nothing that could be mistaken for anything else.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from syncengine.errors import UserError

_PARTIAL = ".partial"


class RawStore:
    """Files by digest under one folder; None as folder keeps nothing (a database in memory)."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._is_swept = False
        self._made: set[Path] = set()

    def keep(self, digest: bytes, content: bytes) -> None:
        """Store bytes under their SHA-256, unless they are there already.

        Only whoever holds the writer's lock may call it. Raises UserError where it cannot be written.
        """
        if self._folder is None:
            return
        place = self._place(digest)
        if place.exists():
            return
        try:
            self._sweep(self._folder)
            self._write(place, gzip.compress(content, compresslevel=1, mtime=0))
        except OSError as error:
            raise UserError(
                f"the copies of your exports cannot be kept in {self._folder} "
                f"({error.strerror or error}): make room or allow writing there, then import again"
            ) from error

    def read(self, digest: bytes) -> bytes | None:
        """Return stored bytes; None where there are none."""
        if self._folder is None:
            return None
        try:
            return gzip.decompress(self._place(digest).read_bytes())
        except FileNotFoundError:
            return None

    def discard(self, digests: Iterable[bytes]) -> None:
        """Remove files; what is not there is fine."""
        if self._folder is not None:
            for digest in digests:
                self._place(digest).unlink(missing_ok=True)

    def _write(self, place: Path, packed: bytes) -> None:
        folder = place.parent
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._made.add(folder)
        partial = f"{folder.parent}{os.sep}.{place.name}.{os.getpid()}{_PARTIAL}"
        try:
            with open(partial, "wb", buffering=0) as file:  # noqa: PTH123 - many small files: pathlib's way takes twice as long
                written = file.write(packed)
                while written < len(packed):
                    written += file.write(packed[written:])
            os.replace(partial, place)  # noqa: PTH105 - see above
        except BaseException:
            with suppress(OSError):
                Path(partial).unlink()
            raise

    def _sweep(self, folder: Path) -> None:
        """Remove what killed runs left behind: there is one writer, so it is nobody's now."""
        if self._is_swept:
            return
        self._is_swept = True
        for left in folder.glob(f".*{_PARTIAL}"):
            left.unlink(missing_ok=True)

    def _place(self, digest: bytes) -> Path:
        assert self._folder is not None  # noqa: S101 - narrows the type: both callers looked
        name = digest.hex()
        return self._folder / name[:2] / f"{name}.gz"
