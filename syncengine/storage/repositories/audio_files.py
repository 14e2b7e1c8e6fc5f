"""The audio files that are known, and what becomes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.audio_index import KnownFile
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.path_text import path_of, path_text
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models.music import audio_files

_COLUMNS = (
    "id", "path", "size", "modified_ns", "device", "inode", "digest", "tags", "problem",
    "first_seen_at", "seen_at",
)  # fmt: skip


class _Said(msgspec.Struct, omit_defaults=True):
    """Tags as they are stored."""

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    isrc: str | None = None
    spotify: str | None = None
    duration_ms: int | None = None


_DECODER = msgspec.json.Decoder(_Said)
_ENCODER = msgspec.json.Encoder()


class AudioFiles:
    """What is known of audio files, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self) -> list[KnownFile]:
        """Return every file that was ever found; those that are gone in the order in which they went."""
        a = audio_files.c
        query = select(
            a.id, a.path, a.size, a.modified_ns, a.device, a.inode, a.digest, a.tags, a.problem,
            a.gone_at,
        )  # fmt: skip
        rows = self._connection.execute(query.order_by(a.gone_at, a.id)).cursor
        return [
            KnownFile(
                number,
                AudioFile(
                    path_of(path), Stat(size, modified, int(device), int(inode)), digest, _tags(tags),
                    problem,
                ),
                gone is not None,
            )
            for number, path, size, modified, device, inode, digest, tags, problem, gone
            in rows.fetchall()
        ]  # fmt: skip

    def present(self) -> dict[int, AudioFile]:
        """Return the files that were there when their folder was last looked through, by number."""
        return {each.id: each.file for each in self.known() if not each.gone}

    def add(self, files: Sequence[AudioFile], at: Instant) -> list[int]:
        """Take in files that were never seen before; return their numbers, in order."""
        numbers = Numbers(self._connection).take(audio_files, len(files)) if files else range(0)
        rows = (
            (number, *_cells(file), at, at) for number, file in zip(numbers, files, strict=True)
        )
        bulk_insert(self._connection, audio_files, _COLUMNS, rows)
        return list(numbers)

    def renew(self, files: Mapping[int, AudioFile], at: Instant) -> None:
        """Write down anew what known files are and where; they are there, whatever was known before.

        Whoever had one of their paths, and is not among them, is gone.
        """
        if not files:
            return
        self.mark_gone(
            self._others_at({path_text(each.path) for each in files.values()}, files), at
        )
        # Files that changed places would meet at a path, if each did not leave its own first.
        self.mark_gone(files, at)
        a = audio_files.c
        names = _COLUMNS[1:-2]
        new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(audio_files).where(a.id == bindparam("row"))
        self._connection.execute(
            statement.values(**new, seen_at=at, gone_at=None),
            [
                {"row": number}
                | {f"new_{name}": cell for name, cell in zip(names, _cells(file), strict=True)}
                for number, file in files.items()
            ],
        )

    def _others_at(self, paths: Collection[str], files: Collection[int]) -> list[int]:
        a = audio_files.c
        found: list[int] = []
        for chunk in chunks(paths):
            there = select(a.id).where(a.gone_at.is_(None), a.path.in_(chunk))
            found += [each for each in self._connection.scalars(there) if each not in files]
        return found

    def mark_gone(self, numbers: Iterable[int], at: Instant) -> None:
        """Note that files are not there any more; what is known of them stays."""
        self._set("gone_at", numbers, at)

    def mark_seen(
        self, numbers: Collection[int], at: Instant, *, except_for: Collection[int]
    ) -> None:
        """Note that files are there as they were; ``except_for`` are the other ones that are present."""
        a = audio_files.c
        if except_for:
            self._set("seen_at", numbers, at)
        elif numbers:
            # All that are there: one statement, and not one for each of thousands.
            present = update(audio_files).where(a.gone_at.is_(None))
            self._connection.execute(present.values(seen_at=at))

    def state(self) -> str:
        """Return a digest of all that is there: it changes when a plan could.

        Neither when files were looked at nor what is gone is in it, nor the number of a device, which
        is another one each time that it is plugged in.
        """
        a = audio_files.c
        query = select(
            a.id, a.path, a.size, a.modified_ns, a.inode, a.digest, a.tags, a.problem
        ).where(a.gone_at.is_(None))
        found = self._connection.execute(query.order_by(a.id)).cursor
        digest = hashlib.blake2b(digest_size=16)
        for row in found.fetchall():
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def _set(self, column: str, numbers: Iterable[int], at: Instant) -> None:
        rows = [{"row": number} for number in numbers]
        if rows:
            statement = update(audio_files).where(audio_files.c.id == bindparam("row"))
            self._connection.execute(statement.values({column: at}), rows)


def _cells(file: AudioFile) -> tuple[Any, ...]:
    stat = file.stat
    return (
        path_text(file.path), stat.size, stat.modified_ns, str(stat.device), str(stat.inode),
        file.digest, _ENCODER.encode(_Said(*file.tags)).decode(), file.problem,
    )  # fmt: skip


def _tags(text: str) -> Tags:
    said = _DECODER.decode(text)
    spotify = None if said.spotify is None else TrackKey(said.spotify)
    return Tags(said.title, said.artists, said.album, said.isrc, spotify, said.duration_ms)
