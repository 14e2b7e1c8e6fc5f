"""Two files of one import that claim one key and one moment, and differ: both are kept, told apart.

The first goes on under the key; the others get the key with ``~2``, ``~3`` and so on. On later imports
each goes to the one whose contents it shares most with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from syncengine.core.identity import PlaylistKey, playlist_key
from syncengine.core.moment import Instant
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.timeline import KeyRow


class Twin(Protocol):
    """A file on its way into the memory."""

    key: PlaylistKey
    name: str
    stem: str
    at: Instant
    digest: bytes
    content: int | None


def tell_apart(
    files: Sequence[Twin], keys: Mapping[PlaylistKey, KeyRow], memory: Memory
) -> None:
    """Give every file of one key and moment, but one, a key, name and stem of its own."""
    groups: dict[tuple[PlaylistKey, Instant], dict[bytes, list[Twin]]] = defaultdict(dict)
    for file in files:
        groups[file.key, file.at].setdefault(file.digest, []).append(file)
    for (key, _), by_digest in groups.items():
        if len(by_digest) > 1:
            _share_out(key, list(by_digest.values()), keys, memory)


def _share_out(
    key: PlaylistKey,
    twins: Sequence[Sequence[Twin]],
    keys: Mapping[PlaylistKey, KeyRow],
    memory: Memory,
) -> None:
    stem = twins[0][0].stem
    places = [(number, _marked(stem, number)) for number in range(1, len(twins) + 1)]
    rows = {keys[_key(key, s, n)].id: n for n, s in places if _key(key, s, n) in keys}
    latest = memory.timeline.latest_contents(list(rows))
    shares = sorted(
        (
            (-_share(memory, content, twin[0].content), rows[row], index)
            for row, content in latest.items()
            for index, twin in enumerate(twins)
        ),
    )
    taken: dict[int, int] = {}
    for share, number, index in shares:
        if share < 0 and number not in taken.values() and index not in taken:
            taken[index] = number
    free = iter(number for number, _ in places if number not in taken.values())
    for index, twin in enumerate(twins):
        number = taken[index] if index in taken else next(free)
        for file in twin:
            if number > 1:
                file.stem = _marked(file.stem, number)
                file.name = f"{file.name} ({number})"
                file.key = playlist_key(file.stem)


def _marked(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}~{number}"


def _key(key: PlaylistKey, stem: str, number: int) -> PlaylistKey:
    return key if number == 1 else playlist_key(stem)


def _share(memory: Memory, left: int, right: int | None) -> int:
    if right is None:
        return 0
    ours = Counter((line.track, line.added_at) for line in memory.contents.lines(left))
    theirs = Counter((line.track, line.added_at) for line in memory.contents.lines(right))
    return (ours & theirs).total()
