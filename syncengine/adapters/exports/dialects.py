"""The table of dialects: which header means which columns, and how their values are written.

A form is one generation of one exporter. A header is looked up by its cells, stripped and in lower
case; two forms with one header are told apart by their contents (``Form.refuted``).
A new generation, or the titles of another language, is a new line in the tables below.

Sources: the git histories of pavelkomarov/exportify (exportify.net, ``exportify.js``) and of
watsonbox/exportify (exportify.app, ``src/components/data/Tracks*.ts``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from syncengine.adapters.exports.cells import at_bare_joints, at_commas, at_semicolons
from syncengine.core.track import APP_RANK, NET_RANK, OLD_RANK, Dialect

NET = "exportify.net"
APP = "exportify.app"

FEATURES: Mapping[str, str] = {
    "danceability": "Danceability",
    "energy": "Energy",
    "key": "Key",
    "loudness": "Loudness",
    "mode": "Mode",
    "speechiness": "Speechiness",
    "acousticness": "Acousticness",
    "instrumentalness": "Instrumentalness",
    "liveness": "Liveness",
    "valence": "Valence",
    "tempo": "Tempo",
    "time_signature": "Time Signature",
}
NET_TITLES: Mapping[str, str] = {
    "uri": "Track URI",
    "title": "Track Name",
    "album": "Album Name",
    "artists": "Artist Name(s)",
    "release_date": "Release Date",
    "duration_ms": "Duration (ms)",
    "popularity": "Popularity",
    "explicit": "Explicit",
    "added_by": "Added By",
    "added_at": "Added At",
    "genres": "Genres",
    "label": "Record Label",
    **FEATURES,
}
APP_TITLES: Mapping[str, str] = {
    "uri": "Track URI",
    "title": "Track Name",
    "artist_uris": "Artist URI(s)",
    "artists": "Artist Name(s)",
    "album_uri": "Album URI",
    "album": "Album Name",
    "album_artist_uris": "Album Artist URI(s)",
    "album_artists": "Album Artist Name(s)",
    "release_date": "Album Release Date",
    "image_url": "Album Image URL",
    "disc_number": "Disc Number",
    "track_number": "Track Number",
    "duration_ms": "Track Duration (ms)",
    "preview_url": "Track Preview URL",
    "explicit": "Explicit",
    "popularity": "Popularity",
    "isrc": "ISRC",
    "is_playable": "Is Playable",
    "added_by": "Added By",
    "added_at": "Added At",
    "genres": "Artist Genres",
    **FEATURES,
    "album_genres": "Album Genres",
    "label": "Label",
    "copyrights": "Copyrights",
}
APP_BLOCKS = (("genres",), tuple(FEATURES), ("album_genres", "label", "copyrights"))
FOREVER = "9999-12-31"
_APP_EXTRAS = frozenset(field for block in APP_BLOCKS for field in block)
_NAMES = frozenset({"title", "album", "artists"})


@dataclass(frozen=True, slots=True)
class Form:
    """One generation of an exporter.

    ``columns`` and the optional ``blocks`` appended to them are fields, in the order they are
    written; ``titles`` holds their header cells, one mapping per language. ``split`` cuts the cell
    of artists. ``deletes`` are the characters it takes out of titles, albums and artists, and
    ``until`` is the last day (YYYY-MM-DD, UTC) on which it may have been written.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    titles: tuple[Mapping[str, str], ...]
    split: Callable[[str], tuple[str, ...]]
    blocks: tuple[tuple[str, ...], ...] = ()
    deletes: str = ""
    until: str = FOREVER

    def refuted(self, artists: str, names: str, added_at: str) -> bool:
        """Return whether a row cannot be of this form, which joins artists with ``,``.

        ``names`` is the text of title and album. A name with a comma is shown by ``, `` among the
        artists: this form joins without a space.
        """
        return (
            ";" in artists
            or ", " in artists
            or '"' in artists
            or any(mark in names for mark in self.deletes)
            or self.until < added_at[:10] < FOREVER
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A header that is known: the forms that write it, newest first, and the place of each field."""

    forms: tuple[Form, ...]
    columns: Mapping[str, int]
    titles: Mapping[str, str]


def _net(generation: str, columns: Sequence[str], *, uri: str = "Track URI") -> Form:
    titles = {**NET_TITLES, "uri": uri}
    dialect = Dialect(NET, generation, NET_RANK)
    return Form(dialect, tuple(columns), (titles,), at_semicolons)


def _older(form: Form, *, deletes: str, until: str = FOREVER) -> Form:
    dialect = replace(form.dialect, rank=OLD_RANK, damages=_NAMES)
    return replace(form, dialect=dialect, split=at_commas, deletes=deletes, until=until)


def _app(generation: str, *absent: str) -> Form:
    without = _APP_EXTRAS.union(absent)
    return Form(
        Dialect(APP, generation, APP_RANK),
        tuple(field for field in APP_TITLES if field not in without),
        (APP_TITLES,),
        at_bare_joints,
        APP_BLOCKS,
    )


_NET_COLUMNS = tuple(NET_TITLES)
_NO_EXPLICIT = tuple(field for field in NET_TITLES if field != "explicit")
_EXPLICIT_LATE = (*_NO_EXPLICIT[:9], "explicit", *_NO_EXPLICIT[9:])

NET_FORM = _net("2025-07-27", _NET_COLUMNS)
APP_FORM = _app("2022-12-03", "is_playable")
FORMS: tuple[Form, ...] = (
    NET_FORM,
    # The semicolon was written on 2025-07-27 and reached the site with the merge of 2025-09-02.
    _older(_net("2025-05-23", _NET_COLUMNS), deletes='",', until="2025-09-03"),
    _older(_net("2025-05-21", _EXPLICIT_LATE), deletes='"'),
    _older(_net("2025-04-07", _NO_EXPLICIT), deletes='"'),
    _older(_net("2024-09-10", _NO_EXPLICIT, uri="Track ID"), deletes='"'),
    _app("2024-08-21"),
    APP_FORM,
    _app("2021-03-26", "is_playable", "isrc"),
)


def _headers(form: Form) -> Iterator[dict[str, str]]:
    """Yield every header the form can have, as field to title in the order written."""
    for titles in form.titles:
        for size in range(len(form.blocks) + 1):
            for chosen in combinations(form.blocks, size):
                fields = [*form.columns, *(field for block in chosen for field in block)]
                yield {field: titles[field] for field in fields}


_Known = tuple[dict[str, str], tuple[Form, ...]]


def _index(forms: Iterable[Form]) -> dict[tuple[str, ...], _Known]:
    index: dict[tuple[str, ...], _Known] = {}
    for form in forms:
        for header in _headers(form):
            key = tuple(title.lower() for title in header.values())
            earlier = index[key][1] if key in index else ()
            index[key] = (header, (*earlier, form))
    return index


_AS_WRITTEN = _index(FORMS)
# In any other order: the newest form with these titles. Reversed, so that it is the one that stays.
_REORDERED = {frozenset(key): known for key, known in reversed(_AS_WRITTEN.items())}


def recognise(header: Sequence[str]) -> Layout | None:
    """Return the layout that a header row stands for, or None for a header nobody writes.

    Cells are compared stripped and without case, first in the order written, then in any order;
    empty cells at the end, which spreadsheets leave, do not count.
    """
    cells = [cell.strip().lower() for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    found = _AS_WRITTEN.get(tuple(cells)) or _REORDERED.get(frozenset(cells))
    if not found or len(found[0]) != len(cells):
        return None
    titles, forms = found
    places = {title: place for place, title in enumerate(cells)}
    columns = {field: places[title.lower()] for field, title in titles.items()}
    return Layout(forms, columns, titles)


def explain(header: Sequence[str]) -> str:
    """Return why a header is not known, measured against the form it resembles most."""
    cells = {cell.strip().lower() for cell in header} - {""}
    nearest, form = max(
        ((titles, form) for form in FORMS for titles in _headers(form)),
        key=lambda pair: 2 * len(cells & _lower(pair[0])) - len(pair[0]),
    )
    known = cells & _lower(nearest)
    readable = f"Readable are CSV files from {NET} and {APP}."
    if not known:
        return f"the first line is no header of an export. {readable}"
    missing = [title for title in nearest.values() if title.lower() not in cells]
    strange = [cell.strip() for cell in header if cell.strip().lower() not in known]
    findings = [f"missing: {', '.join(missing)}"] if missing else []
    findings += [f"unknown: {', '.join(strange)[:200]}"] if any(strange) else []
    findings += ["a column stands there twice"] if not findings else []
    name = f"{form.dialect.name} of {form.dialect.generation}"
    return f"unknown header, nearest to {name}; {'; '.join(findings)}. {readable}"


def _lower(titles: Mapping[str, str]) -> set[str]:
    return {title.lower() for title in titles.values()}
