"""What a service answered about single tracks: facts for lookups, and no part of the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.track import Attestation, Claim, Dialect, carry
from syncengine.storage.bulk import Lookup, bulk_delete, bulk_insert
from syncengine.storage.models import remote

ANSWERS = remote.answers
_COLUMNS = ("track", "claim", "popularity", "answered_at")
_BY_TRACK = Lookup(select(*(ANSWERS.c[name] for name in _COLUMNS)), ANSWERS.c.track)


class KeptAnswer(NamedTuple):
    """What a service said of a track, and its popularity (0–100) where it told."""

    said: Attestation
    popularity: int | None


class _Written(NamedTuple):
    """An answer as the column has it."""

    dialect: Dialect
    claim: Claim


def read_answers(
    connection: Connection, tracks: Iterable[TrackKey] | None = None
) -> dict[TrackKey, KeptAnswer]:
    """Return what was answered about tracks (none: about all); what another version wrote is passed over."""
    if tracks is None:
        rows: Iterable[tuple[str, str, int | None, int]] = map(
            tuple, connection.execute(select(*(ANSWERS.c[name] for name in _COLUMNS)))
        )
    else:
        rows = _BY_TRACK.quick_rows(connection, dict.fromkeys(tracks))
    found = {}
    for track, text, popularity, at in rows:
        try:
            dialect, claim = msgspec.json.decode(text, type=_Written)
        except msgspec.DecodeError:  # a claim of other fields: the service will be asked again
            continue
        found[TrackKey(track)] = KeptAnswer(Attestation(Instant(at), dialect, claim), popularity)
    return found


def keep_answers(connection: Connection, answers: Mapping[TrackKey, KeptAnswer]) -> None:
    """Keep answers in the place of older ones; what a new one does not speak of stays."""
    before = read_answers(connection, answers)
    merged = {
        track: one if track not in before else merge_answers(before[track], one)
        for track, one in answers.items()
    }
    bulk_delete(connection, ANSWERS, ("track",), [(track,) for track in merged])
    bulk_insert(connection, ANSWERS, _COLUMNS, _rows(merged))


def merge_answers(old: KeptAnswer, new: KeptAnswer) -> KeptAnswer:
    """Return two answers of one service as one; what the new one does not speak of stays."""
    if old.said.at > new.said.at:
        old, new = new, old
    claim = carry(new.said.claim, old.said.claim)
    popularity = old.popularity if new.popularity is None else new.popularity
    return KeptAnswer(Attestation(new.said.at, new.said.dialect, claim), popularity)


def _rows(
    answers: Mapping[TrackKey, KeptAnswer],
) -> Collection[tuple[TrackKey, str, int | None, Instant]]:
    return [
        (
            track,
            msgspec.json.encode(_Written(one.said.dialect, one.said.claim)).decode(),
            one.popularity,
            one.said.at,
        )
        for track, one in answers.items()
    ]
