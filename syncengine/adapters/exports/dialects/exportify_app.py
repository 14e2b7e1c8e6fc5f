"""The generations of exportify.app, before 2020 at watsonbox.github.io/exportify.

Source: the git history of watsonbox/exportify, ``exportify.js`` and ``Tracks*Data.ts``. A generation
is named by the day its header was first written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from syncengine.adapters.exports.cells import at_bare_joints
from syncengine.adapters.exports.dialects.form import FEATURES, NAMES, Form
from syncengine.adapters.exports.dialects.languages import LANGUAGES
from syncengine.core.track import APP_RANK, OLD_RANK, Dialect

APP = "exportify.app"
APP_TITLES: Mapping[str, str] = LANGUAGES["English"]
APP_BLOCKS = (("genres",), tuple(FEATURES), ("album_genres", "label", "copyrights"))
_EXTRAS = frozenset(field for block in APP_BLOCKS for field in block)
_ENGLISH = {"English": APP_TITLES}
_SINGULAR = {
    "English": {
        **APP_TITLES,
        "artist_uris": "Artist URI",
        "artists": "Artist Name",
    }
}
_FIRST_TITLES = {"English": {**_SINGULAR["English"], "uri": "Spotify URI"}}
_NOT_IN_2021 = ("is_playable", "isrc")
_NOT_IN_JANUARY = (*_NOT_IN_2021, "album_artist_uris", "album_artists")
_NOT_IN_2020 = (*_NOT_IN_JANUARY, "image_url", "preview_url")
_NOT_IN_2018 = (*_NOT_IN_2020, "release_date", "explicit", "popularity")
_NOT_IN_2015 = (*_NOT_IN_2018, "artist_uris", "album_uri")


def _app(generation: str, *absent: str, titles: Mapping[str, Mapping[str, str]]) -> Form:
    """Return a form that carries ids and escapes the commas in artists' names."""
    return Form(
        Dialect(APP, generation, APP_RANK),
        _without(*absent),
        titles,
        at_bare_joints,
        APP_BLOCKS,
    )


def _without(*absent: str) -> tuple[str, ...]:
    return tuple(field for field in APP_TITLES if field not in {*_EXTRAS, *absent})


APP_FORM = _app("2022-12-03", "is_playable", titles=LANGUAGES)
APP_FORMS: tuple[Form, ...] = (
    APP_FORM,
    # Until 2024-09-07; its pages had other languages from 2024-08-26 on.
    _app("2024-08-21", titles=LANGUAGES),
    _app("2021-03-26", *_NOT_IN_2021, titles=_ENGLISH),
    _app("2021-01-19", *_NOT_IN_JANUARY, titles=_SINGULAR),
    _app("2020-11-20", *_NOT_IN_2020, titles=_SINGULAR),
    # In git on 2018-01-31, on the site from 2020-11-10; options came with the next.
    replace(_app("2018-01-31", *_NOT_IN_2018, titles=_SINGULAR), blocks=()),
    # Joins artists with ", " and escaped the commas inside names only from 2018-01-31 on, under the
    # same header: whose comma it is cannot be told, and no artist's URI stands there to count by.
    Form(
        Dialect(APP, "2015-05-21", OLD_RANK, frozenset({"artists"})),
        _without(*_NOT_IN_2015),
        _FIRST_TITLES,
        at_bare_joints,
    ),
    # Names the first artist alone, and neither quotes nor escapes anything.
    Form(
        Dialect(APP, "2015-05-15", OLD_RANK, NAMES),
        ("uri", "title", "artists", "album", "added_by", "added_at"),
        {"English": {**_FIRST_TITLES["English"], "title": "Name"}},
        lambda cell: (cell,),
        unquoted=True,
    ),
)
