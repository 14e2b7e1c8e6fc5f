"""Titles that many recordings share: of these, a name and a length tell little."""

from __future__ import annotations

import re

from syncengine.core.song_title import Title

SHORT_MS = 45_000
"""Of what is shorter, two seconds are too large a part to tell one from another."""

_COMMON = re.compile(
    r"(?:intro(?:duction)?|outro|interlude|interludio|skit|prelude|preludio|postlude|prolog(?:ue)?"
    r"|epilog(?:ue)?|untitled|sin titulo|ohne titel|hidden track|silence|overture|theme"
    r"|main (?:title|theme)s?|opening|ending|end (?:title|credit)s?|credits|finale|intermission|reprise"
    r"|freestyle|cypher|medley|jam|demo|instrumental|allegro|adagio|andante|largo|presto|lento|vivace"
    r"|menuett?o?|minuet|rondo|scherzo|fugue|aria|etude|nocturne|waltz|sarabande|gavotte|courante|gigue"
    r"|allemande|recitativ[eo]?"
    r"|(?:track|titel|piste|pista|part|pt|chapter|kapitel|chapitre|capitulo|teil|no|side|cue|take"
    r"|movement)\.?)[\s#.:-]*(?:\d{0,4}|[ivx]*)"
)
_WORK = re.compile(
    r"\b(?:op(?:us)?\.? ?\d+|bwv|hwv|rwv|kv? ?\d+|k\. ?\d+|d\.? ?\d{2,}|rv ?\d+|hob|woo|symphon(?:y|ie)"
    r"|sinfon\w+|sonat[ae]|concerto|konzert|concert[oi]|suite|quartett?|quintett?|requiem|missa|mass in"
    r"|etudes?|nocturnes?|preludes?|variations?|in [a-h](?:[ -](?:flat|sharp))? (?:major|minor)"
    r"|[a-h]-(?:dur|moll)|act [\divx]+|traditional)\b"
)
# Quotes, brackets, dashes and stops are set in one way by one and in another by the next.
_MARK = re.compile(r"[^\w\s'\"`\xb4\xab\xbb\u2010-\u201f\u2026.,:;()\[\]{}<>/|&\xb7\u2022~-]")
_MOVEMENT = re.compile(r"(?<![^\W_])([ivxl]+)\.(?=\s|$)")


def is_common(title: Title) -> bool:
    """Tell whether a title is one that many tracks have, also by one artist (``Intro``, ``Allegro``)."""
    return bool(_COMMON.fullmatch(title.shown)) or len(title.bare) < 2


def is_work(title: Title) -> bool:
    """Tell whether a title is that of a composition, which many play."""
    return bool(_WORK.search(title.shown))


def movements(title: Title) -> tuple[str, ...]:
    """Return the Roman numbers of a title, as ``iv`` in ``Symphony: IV. Finale``."""
    return tuple(_MOVEMENT.findall(title.shown))


def marks_of(title: Title) -> tuple[str, ...]:
    """Return the marks of a title that may tell it from another, such as ``!`` or a picture, in order."""
    return tuple(sorted(_MARK.findall(title.shown)))
