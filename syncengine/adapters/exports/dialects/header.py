"""Recognising a header: which form writes it, and why a header is not known.

A header is looked up by its cells, stripped and without case: first in the order written, then in any
order. Two forms with one header are told apart by their contents (``Form.refuted``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache

from syncengine.adapters.exports.cells import lasting_likely
from syncengine.adapters.exports.dialects.exportify_app import APP, APP_FORMS
from syncengine.adapters.exports.dialects.exportify_net import NET, NET_FORMS
from syncengine.adapters.exports.dialects.form import (
    NO_FACTS,
    Form,
    Header,
    Layout,
    placed,
)
from syncengine.adapters.exports.dialects.others import (
    CLI,
    CLI_FORM,
    ID_FORM,
    SOUNDIIZ,
    SOUNDIIZ_FORMS,
    UNKNOWN_FORM,
)

FORMS: tuple[Form, ...] = (*NET_FORMS, *APP_FORMS, *SOUNDIIZ_FORMS)
"""Every form whose header has an order of its own; a new generation is a new line in its exporter's."""
_LOOSE: tuple[Form, ...] = (CLI_FORM,)
_ENGLISH = "English"
_MORE_WORDS: Mapping[str, str] = {
    "track": "title",
    "song": "title",
    "artists": "artists",
    "artist(s)": "artists",
    "uri": "uri",
    "spotify url": "uri",
    "track url": "uri",
    "spotify - id": "uri",
    "duration": "duration_ms",
    "date added": "added_at",
}
"""Titles of lists that people make themselves."""
_NO_UNIT = "duration"
"""The title of durations that may be in seconds or in milliseconds; all others say ``ms``."""
_NEEDED = (
    "it needs a column of ids, such as Track URI, or columns of titles and artists, such as Track Name"
    " and Artist Name(s)"
)
_MOST_SHOWN = 200
_ALIKE = 0.8
# Comparing takes time that a table of thousands of columns is not worth.
_MOST_COMPARED = 60
_LONGEST_TITLE = 60

_Known = tuple[Header, tuple[Form, ...]]


def folded(title: str) -> str:
    """Return a header cell for comparing: stripped, without case, composed.

    Turkish has two letters i, and upper case made by other languages' rules mixes them up.
    """
    text = title.strip().casefold()
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.replace("i\u0307", "i").replace("\u0131", "i"))


def _index(language: str) -> dict[tuple[str, ...], _Known]:
    index: dict[tuple[str, ...], _Known] = {}
    for form in FORMS:
        for header in form.headers(language) if language in form.titles else ():
            key = tuple(folded(title) for _, title in header)
            earlier = index[key][1] if key in index else ()
            index[key] = (header, (*earlier, form))
    return index


_AS_WRITTEN = _index(_ENGLISH)
# In any other order: the newest form with these titles. Reversed, so that it is the one that stays.
_REORDERED = {frozenset(key): known for key, known in reversed(_AS_WRITTEN.items())}


@cache
def _translated() -> dict[frozenset[str], tuple[str, _Known]]:
    """Return the headers in languages other than English; most imports never need them."""
    languages = {each: None for form in FORMS for each in form.titles if each != _ENGLISH}
    return {
        frozenset(key): (language, known)
        for language in languages
        for key, known in reversed(_index(language).items())
    }


def recognise(header: Sequence[str]) -> Layout | None:
    """Return the layout that a header row stands for, or None for a header nobody writes.

    Empty cells at the end, which spreadsheets leave, do not count; nor does a column that stands
    there twice, which is read from the first that says something.
    """
    cells = [folded(cell) for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    exact = _AS_WRITTEN.get(tuple(cells))
    if exact:
        return placed(exact[1], exact[0], len(cells))
    titles = frozenset(cells)
    if titles in _REORDERED:
        return _in_order(cells, _REORDERED[titles])
    loose = next((form for form in _LOOSE if _fits(form, titles)), None)
    if loose:
        pairs = {folded(title): (name, title) for name, title in loose.titles[_ENGLISH].items()}
        return placed((loose,), tuple(pairs[cell] for cell in cells), len(cells))
    if titles in _translated():
        language, found = _translated()[titles]
        return _in_order(cells, found, f"its titles are in {language}")
    return None


def _in_order(cells: Sequence[str], known: _Known, *warnings: str) -> Layout:
    header, forms = known
    by_title = {folded(title): (name, title) for name, title in header}
    return placed(forms, tuple(by_title[cell] for cell in cells), len(cells), warnings)


def _fits(form: Form, titles: Iterable[str]) -> bool:
    known = {folded(title): name for name, title in form.titles[_ENGLISH].items()}
    fields = {known.get(title, "") for title in titles}
    names = "uri" in fields or {"title", "artists"} <= fields
    return "" not in fields and names and bool(fields & form.marks)


@cache
def _words() -> Mapping[str, str]:
    """Return the field of every title of every form and language that means one field only."""
    meanings: dict[str, set[str]] = {word: {name} for word, name in _MORE_WORDS.items()}
    for form in (*FORMS, *_LOOSE):
        for titles in form.titles.values():
            for name, title in titles.items():
                meanings.setdefault(folded(title), set()).add(name)
    return {word: fields.pop() for word, fields in meanings.items() if len(fields) == 1}


def known_words(header: Sequence[str]) -> tuple[str, ...]:
    """Return the field that each header cell means in any form and language, or an empty text."""
    return tuple(_words().get(folded(cell), "") for cell in header)


def by_words(header: Sequence[str]) -> Layout | None:
    """Return a layout of the titles that are known one by one, where they name tracks.

    That is a column of ids, or one of titles and one of artists. None for any other header.
    """
    cells = list(header)
    while cells and not cells[-1].strip():
        cells.pop()
    fields = known_words(cells)
    named = {"title", "artists"} <= set(fields)
    if not named and not {"uri", "track_id"} & set(fields):
        return None
    ignored = [
        cell.strip() or "(no title)"
        for cell, name in zip(cells, fields, strict=True)
        if not name or name in NO_FACTS
    ]
    warning = "its header is of no known exporter; it is read by the titles that are known"
    if ignored:
        meant = _meant(ignored, set(fields))
        told = [f"{each} ({meant[each]}?)" if each in meant else each for each in ignored]
        warning += f", without: {_listed(told)}"
    form = UNKNOWN_FORM if named else ID_FORM
    if _NO_UNIT in map(folded, cells):
        form = replace(form, rewrites={**form.rewrites, "duration_ms": lasting_likely})
    return placed(
        (form,),
        tuple(zip(fields, map(str.strip, cells), strict=True)),
        len(cells),
        (warning,),
    )


def explain(header: Sequence[str]) -> str:
    """Return why a header is not known, measured against the form it resembles most."""
    cells = {folded(cell) for cell in header} - {""}
    meant = _meant([cell.strip() for cell in header], set(known_words(header)))
    read = cells | {folded(title) for title in meant.values()}
    nearest, form = max(
        ((known, form) for form in FORMS for known in form.headers(_ENGLISH)),
        key=lambda pair: 2 * len(read & _titles(pair[0])) - len(pair[0]),
    )
    shared = read & _titles(nearest)
    readable = f"Readable are CSV files from {NET}, {APP}, {CLI}, {SOUNDIIZ} and TuneMyMusic."
    spelt = [f"{cell} should be {title}" for cell, title in meant.items()]
    if 2 * len(shared) < len(nearest):
        if not meant and not any(known_words(header)):
            return f"the first line is no header of an export. {readable}"
        return f"the header names no tracks; {'; '.join([_NEEDED, *spelt])}. {readable}"
    missing = [title for _, title in nearest if folded(title) not in shared]
    strange = [
        cell.strip() for cell in header if folded(cell) not in shared and cell.strip() not in meant
    ]
    findings = spelt
    findings += [f"missing: {_listed(missing)}"] if missing else []
    findings += [f"unknown: {_listed(strange)}"] if any(strange) else []
    name = f"{form.dialect.name} of {form.dialect.generation}"
    return f"unknown header, nearest to {name}; {'; '.join(findings)}. {readable}"


def _meant(cells: Sequence[str], known: Container[str]) -> Mapping[str, str]:
    """Return, by misspelt title, the title that was meant, of fields that are not known yet."""
    titles = {
        folded(title): title
        for form in (*FORMS, *_LOOSE)
        for name, title in form.titles[_ENGLISH].items()
        if name not in known and name not in NO_FACTS
    }
    words = _words()
    meant: dict[str, str] = {}
    for cell in cells[:_MOST_COMPARED]:
        text = folded(cell)
        if text and text not in words and len(text) <= _LONGEST_TITLE:
            for near in get_close_matches(text, titles, 1, _ALIKE):
                meant[cell] = titles[near]
    return meant


def _listed(titles: Sequence[str]) -> str:
    """Return titles for a message, which a table of hundreds of columns must not flood."""
    shown: list[str] = []
    room = _MOST_SHOWN
    for title in titles:
        short = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
        room -= len(short)
        if room < 0:
            return f"{', '.join(shown)} and {len(titles) - len(shown):,} more"
        shown.append(short)
    return ", ".join(shown)


def _titles(header: Header) -> set[str]:
    return {folded(title) for _, title in header}
