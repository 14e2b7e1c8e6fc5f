"""Write popularity and ISRC of the library's tracks into a file that people look through.

What is known costs no call: facts that lists told, and answers of earlier runs and lookups. Nothing in
the library changes; ``enrich apply`` takes the file in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.core.enrichment import Written, spotify_id
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.remote import CallBook, Service
from syncengine.jobs.calls import Calls
from syncengine.jobs.enrich_asking import ISRC, POPULARITY, Enquiry, open_round
from syncengine.jobs.enrich_file import digest_of, place_for, require_free, write_whole
from syncengine.jobs.enrich_report import FetchedFile
from syncengine.jobs.playlists import find_playlist
from syncengine.jobs.runs import OpenUnit, RunNote, recorded_run
from syncengine.jobs.watch import NOBODY, Watch
from syncengine.storage.repositories.enrichments import KnownTrack, WrittenFile
from syncengine.storage.unit_of_work import UnitOfWork

Render = Callable[[Iterable[tuple[str, str, int | None, str | None]]], bytes]
"""Turns rows (track, Spotify's id, popularity, ISRC) into a file's bytes."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted: where the file goes, and of which tracks.

    ``missing`` are ISRC and POPULARITY (none: both): only tracks without one of them, and only that is asked
    for. ``playlists`` are texts that name them; ``limit`` is how many tracks at most, None for all.
    """

    out: Path | None = None
    missing: frozenset[str] = frozenset()
    playlists: Sequence[str] = ()
    limit: int | None = None

    def wanted(self) -> Sequence[str]:
        """Return what is asked for."""
        return [each for each in (ISRC, POPULARITY) if not self.missing or each in self.missing]


def enrich_fetch(
    wishes: Wishes,
    *,
    calls: Calls,
    make_service: Callable[[CallBook], Service],
    render: Render,
    watch: Watch = NOBODY,
) -> FetchedFile:
    """Write the file; only who holds the writer's lock may call it.

    ``make_service`` is called if something has to be asked. Where the calls are used up, or the service
    wants a pause, is down or wants a sign-in, the file has what is known by then, and the next run goes on.
    Raises UserError where the file cannot be written, before anybody is asked.
    """
    at = calls.clock()
    path = place_for(wishes.out, at)
    with calls.open_unit() as unit:
        require_free(unit, path)
        tracks = _tracks(unit, wishes)
    with recorded_run(calls.open_unit, "enrich fetch", calls.clock) as run:
        calls.run = run.id
        with calls.open_unit() as unit:
            current = open_round(unit, calls.system, _name(wishes, tracks), at)
            enquiry = Enquiry(calls.system, wishes.wanted(), current, calls.open_unit, calls.clock)
            enquiry.load(unit, tracks)
            unit.commit()
        try:
            if enquiry.lacking(tracks):
                enquiry.ask(make_service(calls), tracks, watch)
        finally:
            made = _log_calls(calls, run)
        rows = {each.key: _row(each, enquiry) for each in tracks}
        left = len(enquiry.lacking(tracks)) if enquiry.stopped else 0
        _write(path, rows, at, render, calls.open_unit)
        if not left:
            with calls.open_unit() as unit:
                enquiry.close(unit)
                unit.commit()
        report = _report(path, at, rows, enquiry, left=left, made=made, calls_left=calls.left())
        run.exit_code = report.exit_code
        run.summary |= {"rows": report.rows, "left": left, "calls": made}
    return report


def _write(
    path: Path, rows: Mapping[TrackKey, Written], at: Instant, render: Render, open_unit: OpenUnit
) -> None:
    """Write the file, and remember what stands in it."""
    content = render(
        (key, spotify_id(key), each.popularity, each.isrc) for key, each in rows.items()
    )
    write_whole(path, content)
    told = {key: each for key, each in rows.items() if each.isrc or each.popularity is not None}
    with open_unit() as unit:
        unit.enrichment.note_file(WrittenFile(at, str(path), digest_of(content)), told)
        unit.commit()


def _report(
    path: Path,
    at: Instant,
    rows: Mapping[TrackKey, Written],
    enquiry: Enquiry,
    *,
    left: int,
    made: int,
    calls_left: int | None,
) -> FetchedFile:
    return FetchedFile(
        path,
        at,
        len(rows),
        sum(each.isrc is not None for each in rows.values()),
        sum(each.popularity is not None for each in rows.values()),
        enquiry.asked,
        sum(key in enquiry.gone for key in rows),
        left,
        made,
        calls_left,
        enquiry.served,
        enquiry.stopped,
    )


def _tracks(unit: UnitOfWork, wishes: Wishes) -> list[KnownTrack]:
    """Return the tracks that the file is about, by key; of too many those that lack most."""
    keys = []
    if wishes.playlists:
        records = unit.library.playlist_records()
        for text in wishes.playlists:
            keys += [key for key, _ in find_playlist(records, text).keys]
    found = unit.enrichment.tracks(keys)
    if wishes.missing:
        found = [each for each in found if _lacks(each) & wishes.missing]
    if wishes.limit is not None and len(found) > wishes.limit:
        found = sorted(found, key=lambda each: (-len(_lacks(each)), each.key))[: wishes.limit]
        found.sort(key=lambda each: each.key)
    return found


def _lacks(track: KnownTrack) -> set[str]:
    values = {ISRC: track.isrc, POPULARITY: track.popularity}
    return {name for name, value in values.items() if value is None}


def _name(wishes: Wishes, tracks: Sequence[KnownTrack]) -> str:
    """Return what a round goes by: what is asked for; a part of the library has its own."""
    if not wishes.playlists and wishes.limit is None:
        return " ".join(wishes.wanted())
    chosen = digest_of(" ".join(each.key for each in tracks).encode()).hex()[:16]
    return f"{' '.join(wishes.wanted())} {chosen}"


def _row(track: KnownTrack, enquiry: Enquiry) -> Written:
    """Return what is written of a track: what Spotify told, but never against what is believed."""
    answer = enquiry.answers.get(track.key)
    told = None if answer is None else answer.said.claim.isrc
    is_own = track.isrc is not None and (track.is_settled or told is None)
    return Written(
        enquiry.popularity_of(track.key),
        track.isrc if is_own else told,
        None if answer is None else answer.said.at,
        is_own,
    )


def _log_calls(calls: Calls, run: RunNote) -> int:
    """Write into the run's log how often each endpoint was called, however the run ends; return how often."""
    with calls.open_unit() as unit:
        made = unit.remote(calls.system).calls_of_run(run.id)
        steps = [("call", endpoint, str(count), None) for endpoint, count in made.items()]
        unit.ledger.log(run.id, calls.clock(), steps)
        unit.commit()
    return sum(made.values())
