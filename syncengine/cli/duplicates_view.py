"""Duplicates for people, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from syncengine.cli.text import counted, safe
from syncengine.core.duplicates import CONFIDENCES, SAME
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from syncengine.cli.context import CliContext
    from syncengine.core.duplicates import Duplicate, Duplicates, Place
    from syncengine.core.identity import PlaylistKey, TrackKey
    from syncengine.jobs.deciding_tracks import DecidedTracks

_PLACES = 3
"""Places of one track that a person is shown."""
_COLUMNS = (
    "group", "section", "kind", "confidence", "keep", "rule", "uri", "title", "artists", "album", "released",
    "isrc", "duration_ms", "explicit", "popularity", "places", "reason",
)  # fmt: skip
_Sections = Collection[str]


def _told(found: Duplicates, sections: _Sections) -> list[tuple[str, Duplicate]]:
    within = [("within", each) for each in found.in_playlists if "within" in sections]
    return within + [("across", each) for each in found.across if "across" in sections]


# JSON


def document(found: Duplicates, sections: _Sections) -> dict[str, object]:
    """Return duplicates as their JSON says it."""
    told = _told(found, sections)
    named = {key for _, each in told for key in each.tracks}
    return {
        "playlists": [{"key": key, "playlist": name} for key, name in found.playlists.items()],
        "entries": found.entries,
        "shared": found.shared,
        "totals": {
            name: _counts([each for section, each in told if section == name]) for name in sections
        },
        "within": [_group(each, found) for section, each in told if section == "within"],
        "across": [_group(each, found) for section, each in told if section == "across"],
        "tracks": {key: _track(found, key) for key in sorted(named)},
    }


def _counts(told: Sequence[Duplicate]) -> dict[str, int]:
    counts = Counter(each.confidence for each in told)
    return {name: counts[name] for name in CONFIDENCES}


def _group(each: Duplicate, found: Duplicates) -> dict[str, object]:
    return {
        "kind": each.kind,
        "confidence": each.confidence,
        "reason": each.reason,
        "keep": each.keep,
        "rule": each.rule,
        "tracks": list(each.tracks),
        "where": [
            {
                "playlist": found.playlists.get(place.playlist, place.playlist),
                "key": place.playlist,
                "position": place.position,
                "uri": place.track,
                "added_at": None if place.added_at is None else to_iso(place.added_at),
            }
            for place in each.where
        ],
        "pairs": [
            {
                "uris": [link.one, link.other],
                "kind": link.kind,
                "confidence": link.confidence,
                "reason": link.reason,
            }
            for link in each.links
        ],
    }


def _track(found: Duplicates, key: TrackKey) -> dict[str, object]:
    track = found.tracks[key]
    song = track.song
    return {
        "title": song.title,
        "artists": list(song.artists),
        "album": song.album,
        "released": track.released,
        "isrc": song.isrc,
        "duration_ms": song.duration_ms,
        "explicit": song.explicit,
        "popularity": track.popularity,
    }


# CSV


def csv_lines(found: Duplicates, sections: _Sections) -> Iterator[str]:
    """Yield a header and one line for each track of each group; control characters are made visible."""
    yield _csv(_COLUMNS)
    for number, (section, each) in enumerate(_told(found, sections), 1):
        for key in each.tracks:
            track = _track(found, key)
            kept = key == each.keep
            facts = track | {"artists": "; ".join(found.tracks[key].song.artists)}
            where = "; ".join(_places_of(each, key, found.playlists))
            yield _csv((
                number, section, each.kind, each.confidence, "yes" if kept else "no",
                each.rule if kept else "", key, *facts.values(), where, _why(each, key),
            ))  # fmt: skip


def _csv(cells: Collection[object]) -> str:
    text = io.StringIO()
    shown = ["" if cell is None else safe(str(cell)) for cell in cells]
    csv.writer(text, lineterminator="").writerow(shown)
    return text.getvalue()


# Text


def show(cli: CliContext, found: Duplicates, sections: _Sections, most: int) -> None:
    """Say what was found, counts first; at most so many of each section."""
    told = _told(found, sections)
    cli.line(
        f"{counted(found.entries, 'entry', 'entries')} in {counted(len(found.playlists), 'playlist')}"
    )
    for name in sections:
        groups = [each for section, each in told if section == name]
        counts = ", ".join(
            f"{number:,} {tier}" for tier, number in _counts(groups).items() if number
        )
        cli.line(f"{name} playlists: {counts or 'no duplicates'}")
    if "across" in sections and found.shared:
        cli.line(
            f"{counted(found.shared, 'track')} in several playlists under one id "
            "(no duplicates; --across --kind same-id lists them)"
        )
    for name in sections:
        _show_section(cli, found, [each for section, each in told if section == name], name, most)


def _show_section(
    cli: CliContext, found: Duplicates, groups: Sequence[Duplicate], name: str, most: int
) -> None:
    heading = None
    # The surest first: what is beyond the limit is what matters least.
    chosen = sorted(groups, key=lambda each: CONFIDENCES.index(each.confidence))[:most]
    if name == "within":
        order = {key: place for place, key in enumerate(found.playlists)}
        chosen.sort(key=lambda each: order.get(each.where[0].playlist, 0))
    for each in chosen:
        playlist = each.where[0].playlist
        title = (
            f"in {found.playlists.get(playlist, playlist)}"
            if name == "within"
            else "across playlists"
        )
        if title != heading:
            heading = title
            cli.line()
            cli.line(title)
        _show_group(cli, found, each)
    if (more := len(groups) - len(chosen)) > 0:
        cli.line()
        cli.line(
            f"and {more:,} more {name} playlists (--limit N shows more; --json and --csv list all)"
        )


def _show_group(cli: CliContext, found: Duplicates, each: Duplicate) -> None:
    cli.line(f"  {each.confidence} {each.kind}: {found.titles[each.keep]}")
    if each.kind == "same-id":
        cli.line(f"    {each.keep}  {each.reason}")
        kept, *others = (_place(place, found.playlists) for place in each.where)
        more = f" and {len(others) - _PLACES:,} more" if len(others) > _PLACES else ""
        cli.line(f"    keep {kept} ({each.rule}), not {', '.join(others[:_PLACES])}{more}")
        return
    for key in each.tracks:
        places = _places_of(each, key, found.playlists)
        more = f" and {len(places) - _PLACES:,} more" if len(places) > _PLACES else ""
        where = ", ".join(places[:_PLACES]) + more
        if key == each.keep:
            cli.line(f"    keep  {key}  {where}  ({each.rule})")
        else:
            word = "same " if each.kind in SAME and each.confidence != "unsure" else "other"
            cli.line(
                f"    {word} {key}  {where}  {_why(each, key)}{_unlike(found, each.keep, key)}"
            )


def _unlike(found: Duplicates, keep: TrackKey, key: TrackKey) -> str:
    """Return what the other is called, where that is not what the kept one is called."""
    kept, other = found.titles[keep], found.titles[key]
    return "" if kept == other else f" ({other})"


def _why(each: Duplicate, key: TrackKey) -> str:
    """Return why a track is in a group: by the link that ties it to the one to keep, else by any."""
    touching = [link for link in each.links if key in (link.one, link.other)]
    direct = [link for link in touching if each.keep in (link.one, link.other)]
    return next((link.reason for link in direct or touching), each.reason)


def _places_of(each: Duplicate, key: TrackKey, playlists: Mapping[PlaylistKey, str]) -> list[str]:
    return [_place(place, playlists) for place in each.where if place.track == key]


def _place(place: Place, playlists: Mapping[PlaylistKey, str]) -> str:
    added = "" if place.added_at is None else f" of {to_iso(place.added_at)[:10]}"
    return f"{playlists.get(place.playlist, place.playlist)} #{place.position + 1}{added}"


# Decisions


def decided_document(decided: DecidedTracks) -> dict[str, object]:
    """Return a decision as its JSON says it."""
    return {
        "verdict": decided.made.verdict,
        "uris": [decided.made.one, decided.made.other],
        "overruled": [
            {"verdict": each.verdict, "uris": [each.one, each.other]} for each in decided.overruled
        ],
        "absent": list(decided.absent),
    }


def show_decided(cli: CliContext, decided: DecidedTracks) -> None:
    """Say what was noted, and what no longer holds because of it."""
    made = decided.made
    one, other = (_called(decided, key) for key in (made.one, made.other))
    otherwise = "different" if made.verdict == "same" else "same"
    are = "are the same recording" if made.verdict == "same" else "are different recordings"
    cli.line(f"noted: {one} and {other} {are}")
    cli.line(
        f"(to decide otherwise: syncengine duplicates --decide {made.one} {made.other} {otherwise})"
    )
    for each in decided.overruled:
        one, other = (_called(decided, key) for key in (each.one, each.other))
        cli.warn(f"that {one} and {other} are {each.verdict} no longer holds: it contradicts this")
    for key in decided.absent:
        cli.warn(f"no playlist holds {key} at present; the decision waits for it")


def _called(decided: DecidedTracks, key: TrackKey) -> str:
    return f"{decided.titles.get(key, '(unknown)')} ({key})"
