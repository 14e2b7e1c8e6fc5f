"""What a form is: one generation of one exporter, as data and small functions of one cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from syncengine.core.track import Dialect

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
FOREVER = "9999-12-31"
NAMES = frozenset({"title", "album", "artists"})
NO_FACTS = frozenset(
    {"is_playable", "position", "upc", "album_tracks", "album_type", "platform", "tracks"}
)
"""Columns that are known and say nothing that is kept."""

Header = tuple[tuple[str, str], ...]
"""Pairs of field and title in the order written; a field may stand there twice."""
Rewrite = Callable[[str], str]
"""Brings one cell into the form that ``cells`` reads; what it cannot read it leaves alone."""


@dataclass(frozen=True, slots=True)
class Form:
    """One generation of an exporter.

    ``columns`` and the optional ``blocks`` appended to them are fields, in the order they are
    written; ``titles`` holds their header cells, one mapping per language. ``split`` cuts the cell
    of artists, ``rewrites`` mend cells of other fields first. ``deletes`` are the characters it takes
    out of titles, albums and artists, and ``until`` is the last day (YYYY-MM-DD, UTC) on which it may
    have been written. ``marks`` are fields of which one is enough to know a header of these titles in
    any choice and order. ``rows`` are the fields of its rows where these are not those of its header.
    An ``unquoted`` form writes commas inside of names like those between cells. ``is_broken`` tells the
    cells that should name a track and do not, where the row is read by its names all the same.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    titles: Mapping[str, Mapping[str, str]]
    split: Callable[[str], tuple[str, ...]]
    blocks: tuple[tuple[str, ...], ...] = ()
    deletes: str = ""
    until: str = FOREVER
    delimiter: str = ","
    rewrites: Mapping[str, Rewrite] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()
    rows: tuple[str, ...] = ()
    unquoted: bool = False
    is_broken: Callable[[str], bool] | None = None

    def choices(self) -> Iterator[tuple[str, ...]]:
        """Yield the fields of every header the form can have."""
        for size in range(len(self.blocks) + 1):
            for chosen in combinations(self.blocks, size):
                yield (*self.columns, *(each for block in chosen for each in block))

    def headers(self, language: str) -> Iterator[Header]:
        """Yield every header the form can have in a language."""
        titles = self.titles[language]
        for fields in self.choices():
            yield tuple((each, titles[each]) for each in fields)

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
    """What a header stands for: the forms that write it, newest first, and the place of each field.

    ``width`` is the number of the header's cells. ``again`` holds the further places of a field that
    stands there more than once, of which the first that says something counts.
    """

    forms: tuple[Form, ...]
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    width: int
    again: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


_SAME = {"track_id": "uri"}
"""Fields that two columns of one form say in different ways."""


def placed(
    forms: tuple[Form, ...], header: Header, width: int, warnings: tuple[str, ...] = ()
) -> Layout:
    """Return the layout of a header whose fields stand in this order; a field may be empty."""
    places: dict[str, list[int]] = {}
    for place, (name, _) in enumerate(header):
        if name:
            places.setdefault(_SAME.get(name, name), []).append(place)
    columns = {name: found[0] for name, found in places.items()}
    again = {name: tuple(found[1:]) for name, found in places.items() if found[1:]}
    titles = {_SAME.get(name, name): title for name, title in reversed(header) if name}
    return Layout(forms, columns, titles, width, again, warnings)
