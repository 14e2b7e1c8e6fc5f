"""``fetch``: take one snapshot from the Spotify Web API."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.join_view import show_joins
from syncengine.cli.text import counted
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.remote import ListKey
    from syncengine.jobs.fetch_report import FetchOptions, FetchReport
    from syncengine.jobs.watch import Watch

EXAMPLES = (
    "syncengine fetch",
    "syncengine fetch --playlist https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd",
)


def command(
    cli: CliContext,
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="ID", help="Only this playlist: its id, URI or URL."),
    ] = None,
    album: Annotated[
        list[str] | None,
        typer.Option(
            "--album",
            metavar="ID",
            help="Only this album, as a collection of its own: its id, URI or URL.",
        ),
    ] = None,
    liked: Annotated[bool, typer.Option("--liked", help="Only Liked Songs.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Read also what did not change since the last fetch.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept", metavar="PLAYLIST", help="A suspect observation of this playlist is right."
        ),
    ] = None,
) -> ExitCode:
    """Take one snapshot from the Spotify Web API.

    Only what changed is read, and every page is kept: a fetch that was interrupted, or ran out of calls,
    goes on where it was when it is started again. Liked Songs are read until known ground.
    """
    from syncengine import bootstrap
    from syncengine.jobs.fetch_report import FetchOptions, exit_code

    options = FetchOptions(
        (*_playlists(playlist or []), *_albums(album or [])),
        liked,
        full,
        frozenset(accept or ()),
        cli.settings.keep_payload_days,
    )
    started = time.perf_counter()
    if warning := bootstrap.sign_in_state(cli.settings, cli.clock).warning:
        cli.warn(warning)
    with cli.progress("fetching") as steps:
        report = _run(cli, options, steps)
    for note in report.notes:
        cli.warn(note)
    for text in report.unheeded:
        cli.warn(f"--accept {text!r} had no effect: no list that was fetched goes by that name")
    if cli.json:
        cli.emit("fetch", document(report, round(time.perf_counter() - started, 2)))
    else:
        show(cli, report)
    return ExitCode(exit_code(report))


def _playlists(texts: list[str]) -> list[ListKey]:
    from syncengine.core.identity import parse_playlist

    found = []
    for text in texts:
        key = parse_playlist(text)
        if key is None or not key.startswith("spotify:"):
            raise UsageError(f"--playlist {text!r} is no playlist: write its id, URI or URL")
        found.append(key)
    return found


def _albums(texts: list[str]) -> list[ListKey]:
    from syncengine.core.identity import PlaylistKey, parse_album

    found = []
    for text in texts:
        key = parse_album(text)
        if key is None or not key.startswith("spotify:"):
            raise UsageError(f"--album {text!r} is no album: write its id, URI or URL")
        found.append(PlaylistKey(key))
    return found


def _run(cli: CliContext, options: FetchOptions, steps: Watch) -> FetchReport:
    from syncengine import bootstrap
    from syncengine.jobs.fetch import fetch
    from syncengine.jobs.fetching import Progress

    class Shown(Progress):
        """Shows pages as steps, and how many calls are left."""

        def __init__(self) -> None:
            self._done = 0

        def pages(self, done: int, expected: int, left: int | None) -> None:
            steps.expect(expected)
            steps.advance(done - self._done)
            self._done = done
            calls = "" if left is None else f" ({left:,} calls left today)"
            steps.describe(f"fetching{calls}")

    def paused(seconds: float) -> None:
        steps.describe(f"Spotify asked for a pause of {math.ceil(seconds)} s")

    settings = cli.settings
    with bootstrap.writing(settings, cli.clock, cli.command):
        database = bootstrap.open_database(settings, cli.clock, cli.say)
        make_service = bootstrap.spotify(settings, cli.clock, paused)
        with database.kept_open():
            return fetch(
                options,
                calls=bootstrap.spotify_calls(settings, database, cli.clock),
                make_service=make_service,
                raw_store=database.raw_store,
                file_keys=bootstrap.file_keys,
                progress=Shown(),
            )


def document(report: FetchReport, seconds: float) -> dict[str, object]:
    """Return what a fetch did, as its JSON says it; ``seconds`` is how long it took."""
    snapshot = report.snapshot
    return {
        "snapshot": None if snapshot is None else {
            "id": snapshot.id,
            "source": snapshot.source.name.lower(),
            "taken_at": to_iso(snapshot.taken_at),
            "unchanged": snapshot.unchanged,
        },
        "calls": sum(report.calls.values()),
        "calls_saved": report.saved,
        "calls_left": report.left,
        "stored_hit_rate": report.stored_hit_rate,
        "endpoints": dict(report.calls),
        "playlists": [
            {
                "playlist": each.name,
                "id": each.key.rpartition(":")[2],
                "key": each.key,
                "status": each.status,
                "entries": each.entries,
                "warnings": each.warnings,
            }
            for each in report.lists
        ],
        "fallbacks": [
            {"playlist": each.name, "key": each.key, "reason": each.status}
            for each in report.fallbacks
        ],
        "joins": [{"from": j.earlier, "to": j.later, "reason": j.because} for j in report.joins],
        "ended": list(report.ended),
        "notes": list(report.notes),
        "totals": {
            "tracks_new": report.tracks_new,
            "entries_added": report.entries_added,
            "entries_removed": report.entries_removed,
            "seconds": seconds,
        },
    }  # fmt: skip


def show(cli: CliContext, report: FetchReport) -> None:
    """Say what a fetch did, as a person wants to hear it."""
    for each in report.lists:
        for warning in each.warnings:
            cli.warn(f"{each.name}: {warning}")
    show_joins(
        cli, [(j, f"{report.names[j.later]!r} is {j.earlier} as well") for j in report.joins]
    )
    for name in report.ended:
        cli.say(f"{name} ended: it is no longer in your library at Spotify")
    if stood_in := report.fallbacks:
        cli.say(
            f"Spotify does not show this app what is in {counted(len(stood_in), 'playlist')}: they stay as "
            "your exports tell"
        )
    states = ("fetched", "unchanged", "forbidden", "missing", "suspect")
    counts = {state: sum(each.status == state for each in report.lists) for state in states}
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    snapshot = report.snapshot
    if snapshot is None:
        cli.line(f"nothing is known yet: {told or 'no playlist'}")
    else:
        head = f"snapshot {snapshot.id}"
        head = f"nothing new since {head}" if snapshot.unchanged else head
        lists = counted(len(report.lists), "list")
        cli.line(f"{head} of {to_iso(snapshot.taken_at)}: {lists} ({told})")
    cli.line(
        f"{report.tracks_new:,} tracks are new; {report.entries_added:,} entries came, "
        f"{report.entries_removed:,} went"
    )
    left = "" if report.left is None else f"; {report.left:,} are left today"
    cli.line(f"{counted(sum(report.calls.values()), 'call')}, {report.saved:,} saved{left}")
