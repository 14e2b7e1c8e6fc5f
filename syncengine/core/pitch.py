"""The names of musical keys, from Spotify's pitch class and mode."""

from __future__ import annotations

_MAJOR = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MINOR = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")
_FIFTH = 7
"""Semitones; seven is its own inverse modulo twelve."""


def key_name(key: int | None, mode: int | None) -> str | None:
    """Return a key's name, such as ``F♯ minor``, as it is most often spelt.

    ``key`` is a pitch class, 0 for C to 11 for B, ``mode`` 1 for major and 0 for minor (Spotify's audio
    features). Returns None where either is not known; Spotify says -1 for a key that was not found.
    """
    if key is None or not 0 <= key < len(_MAJOR):
        return None
    if mode == 1:
        return f"{_MAJOR[key]} major"
    return f"{_MINOR[key]} minor" if mode == 0 else None


def camelot(key: int | None, mode: int | None) -> str | None:
    """Return a key's place on the Camelot wheel, such as ``11A``; as ``key_name`` otherwise.

    Neighbours on the wheel are a fifth apart; C major is 8B and A minor, its relative, 8A.
    """
    if key is None or not 0 <= key < len(_MAJOR) or mode not in (0, 1):
        return None
    major = key if mode == 1 else key + 3
    hour = (major * _FIFTH + 7) % 12 + 1
    return f"{hour}{'B' if mode == 1 else 'A'}"
