"""What Notion cannot hold, and the rules by which values are made to fit (Notion's request limits)."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_UNITS = 2000
OPTION_UNITS = 100
LIST_LENGTH = 100
COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"
"""Written for a comma in the name of an option, which Notion refuses."""

_UNIT_BYTES = 2
_ELLIPSIS = "…"


def fitting_text(name: str, text: str | None, notes: list[str]) -> str | None:
    """Return a text cut to what Notion takes; None for none. What was cut is added to ``notes``."""
    if not text:
        return None
    fitted = _cut(text, TEXT_UNITS)
    if fitted is not text:
        notes.append(f"{name}: cut to {TEXT_UNITS:,} characters of {len(text):,}")
    return fitted


def fitting_url(name: str, url: str | None, notes: list[str]) -> str | None:
    """Return an address, None for none or for one that is too long: cut, it would lead elsewhere."""
    if not url or _cut(url, TEXT_UNITS) is url:
        return url or None
    notes.append(
        f"{name}: left out, Notion takes {TEXT_UNITS:,} characters and it has {len(url):,}"
    )
    return None


def fitting_options(name: str, options: Iterable[str], notes: list[str]) -> tuple[str, ...] | None:
    """Return the options of a multi-select, sorted, each once; None for none.

    Sorted, because a multi-select is a set and sources do not keep an order from one day to the next.
    """
    given = {option for option in options if option and not option.isspace()}
    commas = sum("," in option for option in given) if "," in "".join(given) else 0
    if commas:
        notes.append(f"{name}: commas written as {COMMA} in {commas:,} of {len(given):,}")
        given = {option.replace(",", COMMA) for option in given}
    long = [option for option in given if _cut(option, OPTION_UNITS) is not option]
    if long:
        notes.append(f"{name}: {len(long):,} of {len(given):,} cut to {OPTION_UNITS} characters")
        given = {_cut(option, OPTION_UNITS) for option in given}
    return fitting_list(name, sorted(given), notes)


def fitting_list(name: str, keys: Iterable[str], notes: list[str]) -> tuple[str, ...] | None:
    """Return keys in their order, each once, as many as Notion takes; None for none."""
    given = tuple(dict.fromkeys(keys))
    left_out = len(given) - LIST_LENGTH
    if left_out > 0:
        notes.append(f"{name}: {left_out:,} of {len(given):,} left out, Notion takes {LIST_LENGTH}")
    return given[:LIST_LENGTH] or None


def _cut(text: str, most: int) -> str:
    """Return a text itself, or its beginning where it is longer than ``most``.

    Notion's limits are taken in UTF-16 units, which is the narrower of the possible readings.
    """
    if len(text) * _UNIT_BYTES <= most:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= most * _UNIT_BYTES:
        return text
    kept = units[: (most - len(_ELLIPSIS)) * _UNIT_BYTES]
    return kept.decode("utf-16-le", "ignore") + _ELLIPSIS
