"""Every playlist with its names and keys; what people say of which are one."""

from __future__ import annotations

from collections.abc import Sequence

from syncengine.core.identity import PlaylistKey, parse_playlist, playlist_key
from syncengine.core.ports import Clock
from syncengine.core.rename import Join
from syncengine.errors import NotFound, UsageError
from syncengine.jobs.runs import OpenUnit, recorded_run
from syncengine.storage.repositories.judgements import DIFFERENT, SAME, judge_playlists
from syncengine.storage.repositories.library import PlaylistRecord


def find_playlist(records: Sequence[PlaylistRecord], text: str) -> PlaylistRecord:
    """Return the playlist that a person means by a key, URI, URL, name or file stem, now or ever.

    Raises NotFound for none, UsageError when several go by that name.
    """
    wanted = {parse_playlist(text), playlist_key(text)}
    by_key = [r for r in records if r.key in wanted] or [
        r for r in records if any(key in wanted for key, _ in r.keys)
    ]
    folded = text.casefold()
    found = by_key or [r for r in records if r.name.casefold() == folded]
    found = found or [r for r in records if any(n.casefold() == folded for n, _ in r.names)]
    if not found:
        raise NotFound(f"there is no playlist {text!r}; syncengine playlists lists them")
    if len(found) > 1:
        keys = ", ".join(r.key for r in found)
        raise UsageError(f"several playlists are called {text!r}: name one by its key ({keys})")
    return found[0]


def join_playlists(open_unit: OpenUnit, left: str, right: str, *, clock: Clock) -> list[Join]:
    """Say that two playlists are one, from the first day on; returns what was brought together."""
    records = _records(open_unit)
    one, other = find_playlist(records, left), find_playlist(records, right)
    if one.id == other.id:
        raise UsageError(f"{left!r} and {right!r} are one playlist already ({one.key})")
    pair = (one.keys[0][0], other.keys[0][0])
    return _judge(open_unit, SAME, [pair], command="playlists join", clock=clock)


def split_playlist(open_unit: OpenUnit, text: str, *, clock: Clock) -> list[PlaylistKey]:
    """Say that a playlist's key does not belong to its others; returns the keys it is parted from."""
    record = find_playlist(_records(open_unit), text)
    wanted = {parse_playlist(text), playlist_key(text)}
    named = [key for key, _ in record.keys if key in wanted] or [record.key]
    others = [key for key, _ in record.keys if key not in named]
    if not others:
        raise UsageError(f"{record.name!r} was never joined: it has the one key {record.key}")
    pairs = [(key, other) for key in named for other in others]
    _judge(open_unit, DIFFERENT, pairs, command="playlists split", clock=clock)
    return others


def _records(open_unit: OpenUnit) -> Sequence[PlaylistRecord]:
    with open_unit() as unit:
        return unit.library.playlist_records()


def _judge(
    open_unit: OpenUnit,
    verdict: str,
    pairs: Sequence[tuple[PlaylistKey, PlaylistKey]],
    *,
    command: str,
    clock: Clock,
) -> list[Join]:
    with recorded_run(open_unit, command, clock) as run, open_unit() as unit:
        for left, right in pairs:
            judge_playlists(unit.connection, verdict, left, right, clock())
        joins = unit.memory.reconsider()
        unit.commit()
        run.summary = {"joins": len(joins)}
    return joins
