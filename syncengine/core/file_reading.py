"""What a file may be called: its tags as they are, read otherwise, or its name without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from syncengine.core.audio_file import Tags
from syncengine.core.identity import TrackKey, fold, parse_track
from syncengine.core.song_title import Title, read_title
from syncengine.core.spelling import Names, read_names, squeeze
from syncengine.core.version_words import read_qualifier


class NamedFile(NamedTuple):
    """A file to be matched: by what it is known, its tags, and its name without folder and ending."""

    file: str
    tags: Tags = Tags()
    stem: str = ""


class Reading(NamedTuple):
    """One way to read a file; ``way`` names it, None for the tags as they are."""

    title: Title
    artists: Names
    way: str | None = None
    added: tuple[str, ...] = ()
    """Kinds of version that only the file's name says."""


SPLIT = "artist in the title"
SWAPPED = "title and artist swapped"
NUMBERED = "track number in the title"
FILE_NAME = "file name instead of tags"
FILE_SWAPPED = "file name, title before artist"
FILE_AGAINST = "file name against the tags"
NO_ARTISTS = read_names(())

_NO_TITLE = re.compile(
    r"(?:(?:audio ?)?(?:track|titel|title|piste|pista|traccia|трек|дорожка|トラック)|unknown(?: title)?"
    r"|unbekannt\w*|no title|неизвестн\w+)?[\s_#-]*\d{0,3}\Z"
)
_NO_ARTIST = re.compile(
    r"(?:<?unknown(?: artist)?>?|various(?: artists)?|v\.? ?a\.?|artist|none|n/a|null|youtube|soundcloud"
    r"|unbekannter? \w+|verschiedene(?: interpreten)?|неизвест\w+(?: исполнитель)?|(?:https?:|www\.).*)?\Z"
)
_NUMBER = re.compile(
    r"^\s*(?:(?:cd|disc)?\s*\d{1,2}\s*[-.]\s*)?[\[(]?\d{1,3}[\])]?(?:\s*[.)_-]+\s*|\s+)(?=\S)"
)
_INNER_NUMBER = re.compile(r"(?<=\S)\s+-\s+\d{1,3}(?=\s+-\s)")
_COPY = re.compile(
    r"(?: \(\d{1,2}\)| - (?:copy|kopie|copie|copia|копия)(?: \(\d+\))?| copy(?: \d+)?)$",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+[-–—~|]+\s+")
_TIGHT = re.compile(r"(?<=\S)[-–—](?=\S)")
_ID = re.compile(r"[\[(]([0-9A-Za-z]{22})[\])]")


def spotify_key(named: NamedFile) -> TrackKey | None:
    """Return the Spotify key that a file carries: in its tags, else in brackets in its name."""
    if named.tags.spotify:
        return named.tags.spotify
    found = _ID.search(named.stem)
    return parse_track(found[1]) if found else None


def first_reading(named: NamedFile) -> Reading | None:
    """Return a file read by its tags as they are; None where they lack a title or artists.

    Words for a version that only the file's name has belong to it: whoever names a file ``(Live)`` and
    leaves the tags as they were means it.
    """
    title, artists = _tagged(named)
    if not title or not artists:
        return None
    read = read_title(title)
    return _with_name(named, Reading(read, read_names(artists + read.guests)))


def other_readings(named: NamedFile) -> Iterator[Reading]:
    """Yield the other ways to read a file, the likelier first."""
    title, artists = _tagged(named)
    stem = clean_stem(named.stem)
    if title:
        yield from _tags_otherwise(title, artists, fold(stem))
    for reading in _from_stem(stem, artists):
        yield reading._replace(way=FILE_AGAINST) if title and artists else reading


def clean_stem(stem: str) -> str:
    """Return a file's name without what systems and tools add: copies, ids, ``_`` for gaps."""
    text = _ID.sub(" ", stem)
    if " " not in text or "_-_" in text or "_ " in text:
        text = text.replace("_", " ")
    return _COPY.sub("", text.strip()).strip()


def _tagged(named: NamedFile) -> tuple[str, tuple[str, ...]]:
    title = (named.tags.title or "").strip()
    artists = tuple(each for each in named.tags.artists if not _NO_ARTIST.match(fold(each)))
    if _NO_TITLE.match(fold(title)) and not (title and artists and title.isdigit()):
        title = ""
    return title, artists


def _with_name(named: NamedFile, reading: Reading) -> Reading:
    if not named.stem:
        return reading
    stem = clean_stem(named.stem)
    flat = squeeze(fold(stem))
    said = squeeze(reading.title.shown)
    if flat.endswith(said) or (said.isalnum() and said[:3] not in flat):
        return reading
    kinds: dict[str, str] = {}
    for text in _titles_in(stem):
        found = read_title(text)
        if found.bare == reading.title.bare:
            kinds = {**found.kinds, **kinds}
    added = tuple(kind for kind in kinds if kind not in reading.title.kinds)
    if not added:
        return reading
    title = reading.title._replace(kinds={**kinds, **reading.title.kinds})
    return reading._replace(title=title, added=added)


def _titles_in(stem: str) -> Iterator[str]:
    """Yield what may be the title in a file's name, versions included."""
    for text in dict.fromkeys((stem, _NUMBER.sub("", stem))):
        yield text
        for dash in _DASH.finditer(text):
            yield text[dash.end() :]


def _tags_otherwise(title: str, artists: tuple[str, ...], stem: str) -> Iterator[Reading]:
    read = read_title(title)
    for dash in list(_DASH.finditer(title))[:2]:
        left, right = title[: dash.start()], title[dash.end() :]
        yield _reading(right, (left,), SPLIT)
        if not _is_qualifier(right):
            yield _reading(left, (right,), SWAPPED)
    if _NUMBER.match(title):
        yield _reading(_NUMBER.sub("", title), artists, NUMBERED)
    if len(artists) == 1:
        yield _reading(artists[0], (title,), SWAPPED)
    if not artists:
        yield Reading(read, read_names(read.guests), None)


def _reading(title: str, artists: tuple[str, ...], way: str) -> Reading:
    read = read_title(title)
    return Reading(read, read_names(artists + read.guests), way)


def _is_qualifier(text: str) -> bool:
    """Tell whether a piece only says which version it is, or nothing."""
    return read_qualifier(fold(text)) is not None


def _from_stem(stem: str, artists: tuple[str, ...]) -> Iterator[Reading]:
    if not stem:
        return
    for text in dict.fromkeys((_NUMBER.sub("", stem), stem)):
        if not text or (_NO_TITLE.match(fold(text)) and not text.isdigit()):
            continue
        yield _reading(text, artists, FILE_NAME)
        for each in dict.fromkeys((text, _INNER_NUMBER.sub("", text))):
            yield from _from_parts(each)


def _from_parts(text: str) -> Iterator[Reading]:
    dashes = list(_DASH.finditer(text)) or list(_TIGHT.finditer(text))[:1]
    for dash in dashes[:3]:
        yield _reading(text[dash.end() :], (text[: dash.start()],), FILE_NAME)
    if dashes:
        first, last = text[: dashes[0].start()], text[dashes[-1].end() :]
        if not _is_qualifier(last):
            yield _reading(text[: dashes[-1].start()], (last,), FILE_SWAPPED)
        if len(dashes) > 1:  # Artist - Album - Title, or Title - Artist - noise.
            if not _is_qualifier(last):
                yield _reading(last, (first,), FILE_NAME)
            yield _reading(first, (text[dashes[0].end() : dashes[1].start()],), FILE_SWAPPED)
