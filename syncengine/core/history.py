"""What changed between any two states of a library; it depends on the two states only."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from syncengine.core.diff import EntryDiff, diff
from syncengine.core.identity import PlaylistKey, TrackKey
from syncengine.core.playlist import Entry
from syncengine.core.track import AudioFeatures, Facts

Fact = str | int | float | bool | tuple[str, ...] | None
Status = Literal["added", "removed", "renamed", "changed"]


class Standing(NamedTuple):
    """A playlist in one state: its key and name there, and its entries in order, by track key.

    ``dialect`` is what its name was read from: some exporters write names in lower case. ``seen_as`` is
    the key under which it was seen, where that is another one. ``unplaced`` are the positions of entries
    whose place in the order nobody told.
    """

    key: PlaylistKey
    name: str
    entries: Sequence[Entry]
    dialect: str | None = None
    seen_as: PlaylistKey | None = None
    unplaced: Container[int] = ()


@dataclass(frozen=True, slots=True)
class PlaylistChange:
    """How one playlist changed; ``renamed_from`` is its name before, where that was another one."""

    key: PlaylistKey
    name: str
    status: Status
    renamed_from: str | None
    entries: EntryDiff


@dataclass(frozen=True, slots=True)
class TrackChange:
    """Facts of a track that differ: before and after, by field."""

    track: TrackKey
    fields: Mapping[str, tuple[Fact, Fact]]


@dataclass(frozen=True, slots=True)
class Drift:
    """How many tracks present in both states became more and less popular."""

    up: int
    down: int


def diff_playlists(
    before: Mapping[int, Standing], after: Mapping[int, Standing]
) -> list[PlaylistChange]:
    """Return the playlists that changed, by name; the maps' keys say which are one playlist."""
    changes = [_change(before.get(each), after.get(each)) for each in {*before, *after}]
    return sorted((c for c in changes if c), key=lambda c: (c.name.casefold(), c.key))


def _change(before: Standing | None, after: Standing | None) -> PlaylistChange | None:
    if after is None:
        assert before is not None  # noqa: S101 -- a key of either map
        return PlaylistChange(before.key, before.name, "removed", None, diff(before.entries, ()))
    if before is None:
        return PlaylistChange(after.key, after.name, "added", None, diff((), after.entries))
    unplaced = (before.unplaced, after.unplaced)
    entries = diff(before.entries, after.entries, unplaced=unplaced)
    is_other = (before.seen_as or before.key) != (after.seen_as or after.key)
    is_other = is_other and before.name != after.name
    if is_other or _is_spelt_anew(before, after):
        return PlaylistChange(after.key, after.name, "renamed", before.name, entries)
    if entries.empty or _only_became_known(entries):
        return None
    return PlaylistChange(after.key, after.name, "changed", None, entries)


def _only_became_known(entries: EntryDiff) -> bool:
    """Tell whether all that differs are stamps and people that only one of the states knows."""
    if entries.added or entries.removed or entries.moved:
        return False
    return all(
        None in (known, now) or known == now
        for each in entries.restamped
        for known, now in zip(each.before[1:], each.after[1:], strict=True)
    )


def _is_spelt_anew(before: Standing, after: Standing) -> bool:
    """Tell whether one exporter spells the name otherwise than before; two always may."""
    return before.name != after.name and before.dialect == after.dialect


def diff_facts(before: Facts, after: Facts) -> dict[str, tuple[Fact, Fact]]:
    """Return the facts that changed; one that became known, or known more precisely, did not."""
    ours, theirs = shown_facts(before), shown_facts(after)
    if before.sources.get("genres", ("",))[0] != after.sources.get("genres", ("",))[0]:
        # Two exporters write the same genres in different order and number.
        theirs["genres"] = ours["genres"]
    return {
        name: (old, new)
        for name, old in ours.items()
        if old != (new := theirs[name]) and not became_known(old, new)
    }


def became_known(old: Fact, new: Fact) -> bool:
    """Tell whether a value only became known, or known more precisely, or is not known any more."""
    if old in (None, ()) or new in (None, ()):
        return True
    is_text = isinstance(old, str) and isinstance(new, str)
    return is_text and (_is_prefix_date(str(old), str(new)) or _is_prefix_date(str(new), str(old)))


def _is_prefix_date(short: str, long: str) -> bool:
    return len(short) in (4, 7) and short[:4].isdigit() and long.startswith(short + "-")


def shown_facts(facts: Facts) -> dict[str, Fact]:
    """Return the facts of a track that differences speak of, by field."""
    heard = facts.features or AudioFeatures()
    shown: dict[str, Fact] = {
        "title": facts.recording.title,
        "artists": tuple(artist.name for artist in facts.recording.artists),
        "album": facts.release.album,
        "duration_ms": facts.recording.duration_ms,
        "release_date": facts.release.release_date,
        "explicit": facts.recording.explicit,
        "isrc": facts.isrc,
        "label": facts.release.label,
        "genres": facts.genres,
    }
    return shown | heard._asdict()


def diff_popularity(
    before: Mapping[int, int], after: Mapping[int, int], tracks: Iterable[int]
) -> Drift:
    """Count the tracks whose popularity went up and down."""
    steps = [after[t] - before[t] for t in tracks if t in before and t in after]
    return Drift(sum(step > 0 for step in steps), sum(step < 0 for step in steps))
