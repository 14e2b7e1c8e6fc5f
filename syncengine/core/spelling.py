"""Names stripped to what tells them apart: marks, gaps and ways of writing taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from syncengine.core.identity import fold

# Letters that no decomposition takes apart, though file names are often written without their strokes.
_LETTERS = {
    "&": "and", "+": "and", "$": "s", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe",
    "\u0131": "i", "þ": "th", "ħ": "h", "ŧ": "t", "ـ": None,
}  # fmt: skip
_DROPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "So", "Sk"})
_ARTICLE = re.compile(r"^the (?=\S)|, the$")
_SPLIT = re.compile(
    r"\s*[,;/|、・×]\s*|\s(?:&|\+|and|feat\.?|ft\.?|featuring|with|vs\.?|x|y|e|et|und|con|и|\u0456)\s"
)
# What platforms put behind the name of a channel.
_CHANNEL = re.compile(r"vevo$| - topic$| official(?: artist)?(?: channel)?$")


class _Kept(dict[int, str | None]):
    """What each character is squeezed to; marks, gaps, pictures and controls to nothing."""

    def __missing__(self, code: int) -> str | None:
        mark = chr(code)
        kind = unicodedata.category(mark)
        gone = kind[0] == "P" or kind in _DROPPED or 0xFE00 <= code <= 0xFE0F
        kept = _LETTERS.get(mark, None if gone else mark)
        self[code] = kept
        return kept


_KEPT = _Kept()


def squeeze(folded: str) -> str:
    """Return a folded text without marks and gaps; a text of nothing else keeps its marks."""
    return folded.translate(_KEPT) or folded.replace(" ", "")


def artist_name(folded: str) -> str:
    """Return an artist's folded name for comparing: ``The X`` is ``X``, ``&`` is ``and``."""
    return squeeze(_ARTICLE.sub("", _CHANNEL.sub("", folded).strip()))


class Names(NamedTuple):
    """The artists that a file or a track names, in order.

    ``pieces`` has for each name what it may be made of, ``all`` holds every name and piece, and ``words``
    are the folded names as they stand.
    """

    names: tuple[str, ...]
    pieces: tuple[frozenset[str], ...]
    all: frozenset[str]
    words: str

    def has(self, name: str, pieces: frozenset[str]) -> bool:
        """Tell whether a name, or everything it is made of, is among these."""
        return name in self.all or pieces <= self.all


class _Name(NamedTuple):
    """One text that names artists: folded, for comparing, and in pieces."""

    folded: str
    name: str
    pieces: frozenset[str]


@lru_cache(maxsize=16_384)
def _read_name(text: str) -> _Name:
    folded = fold(text)
    name = artist_name(folded)
    parts = _SPLIT.split(folded)
    pieces = frozenset(filter(None, map(artist_name, parts))) if len(parts) > 1 else None
    return _Name(folded, name, pieces or frozenset((name,)))


def read_names(artists: Iterable[str]) -> Names:
    """Take the names of artists apart, each once."""
    found = {each.name: each for each in map(_read_name, artists) if each.name}
    pieces = tuple(each.pieces for each in found.values())
    words = " ".join(each.folded for each in found.values())
    return Names(tuple(found), pieces, frozenset(found).union(*pieces), words)
