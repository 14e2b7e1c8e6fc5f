"""What a row says beside the facts of its track: when and by whom it was added, how popular it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter

from syncengine.adapters.exports import cells as form
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.ports import RejectedRow, SeenRow
from syncengine.core.records import records

GAP = "\x1f"
"""What stands between the cells of a row whose digest is taken."""
_POPULARITIES: dict[str, int | None] = {str(number): number for number in range(101)} | {"": None}


_MOST_MOMENTS = 20_000
"""Stamps remembered; most rows have one of their own, and a file can have a million."""


class Sight:
    """Turns rows of one file into what the memory compares; each distinct stamp is read once."""

    def __init__(
        self,
        titles: Mapping[str, str],
        places: tuple[int, int, int],
        facts: Sequence[int],
        origin: str,
        *,
        plain: bool,
    ) -> None:
        """``places`` are those of added-at, added-by and popularity, ``facts`` those that digests are of.

        ``origin`` names dialect and columns. Where a cell holds ``GAP`` itself (not ``plain``), the
        escaped form of a row keeps its cells apart.
        """
        self._titles = titles
        self._places = places
        self._pick = itemgetter(*facts) if len(facts) > 1 else lambda cells: [cells[facts[0]]]
        self._origin = origin
        self._plain = plain
        self._moments: dict[str, Instant | None] = {"": None}
        self._people: dict[str, str | None] = {"": None}
        self._scores = dict(_POPULARITIES)

    def all(
        self, lines: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> Iterator[SeenRow | RejectedRow]:
        """Return what many rows say, each in its line."""
        when, who, score = (list(map(itemgetter(place), rows)) for place in self._places)
        try:
            self._read(when, who, score)
        except ValueError:
            return map(self.one, lines, rows)
        return records(
            SeenRow,
            lines,
            self._fingerprints(rows),
            map(self._moments.__getitem__, when),
            map(self._people.__getitem__, who),
            map(self._scores.__getitem__, score),
            rows,
        )

    def one(self, line: int, cells: Sequence[str]) -> SeenRow | RejectedRow:
        """Return what one row says, or why it cannot be read."""
        when, who, score = (cells[place] for place in self._places)
        try:
            self._read([when], [who], [score])
        except ValueError as error:
            return RejectedRow(line, str(error))
        [fingerprint] = self._fingerprints([cells])
        return SeenRow(
            line,
            fingerprint,
            self._moments[when],
            self._people[who],
            self._scores[score],
            cells,
        )

    def _read(self, when: Iterable[str], who: Iterable[str], score: Iterable[str]) -> None:
        if len(self._moments) > _MOST_MOMENTS:
            self._moments = {"": None}
        for cell in set(when).difference(self._moments):
            self._moments[cell] = _moment(self._titles["added_at"], cell)
        for cell in set(who).difference(self._people):
            self._people[cell] = form.user(cell)
        for cell in set(score).difference(self._scores):
            self._scores[cell] = form.popularity(self._titles["popularity"], cell)

    def _fingerprints(self, rows: Iterable[Sequence[str]]) -> list[bytes]:
        write = GAP.join if self._plain else repr
        # The digest of what all rows share is taken once and copied.
        base = blake2b(self._origin.encode(), digest_size=16)
        marks = []
        for picked in map(self._pick, rows):
            digest = base.copy()
            digest.update(write(picked).encode())
            marks.append(digest.digest())
        return marks


def _moment(title: str, cell: str) -> Instant | None:
    if form.said(cell) is None:
        return None
    try:
        return parse_utc(cell.strip())
    except (ValueError, OverflowError):
        problem = f"{title} is no ISO 8601 date-time: {form.shorten(cell)}"
        raise ValueError(problem) from None
