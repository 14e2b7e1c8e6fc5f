"""Texts of a library as a page can show them: nothing in them may turn or break what stands beside."""

from __future__ import annotations

import re

_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def page_text(text: str) -> str:
    """Return a text of the library as XML and HTML can hold it; it is not escaped yet.

    Control characters and lone surrogates become U+FFFD, and marks that turn the direction of writing,
    which would spoil what stands beside them, are left out. Line ends become spaces.
    """
    return _TURNS.sub("", _NO_CHARACTER.sub("\ufffd", " ".join(text.splitlines())))
