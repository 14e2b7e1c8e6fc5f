"""Contents of observations: read back exactly, kept once, each against the one before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from syncengine.core.playlist import Line
from syncengine.storage import content_codec
from syncengine.storage.bulk import Numbers, bulk_insert, chunks
from syncengine.storage.models import timeline
from syncengine.storage.repositories.claims import table

CONTENTS = table(timeline.Content)
DEEPEST = 16
"""Changes upon changes before a content is kept whole again: bounds what one read costs."""
_MOST_LINES_REMEMBERED = 200_000
_READ = select(CONTENTS.c.id, CONTENTS.c.base_id, CONTENTS.c.depth, CONTENTS.c.packed).where(
    CONTENTS.c.id.in_(bindparam("numbers", expanding=True))
)


class ContentBook:
    """Contents by number within one transaction; those read last are remembered."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._lines: OrderedDict[int, list[Line]] = OrderedDict()
        self._held = 0

    def lines(self, content: int) -> list[Line]:
        """Return a content's lines in order; the list is shared, so leave it as it is."""
        if content not in self._lines:
            self.load([content])
        self._lines.move_to_end(content)
        return self._lines[content]

    def load(self, numbers: Iterable[int]) -> None:
        """Read many contents at once, with what they build upon."""
        packed: dict[int, tuple[int | None, bytes]] = {}
        asked = [number for number in dict.fromkeys(numbers) if number not in self._lines]
        missing = set(asked)
        while missing:
            found = {}
            for chunk in chunks(missing):
                for number, base, _, body in self._connection.execute(_READ, {"numbers": chunk}):
                    found[number] = (base, body)
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
            _, oldest = self._lines.popitem(last=False)
            self._held -= len(oldest)

    def keep(self, lines: Sequence[Line], base: int | None = None) -> int:
        """Store a content and return its number; ``base`` is one it may be much like."""
        digest = content_codec.digest(lines)
        known = self._connection.execute(
            select(CONTENTS.c.id).where(CONTENTS.c.digest == digest)
        ).scalar()
        if known is not None:
            return int(known)
        packed, base, depth = self._pack(lines, base)
        number = self._numbers.next(CONTENTS)
        bulk_insert(
            self._connection,
            CONTENTS,
            ("id", "digest", "base_id", "depth", "lines", "packed"),
            [(number, digest, base, depth, len(lines), packed)],
        )
        self._remember(number, list(lines))
        return number

    def _pack(self, lines: Sequence[Line], base: int | None) -> tuple[bytes, int | None, int]:
        if base is not None:
            depth = self._connection.execute(
                select(CONTENTS.c.depth).where(CONTENTS.c.id == base)
            ).scalar_one()
            if depth + 1 < DEEPEST:
                change = content_codec.pack_change(self.lines(base), lines)
                # A list that was rearranged from end to end is smaller on its own.
                if len(change) < 8 * len(lines):
                    return change, base, depth + 1
        return content_codec.pack(lines), None, 0
