"""What Notion cannot hold, and the rules by which values are made to fit (Notion's request limits)."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_UNITS = 2000
LIST_LENGTH = 100
COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"
"""Written for a comma in the name of an option, which Notion refuses."""

_UNIT_BYTES = 2
_ELLIPSIS = "…"


def fitting_text(name: str, text: str | None, notes: list[str]) -> str | None:
    """Return a text cut to what Notion takes; None for none. What was cut is added to ``notes``.

    Notion's limit is taken in UTF-16 units, which is the narrower of the possible readings.
    """
    if not text or len(text) * _UNIT_BYTES <= TEXT_UNITS:
        return text or None
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= TEXT_UNITS * _UNIT_BYTES:
        return text
    notes.append(f"{name}: cut to {TEXT_UNITS:,} characters of {len(text):,}")
    kept = units[: (TEXT_UNITS - len(_ELLIPSIS)) * _UNIT_BYTES]
    return kept.decode("utf-16-le", "ignore") + _ELLIPSIS


def fitting_options(name: str, options: Iterable[str], notes: list[str]) -> tuple[str, ...] | None:
    """Return the options of a multi-select, sorted, each once; None for none.

    Sorted, because a multi-select is a set and sources do not keep an order from one day to the next.
    """
    given = set(options) - {""}
    commas = sum("," in option for option in given) if "," in "".join(given) else 0
    if commas:
        notes.append(f"{name}: commas written as {COMMA} in {commas:,} of {len(given):,}")
        given = {option.replace(",", COMMA) for option in given}
    return fitting_list(name, sorted(given), notes)


def fitting_list(name: str, keys: Iterable[str], notes: list[str]) -> tuple[str, ...] | None:
    """Return keys in their order, each once, as many as Notion takes; None for none."""
    given = tuple(dict.fromkeys(keys))
    left_out = len(given) - LIST_LENGTH
    if left_out > 0:
        notes.append(f"{name}: {left_out:,} of {len(given):,} left out, Notion takes {LIST_LENGTH}")
    return given[:LIST_LENGTH] or None
