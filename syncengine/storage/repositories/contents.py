"""Contents of observations: read back exactly, kept once, each against the one before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, select

from syncengine.core.playlist import Line
from syncengine.storage import content_codec
from syncengine.storage.bulk import Lookup, Numbers, bulk_insert
from syncengine.storage.models import timeline
from syncengine.storage.repositories.aliases import AliasBook

CONTENTS = timeline.contents
DEEPEST = 16
"""Changes upon changes before a content is kept whole again: bounds what one read costs."""
_MOST_LINES_REMEMBERED = 120_000
_READ = Lookup(
    select(CONTENTS.c.id, CONTENTS.c.base_id, CONTENTS.c.depth, CONTENTS.c.packed), CONTENTS.c.id
)
_KNOWN = Lookup(select(CONTENTS.c.digest, CONTENTS.c.id), CONTENTS.c.digest)


class ContentBook:
    """Contents by number within one transaction; those read last are remembered.

    They are stored as they were told, and read with each track that is known by another name under its
    real one.
    """

    def __init__(
        self, connection: Connection, numbers: Numbers, aliases: AliasBook | None = None
    ) -> None:
        self._connection = connection
        self._numbers = numbers
        self._aliases = aliases or AliasBook(connection)
        self._lines: OrderedDict[int, list[Line]] = OrderedDict()
        self._resolved: dict[int, list[Line]] = {}
        self._held = 0
        self._depths: dict[int, int] = {}
        self._numbers_of: dict[bytes, int] = {}
        self._digests: dict[int, bytes] = {}
        self._unsent: list[tuple[int, bytes, int | None, int, int, bytes]] | None = None

    def lines(self, content: int) -> list[Line]:
        """Return a content's lines in order; the list is shared, so leave it as it is."""
        real = self._aliases.real
        if not real:
            return self.told(content)
        if content not in self._resolved:
            told = self.told(content)
            named = [
                line._replace(track=real[line.track]) if line.track in real else line
                for line in told
            ]
            self._resolved[content] = told if named == told else named
        return self._resolved[content]

    def told(self, content: int) -> list[Line]:
        """Return a content's lines exactly as they are stored."""
        if content not in self._lines:
            self.load([content])
        self._lines.move_to_end(content)
        return self._lines[content]

    def forget_names(self) -> None:
        """Note that the aliases are others now."""
        self._resolved.clear()

    def load(self, numbers: Iterable[int]) -> None:
        """Read many contents at once, with what they build upon."""
        if self._unsent:
            self._send(self._unsent)
            self._unsent.clear()
        packed: dict[int, tuple[int | None, bytes]] = {}
        asked = [number for number in dict.fromkeys(numbers) if number not in self._lines]
        missing = set(asked)
        while missing:
            found = {}
            for number, base, depth, body in _READ.rows(self._connection, missing):
                found[number] = (base, body)
                self._depths[number] = depth
            packed.update(found)
            bases = {base for base, _ in found.values() if base is not None}
            missing = {base for base in bases if base not in packed and base not in self._lines}
        # All are read before any is remembered: remembering may forget what another builds upon.
        unpacked: dict[int, list[Line]] = {}
        for number, lines in [(n, self._unpack(n, packed, unpacked)) for n in asked]:
            self._remember(number, lines)

    def _unpack(
        self,
        number: int,
        packed: dict[int, tuple[int | None, bytes]],
        unpacked: dict[int, list[Line]],
    ) -> list[Line]:
        chain = []
        at: int | None = number
        lines: list[Line] | None = None
        while at is not None and lines is None:
            lines = unpacked[at] if at in unpacked else self._lines.get(at)
            if lines is None:
                chain.append(at)
                at = packed[at][0]
        for each in reversed(chain):
            base, body = packed[each]
            if base is None:
                lines = content_codec.unpack(body)
            else:
                lines = content_codec.unpack_change(lines or [], body)
            unpacked[each] = lines
        return lines or []

    def _remember(self, number: int, lines: list[Line]) -> None:
        if number not in self._lines:
            self._held += len(lines)
        self._lines[number] = lines
        while self._held > _MOST_LINES_REMEMBERED and len(self._lines) > 1:
            number, oldest = self._lines.popitem(last=False)
            self._resolved.pop(number, None)
            self._held -= len(oldest)

    @contextmanager
    def together(self, contents: Iterable[Sequence[Line]]) -> Iterator[None]:
        """Ask for all of these at once, and write those that are kept meanwhile at the end."""
        digests = {id(lines): content_codec.digest(lines) for lines in contents}
        self._numbers_of |= dict(iter(_KNOWN.rows(self._connection, set(digests.values()))))
        self._digests, self._unsent = digests, []
        yield
        self._send(self._unsent)
        self._digests, self._unsent = {}, None

    def keep(self, lines: Sequence[Line], base: int | None = None) -> int:
        """Store a content and return its number; ``base`` is one it may be much like."""
        digest = self._digests.get(id(lines))
        if digest is None:
            digest = content_codec.digest(lines)
            if digest not in self._numbers_of:
                self._numbers_of |= dict(iter(_KNOWN.rows(self._connection, [digest])))
        if digest in self._numbers_of:
            return self._numbers_of[digest]
        packed, base, depth = self._pack(lines, base)
        number = self._numbers.next(CONTENTS)
        self._numbers_of[digest], self._depths[number] = number, depth
        row = (number, digest, base, depth, len(lines), packed)
        self._remember(number, list(lines))
        if self._unsent is None:
            self._send([row])
        else:
            self._unsent.append(row)
        return number

    def _send(self, rows: Sequence[tuple[int, bytes, int | None, int, int, bytes]]) -> None:
        columns = ("id", "digest", "base_id", "depth", "lines", "packed")
        bulk_insert(self._connection, CONTENTS, columns, rows)

    def _pack(self, lines: Sequence[Line], base: int | None) -> tuple[bytes, int | None, int]:
        if base is not None:
            before = self.told(base)
            depth = self._depths[base] + 1
            if depth < DEEPEST:
                change = content_codec.pack_change(before, lines)
                # A list that was rearranged from end to end is smaller on its own.
                if len(change) < 8 * len(lines):
                    return change, base, depth
        return content_codec.pack(lines), None, 0
