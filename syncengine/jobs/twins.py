"""Two files of one import that claim one key and one moment, and differ: both are kept, told apart.

The first goes on under the key; the others get the key with ``~2``, ``~3`` and so on. Later each, also one
that comes alone, goes to the one whose contents it shares most with, of equals to the first; and one
that was seen before stays what it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Protocol

from syncengine.core.identity import LIKED, PlaylistKey, playlist_key
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.timeline import KeyRow

_LIKED_STEM = "Liked_Songs"


class Twin(Protocol):
    """A file on its way into the memory; ``number`` is None until it is told apart from others."""

    base: PlaylistKey
    stem: str
    at: Instant
    digest: bytes
    content: int | None
    number: int | None

    def mark(self, number: int, stem: str, *, among: int) -> None:
        """Make it the twin of a number, under a stem of its own; ``among`` so many of one moment."""


def places(
    base: PlaylistKey, stem: str, keys: Container[PlaylistKey]
) -> Iterator[tuple[int, str, PlaylistKey]]:
    """Yield number, stem and key of every place that twins of a key can take, as far as known."""
    yield 1, stem, base
    for number in count(2):
        marked = _marked(base, stem, number)
        key = playlist_key(marked)
        if key not in keys:
            return
        yield number, marked, key


def tell_apart(files: Sequence[Twin], keys: Mapping[PlaylistKey, KeyRow], memory: Memory) -> None:
    """Give every new file of a key that several playlists go by a number, and a key of its own.

    That is where files of one moment differ, and where a lone file has a key that was shared out before.
    """
    groups: dict[tuple[PlaylistKey, Instant], dict[bytes, list[Twin]]] = defaultdict(dict)
    for file in files:
        if file.content is None and file.number is None:
            continue  # our own export, which tells nothing
        groups[file.base, file.at].setdefault(file.digest, []).append(file)
    told: dict[PlaylistKey, dict[int, int]] = {}
    for (base, _), by_digest in sorted(groups.items(), key=lambda group: group[0]):
        twins = list(by_digest.values())
        stem = min(file.stem for each in twins for file in each)
        if len(twins) > 1 or base in told or len(list(islice(places(base, stem, keys), 2))) > 1:
            if base not in told:
                told[base] = _last_told(base, stem, keys, memory)
            _share_out(base, stem, twins, told[base], memory)


def _last_told(
    base: PlaylistKey, stem: str, keys: Mapping[PlaylistKey, KeyRow], memory: Memory
) -> dict[int, int]:
    """Return the content that each of the playlists that share a key had last, by their numbers."""
    rows = {keys[key].id: number for number, _, key in places(base, stem, keys) if key in keys}
    latest = memory.timeline.latest_contents(list(rows), heard=True)
    return {rows[row]: content for row, content in latest.items()}


def _share_out(
    base: PlaylistKey,
    stem: str,
    twins: Sequence[Sequence[Twin]],
    told: dict[int, int],
    memory: Memory,
) -> None:
    """Number the files of one moment; ``told`` is what the numbers had last, and is brought up to date."""
    taken = {
        index: file.number
        for index, each in enumerate(twins)
        for file in each
        if file.number is not None
    }
    shares = sorted(
        (-_share(memory, content, twin[0].content), number, index)
        for number, content in told.items()
        for index, twin in enumerate(twins)
    )
    for share, number, index in shares:
        if share < 0 and number not in taken.values() and index not in taken:
            taken[index] = number
    free = (number for number in count(1) if number not in taken.values())
    for index, twin in enumerate(twins):
        if index not in taken:
            taken[index] = next(free)
        for file in twin:
            if file.number is None:
                file.mark(taken[index], _marked(base, stem, taken[index]), among=len(twins))
            if file.content is not None:
                told[taken[index]] = file.content


def _marked(base: PlaylistKey, stem: str, number: int) -> str:
    if number == 1:
        return stem
    return f"{_LIKED_STEM if base == LIKED else stem}~{number}"


def _share(memory: Memory, left: int, right: int | None) -> int:
    if right is None:
        return 0
    ours, theirs = memory.contents.lines(left), memory.contents.lines(right)
    # Two copies of one playlist differ by their stamps, if both exporters tell them.
    stamped = all(line.added_at is not None for line in (*ours, *theirs))
    return (_occurrences(ours, stamped=stamped) & _occurrences(theirs, stamped=stamped)).total()


def _occurrences(lines: Sequence[Line], *, stamped: bool) -> Counter[tuple[int, Instant | None]]:
    return Counter((line.track, line.added_at if stamped else None) for line in lines)
