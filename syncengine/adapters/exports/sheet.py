"""The lines of a file and how they are cut into cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a file by line; ``body`` is the index of the first line below the header.

    ``is_cut`` says that the file ends inside a character.
    """

    lines: Sequence[str]
    body: int
    delimiter: str
    is_cut: bool = False

    def records(self) -> Iterator[list[str]]:
        """Yield rows that are not empty, up to the first that breaks the rules of CSV: evidence only."""
        with suppress(csv.Error):
            body = islice(self.lines, self.body, None)
            yield from filter(None, csv.reader(body, delimiter=self.delimiter))
