"""What people decided: rows that machines never change, and that can be taken back."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.rename import Verdicts
from syncengine.storage.bulk import Numbers, bulk_insert
from syncengine.storage.models import ledger

JUDGEMENTS = ledger.judgements
PLAYLIST = "playlist"
SAME = "same"
DIFFERENT = "different"


def playlist_verdicts(connection: Connection) -> Verdicts:
    """Return which pairs of playlist keys people called one playlist, and which they called two."""
    j = JUDGEMENTS.c
    rows = connection.execute(
        select(j.verdict, j.left, j.right).where(j.subject == PLAYLIST, j.taken_back_at.is_(None))
    )
    pairs: dict[str, set[frozenset[PlaylistKey]]] = {SAME: set(), DIFFERENT: set()}
    for verdict, left, right in rows:
        pairs[verdict].add(frozenset((PlaylistKey(left), PlaylistKey(right))))
    return Verdicts(frozenset(pairs[SAME]), frozenset(pairs[DIFFERENT]))


def judge_playlists(
    connection: Connection, verdict: str, left: PlaylistKey, right: PlaylistKey, at: Instant
) -> None:
    """Record a decision on a pair of keys; an earlier one on the same pair is taken back."""
    first, second = sorted((left, right))
    j = JUDGEMENTS.c
    connection.execute(
        update(JUDGEMENTS)
        .where(j.subject == PLAYLIST, j.left == first, j.right == second, j.taken_back_at.is_(None))
        .values(taken_back_at=at)
    )
    number = Numbers(connection).next(JUDGEMENTS)
    columns = ("id", "subject", "verdict", "left", "right", "made_at")
    row = (number, PLAYLIST, verdict, first, second, at)
    bulk_insert(connection, JUDGEMENTS, columns, [row])
