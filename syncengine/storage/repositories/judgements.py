"""What people decided: rows that machines never change, and that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote

from sqlalchemy import Connection, select, update

from syncengine.core.edits import Decision, Decisions, decisions_of
from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.rename import Verdicts
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models import ledger
from syncengine.storage.repositories.field_text import fields_of, fields_text

JUDGEMENTS = ledger.judgements
PLAYLIST = "playlist"
EDIT = "edit"
FILE = "file"
TRACK = "track"
_KEEP = "keep-theirs"
"""Subjects; what is decided of edits in a sink, of files and of tracks is no part of the library."""
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


def edit_decisions(connection: Connection, sink: str) -> Decisions:
    """Return what people decided about values that were edited in a sink."""
    return decisions_of(_decided(connection, sink))


def kept_edits(connection: Connection, sink: str) -> list[Decision]:
    """Return the decisions by which a person's values in a sink stay."""
    return [each for each in _decided(connection, sink) if each.choice == _KEEP]


def _decided(connection: Connection, sink: str) -> list[Decision]:
    j = JUDGEMENTS.c
    query = select(j.verdict, j.left, j.right).where(
        j.subject == EDIT, j.taken_back_at.is_(None), j.left.startswith(f"{sink} ", autoescape=True)
    )
    found = []
    for verdict, left, right in connection.execute(query.order_by(j.id)):
        _, address, name = left.split(" ", 2)
        (theirs,) = fields_of(right).values()
        found.append(Decision(unquote(address), name, theirs, verdict))
    return found


def judge_edits(
    connection: Connection, sink: str, decided: Iterable[Decision], at: Instant
) -> None:
    """Record decisions on edited values; an earlier one on the same field is taken back."""
    new = {f"{sink} {_one_word(each.address)} {each.field}": each for each in decided}
    _take_back(connection, new, at)
    numbers = Numbers(connection)
    columns = ("id", "subject", "verdict", "left", "right", "made_at")
    rows = [
        (numbers.next(JUDGEMENTS), EDIT, each.choice, left, fields_text({"": each.theirs}), at)
        for left, each in new.items()
    ]
    bulk_insert(connection, JUDGEMENTS, columns, rows)


def release_edits(connection: Connection, sink: str, address: str, at: Instant) -> int:
    """Take back the decisions to keep edits of the thing at an address; return how many there were."""
    j = JUDGEMENTS.c
    held = (j.subject == EDIT) & (j.verdict == _KEEP) & j.taken_back_at.is_(None)
    mine = j.left.startswith(f"{sink} {_one_word(address)} ", autoescape=True)
    done = connection.execute(update(JUDGEMENTS).where(held, mine).values(taken_back_at=at))
    return done.rowcount


def _one_word(address: str) -> str:
    """Return an address without blanks: folders have them in their names."""
    return quote(address, safe="")


def _take_back(connection: Connection, subjects: Iterable[str], at: Instant) -> None:
    j = JUDGEMENTS.c
    held = (j.subject == EDIT) & j.taken_back_at.is_(None)
    for chunk in chunks(subjects):
        gone = update(JUDGEMENTS).where(held, j.left.in_(chunk))
        connection.execute(gone.values(taken_back_at=at))
