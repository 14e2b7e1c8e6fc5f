"""HTML that can't be broken by what stands in it: a text is escaped unless it is known to be markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_VOID = frozenset({"meta", "input", "br", "link"})


class Html(str):
    """Markup that is complete and safe; made by ``element`` and ``trusted`` only."""

    __slots__ = ()


def plain(text: str) -> str:
    """Return a text of the library as XML and HTML can hold it.

    Control characters and lone surrogates become U+FFFD, and marks that turn the direction of writing,
    which would spoil what stands beside them, are left out. Line ends become spaces.
    """
    return _TURNS.sub("", _NO_CHARACTER.sub("\ufffd", " ".join(text.splitlines())))


def text(content: str) -> Html:
    """Return a text as markup that shows it, in an element or in a quoted attribute."""
    return Html(escape(plain(content), quote=True))


def trusted(content: str) -> Html:
    """Return what this package wrote itself as markup; never anything that came from elsewhere."""
    return Html(content)


def joined(*children: str | Iterable[str]) -> Html:
    """Return several pieces one after the other: markup as it is, texts escaped."""
    pieces: list[str] = []
    for child in children:
        if isinstance(child, Html):
            pieces.append(child)
        elif isinstance(child, str):
            pieces.append(text(child))
        else:
            pieces.append(joined(*child))
    return Html("".join(pieces))


def element(name: str, /, *children: str | Iterable[str], **attributes: str | bool | None) -> Html:
    """Return an element; texts among children and all attributes are escaped.

    ``class_`` is ``class`` and ``aria_label`` is ``aria-label``. An attribute that is True stands
    without a value; one that is False or None does not stand there.
    """
    said = "".join(
        f" {_attribute(key)}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    head = f"<{name}{said}>"
    return Html(head if name in _VOID else f"{head}{joined(*children)}</{name}>")


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
