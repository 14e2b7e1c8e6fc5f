"""Which track each audio file was found to be of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from syncengine.core.file_decision import FileDecision
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import TrackKey
from syncengine.core.match import Tier
from syncengine.core.moment import Instant
from syncengine.storage.bulk import bulk_delete, bulk_insert
from syncengine.storage.models.music import audio_files, file_matches
from syncengine.storage.repositories.file_decisions import file_decisions
from syncengine.storage.repositories.remote import MATCHED, RemoteBook

_COLUMNS = (
    "file_id", "tier", "track", "based_on", "score", "reason", "twins", "tags_digest", "name",
    "matched_at",
)  # fmt: skip
_TWINS = msgspec.json.Decoder(list[str])


class FileMatches:
    """The answers for audio files, and what people decided about them, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._book = RemoteBook(connection, "folders")

    def stored(self) -> dict[int, FileMatch]:
        """Return the answer for each file that was ever matched, by number, also for those that are gone."""
        m = file_matches.c
        query = select(
            m.file_id, m.tier, m.track, m.based_on, m.score, m.reason, m.twins, m.tags_digest, m.name
        )  # fmt: skip
        rows = self._connection.execute(query.order_by(m.file_id)).cursor
        return {row[0]: _match(row) for row in rows.fetchall()}

    def counts(self) -> dict[Tier, int]:
        """Return how many of the files that are there and can be read have an answer of each tier."""
        m, a = file_matches.c, audio_files.c
        query = select(m.tier, func.count()).join(audio_files, a.id == m.file_id)
        query = query.where(a.gone_at.is_(None), a.problem.is_(None)).group_by(m.tier)
        found: dict[str, int] = dict(iter(self._connection.execute(query)))
        tiers: tuple[Tier, ...] = ("certain", "likely", "unsure", "none")
        return {tier: found.get(tier, 0) for tier in tiers}

    def state(self) -> str | None:
        """Return in which state all answers were found, in the words of who noted it; None for none."""
        noted = self._book.noted(MATCHED, "")
        return None if noted is None else noted.value

    def note_state(self, state: str, at: Instant) -> None:
        """Note in which state all answers were found."""
        self._book.note(MATCHED, "", state, at)

    def save(self, matches: Iterable[FileMatch], at: Instant) -> None:
        """Remember answers, in place of those that were remembered for the same files."""
        rows = [_row(each, at) for each in matches]
        self._drop(row[0] for row in rows)
        bulk_insert(self._connection, file_matches, _COLUMNS, rows)

    def forget(self, numbers: Iterable[int]) -> None:
        """Forget the answers for files, and that all were found: the files are matched again."""
        self._drop(numbers)
        self._book.forget(MATCHED)

    def _drop(self, numbers: Iterable[int]) -> None:
        bulk_delete(self._connection, file_matches, ("file_id",), ((each,) for each in numbers))

    def decisions(self) -> list[FileDecision]:
        """Return what people decided of files, in order."""
        return file_decisions(self._connection)


def _match(row: Sequence[Any]) -> FileMatch:
    file, tier, track, by, score, reason, twins, basis, name = row
    others = tuple(map(TrackKey, _TWINS.decode(twins))) if twins else ()
    found = None if track is None else TrackKey(track)
    return FileMatch(file, tier, found, by, score, reason, others, basis, name)


def _row(match: FileMatch, at: Instant) -> tuple[Any, ...]:
    twins = msgspec.json.encode(match.twins).decode() if match.twins else None
    return (
        match.file, match.tier, match.track, match.by, match.score, match.reason, twins, match.basis,
        match.name, at,
    )  # fmt: skip
