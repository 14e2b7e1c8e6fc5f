"""The ids that Spotify knows things by, out of our keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from syncengine.adapters.spotify.refusals import SYSTEM
from syncengine.adapters.spotify.shapes import malformed
from syncengine.errors import Gone

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")
_URI = re.compile(r"spotify:(\w+):([0-9A-Za-z]{22})\Z")


def numbered(kind: str, key: str) -> str:
    """Return a key's id. Raises Gone for a key of another kind, and one that is not Spotify's."""
    found = _URI.match(key)
    if not found or found[1] != kind:
        raise Gone(f"Spotify has no {kind} {key}", system=SYSTEM, operation=f"look up a {kind}")
    return found[2]


def numbers_of(kind: str, keys: Sequence[Key], *, most: int) -> Mapping[Key, str]:
    """Return the ids of a batch's keys of one kind; others are left out.

    Raises ValueError for more than ``most`` keys.
    """
    if len(keys) > most:
        raise ValueError(f"{len(keys)} keys are more than the {most} of a batch")
    found = ((key, _URI.match(key)) for key in keys)
    return {key: match[2] for key, match in found if match and match[1] == kind}


def paired(
    asked: Iterable[Key], answered: Sequence[Value], what: str
) -> Iterable[tuple[Key, Value]]:
    """Pair a batch with its answer, which is in the same order. Raises Transient for another length."""
    keys = list(asked)
    if len(keys) != len(answered):
        raise malformed(what, f"{len(answered)} answers to {len(keys)} questions")
    return zip(keys, answered, strict=True)
