"""What a service says of a track beside what the library says of it."""

from __future__ import annotations

from collections.abc import Iterator

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.finding import Finding, plain_name
from syncengine.core.lookup import plain_isrc
from syncengine.core.plan import Value
from syncengine.core.track import NO_RECORDING, NO_RELEASE, Claim, Facts, title_of

DRIFT = 5
"""Points of 100: popularity moves by less on a third of all tracks from one week to the next."""
_HOW = "`syncengine fetch`, or a new export, brings it into the library; Notion follows the library"
_GROUPS = {
    "title": "recording", "artists": "recording", "duration_ms": "recording",
    "explicit": "recording", "album": "release", "release_date": "release", "label": "release",
    "isrc": "isrc",
}  # fmt: skip


def compare_facts(
    facts: Facts, popularity: int | None, said: Claim, rated: int | None
) -> Iterator[Finding]:
    """Yield what the service says otherwise, or what the library lacks; ``rated`` is its popularity.

    What it says nothing of is no difference. Lengths that differ by two seconds, dates of which one is more
    precise, and popularity that drifted by less than DRIFT are the same.
    """
    ours, theirs = _values(facts, popularity), _values(_facts(said), rated)
    for name, there in theirs.items():
        here = ours[name]
        if there in (None, ()) or (here not in (None, ()) and _is_same(name, here, there)):
            continue
        origin = facts.sources.get(_GROUPS.get(name, ""))
        yield Finding(
            "missing-field" if here in (None, ()) else "differing-value",
            "track", facts.track, title_of(facts), name, there, here,
            where="spotify", why_not=_HOW,
            source=origin.source if origin else None, since=origin.at if origin else None,
        )  # fmt: skip


def vanished(facts: Facts) -> Finding:
    """Return that the service no longer has a track."""
    return Finding(
        "vanished", "track", facts.track, title_of(facts), detail="Spotify no longer has it",
        where="spotify", why_not="nobody but Spotify can bring it back",
    )  # fmt: skip


def _facts(said: Claim) -> Facts:
    return Facts(
        said.track, said.recording or NO_RECORDING, said.release or NO_RELEASE, isrc=said.isrc
    )


def _values(facts: Facts, popularity: int | None) -> dict[str, Value]:
    recording, release = facts.recording, facts.release
    return {
        "title": recording.title,
        "artists": tuple(artist.name for artist in recording.artists),
        "album": release.album,
        "duration_ms": recording.duration_ms,
        "explicit": recording.explicit,
        "release_date": release.release_date,
        "label": release.label,
        "isrc": facts.isrc,
        "popularity": popularity,
    }


def _is_same(name: str, here: Value, there: Value) -> bool:
    if name == "popularity":
        return abs(_number(here) - _number(there)) < DRIFT
    if name == "duration_ms":
        return abs(_number(here) - _number(there)) <= SAME_LENGTH_MS
    if isinstance(here, tuple) and isinstance(there, tuple):
        return plain_name(" ".join(here), spoilt=True) == plain_name(" ".join(there), spoilt=True)
    if isinstance(here, str) and isinstance(there, str):
        if name == "isrc":
            return plain_isrc(here) == plain_isrc(there)
        if name == "release_date":
            return here.startswith(there) or there.startswith(here)
        return plain_name(here) == plain_name(there)
    return here == there


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
