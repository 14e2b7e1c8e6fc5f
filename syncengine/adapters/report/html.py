"""HTML that can't be broken by what stands in it: a text is escaped unless it is known to be markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from syncengine.core.page_text import page_text

_VOID = frozenset({"meta", "input", "br", "link"})


class Html(str):
    """Markup that is complete and safe; made by ``element`` and ``trusted`` only."""

    __slots__ = ()


def text(content: str) -> Html:
    """Return a text as markup that shows it, in an element or in a quoted attribute."""
    return Html(escape(page_text(content), quote=True))


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
