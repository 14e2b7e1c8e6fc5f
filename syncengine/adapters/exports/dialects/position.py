"""Reading columns by their place, where the titles are in no known language or missing.

The order of columns is the same in every language of exportify.app, and of a table that a person
translated. Which of the orders of one width it is, the rows have to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from syncengine.adapters.exports.cells import BLANKS
from syncengine.adapters.exports.dialects.exportify_app import APP_FORMS
from syncengine.adapters.exports.dialects.form import FEATURES, Form, Layout, placed
from syncengine.adapters.exports.dialects.header import FORMS, known_words

# A bare id, as exportify.net wrote it until 2025, has digits; a word of this length has none.
_URI = re.compile(r"spotify:(?:track|local|episode):|(?=[A-Za-z]*[0-9])[0-9A-Za-z]{22}\Z")
_SHAPES: Mapping[str, Callable[[str], object]] = {
    "uri": _URI.match,
    "artist_uris": re.compile(r"spotify:artist:|, |[0-9A-Za-z]{22}(?:,|\Z)").match,
    "album_artist_uris": re.compile(r"spotify:artist:|, ").match,
    "album_uri": re.compile(r"spotify:album:|[0-9A-Za-z]{22}\Z").match,
    "release_date": re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}\Z").match,
    "image_url": re.compile(r"https?://").match,
    "preview_url": re.compile(r"https?://").match,
    "explicit": re.compile(r"(?:true|false)\Z", re.IGNORECASE).match,
    "is_playable": re.compile(r"(?:true|false)\Z", re.IGNORECASE).match,
    "popularity": re.compile(r"(?:100|[0-9]{1,2})\Z").match,
    "isrc": re.compile(r"[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}\Z").match,
    "added_by": re.compile(r"(?![0-9]{4}-[0-9]{2}-[0-9]{2}T)").match,
    "added_at": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T").match,
    **dict.fromkeys(("duration_ms", "disc_number", "track_number"), re.compile(r"[0-9]+\Z").match),
    **dict.fromkeys(FEATURES, re.compile(r"[-+.0-9eE]+\Z").match),
}
_LOOK_AT = 2_000
_LOCALISED = APP_FORMS[:2]
"""The forms that were written while the site's pages had several languages."""


def by_position(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Layout | None:
    """Return the layout of a header in a language that is not known, by its width and its rows.

    The forms of the years with several languages come first. Any other may have been translated by
    hand: it counts where no title that is known contradicts it and a row has a moment of adding.
    Raises ValueError when the rows leave more than one layout.
    """
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    words = known_words(header)[:width]
    if sum(map(bool, words)) > width // 2:
        return None
    warning = "its titles are in no known language; its columns are read by their position"
    sample = list(islice(rows, _LOOK_AT))
    if not any(row and _URI.match(row[0]) for row in sample):
        return None
    found = _decide(_fitting(_LOCALISED, width, sample), width, warning)
    if found:
        return found
    others = _fitting([form for form in FORMS if not form.rows], width, sample)
    dated = {
        fields: forms
        for fields, forms in others.items()
        if _agree(words, fields) and _has_moment(fields, sample)
    }
    return _decide(dated, width, warning)


def without_header(first: Sequence[str], rows: Iterable[Sequence[str]]) -> Layout | None:
    """Return the layout of a file that begins with a row and not with a header; ``rows`` are all.

    Raises ValueError when the rows leave more than one layout.
    """
    if not first or not _URI.match(first[0]):
        return None
    sample = list(islice(rows, _LOOK_AT))
    width = max(map(len, sample))
    warning = "it has no header; its columns are read by their position"
    return _decide(
        _fitting([form for form in FORMS if not form.rows], width, sample), width, warning
    )


_Fitting = Mapping[tuple[str, ...], Sequence[Form]]
"""By the fields in their order, the forms that write them so."""


def _fitting(forms: Sequence[Form], width: int, rows: Sequence[Sequence[str]]) -> _Fitting:
    """Return the orders of this width whose fields have the shapes of every row's cells."""
    fitting: dict[tuple[str, ...], list[Form]] = {}
    for form in forms:
        for fields in form.choices():
            if fields[0] == "uri" and len(fields) == width:
                fitting.setdefault(fields, []).append(form)
    return {fields: them for fields, them in fitting.items() if _shaped(fields, rows)}


def _decide(fitting: _Fitting, width: int, warning: str) -> Layout | None:
    if not fitting:
        return None
    if len(fitting) > 1:
        raise ValueError(
            f"its {width} columns can be read in {len(fitting)} ways by their position"
        )
    [(fields, found)] = fitting.items()
    [titles, *_] = found[0].titles.values()
    header = tuple((each, titles[each]) for each in fields)
    return placed(tuple(found), header, width, (warning,))


def _agree(words: Sequence[str], fields: Sequence[str]) -> bool:
    """Return whether each title that is known stands where the fields have it."""
    return all(word in ("", field) for word, field in zip(words, fields, strict=True))


def _has_moment(fields: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Return whether a row says when it was added: a cell of this shape is at no other place by chance."""
    place = fields.index("added_at")
    return any(len(row) > place and row[place].strip() not in BLANKS for row in rows)


def _shaped(fields: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether every cell has the shape that its field has."""
    return all(
        cell.strip() in BLANKS or bool(_SHAPES[field](cell.strip()))
        for row in rows
        for field, cell in zip(fields, row, strict=False)
        if field in _SHAPES
    )
