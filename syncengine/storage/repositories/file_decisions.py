"""What people decided of files: which track each is, and which it is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from syncengine.core.file_decision import FileDecision, Verdict, number_in
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models.music import audio_files
from syncengine.storage.repositories.judgements import FILE, JUDGEMENTS, SAME


def file_decisions(connection: Connection) -> list[FileDecision]:
    """Return what holds, in the order in which it was decided.

    What was decided of a number before a file had it is left out: it is about a file whose row is lost.
    """
    j, a = JUDGEMENTS.c, audio_files.c
    query = select(j.left, j.verdict, j.right, j.made_at)
    query = query.where(j.subject == FILE, j.taken_back_at.is_(None)).order_by(j.id)
    rows = connection.execute(query).fetchall()
    numbers = [number for row in rows if (number := number_in(row.left)) is not None]
    since: dict[int, int] = {}
    for chunk in chunks(dict.fromkeys(numbers)):
        found = connection.execute(select(a.id, a.first_seen_at).where(a.id.in_(chunk)))
        since.update((number, at) for number, at in found)
    return [
        FileDecision(row.left, row.verdict, TrackKey(row.right))
        for row in rows
        if (number := number_in(row.left)) is None or since.get(number, row.made_at + 1) <= row.made_at
    ]  # fmt: skip


def judge_file(
    connection: Connection, marks: Sequence[str], track: TrackKey, verdict: Verdict, at: Instant,
    *, copies: Collection[str] = (),
) -> None:  # fmt: skip
    """Record that a file is a track, or is not.

    ``marks`` are what the decision hangs on, ``copies`` those of identical files. What was decided of any of
    these and contradicts it, or says the same, is taken back; a file is one track at most.
    """
    held = {*marks, *copies}
    take_back_file(connection, held, track, at)
    if verdict == SAME:
        take_back_file(connection, held, None, at, verdict="same")
    numbers = Numbers(connection)
    columns = ("id", "subject", "verdict", "left", "right", "made_at")
    rows = [(numbers.next(JUDGEMENTS), FILE, verdict, mark, track, at) for mark in marks]
    bulk_insert(connection, JUDGEMENTS, columns, rows)


def take_back_file(
    connection: Connection,
    marks: Collection[str],
    track: TrackKey | None,
    at: Instant,
    *,
    verdict: Verdict | None = None,
) -> int:
    """Take back what was decided of a file and a track (None: any); return how many rows that were."""
    j = JUDGEMENTS.c
    held = (j.subject == FILE) & j.taken_back_at.is_(None)
    if track is not None:
        held &= j.right == track
    if verdict is not None:
        held &= j.verdict == verdict
    taken = 0
    for chunk in chunks(sorted(marks)):
        gone = update(JUDGEMENTS).where(held, j.left.in_(chunk))
        taken += connection.execute(gone.values(taken_back_at=at)).rowcount
    return taken
