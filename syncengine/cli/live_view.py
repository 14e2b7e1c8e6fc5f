"""``history diff FROM live``: asking Spotify, and what could not be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from syncengine.jobs.live import LiveDiff

_SHOWN = 12


def look(cli: CliContext, start: str) -> LiveDiff:
    """Return what changed since a moment until now; the calls are within the budget, and counted."""
    from syncengine import bootstrap
    from syncengine.jobs.fetching import Progress
    from syncengine.jobs.live import diff_to_live

    settings = cli.settings
    with (
        cli.progress("asking Spotify") as steps,
        bootstrap.writing(settings, cli.clock, cli.command),
    ):

        class Shown(Progress):
            """Shows pages as steps."""

            def __init__(self) -> None:
                self._done = 0

            def pages(self, done: int, expected: int, left: int | None) -> None:
                steps.expect(expected)
                steps.advance(done - self._done)
                self._done = done

        database = bootstrap.open_database(settings, cli.clock, cli.say)
        with database.kept_open():
            return diff_to_live(
                start,
                calls=bootstrap.spotify_calls(settings, database, cli.clock),
                make_service=bootstrap.spotify(settings, cli.clock),
                file_keys=bootstrap.file_keys,
                progress=Shown(),
            )


def live_document(found: LiveDiff) -> dict[str, object]:
    """Return what a look at Spotify adds to the JSON of a difference."""
    return {
        "to": {"snapshot": None, "taken_at": to_iso(found.diff.end), "live": True},
        "not_observable": [
            {"key": each.key, "playlist": each.name, "reason": each.reason}
            for each in found.unobserved
        ],
        "calls": sum(found.cost.calls.values()),
        "calls_left": found.cost.left,
        "endpoints": dict(found.cost.calls),
        "notes": list(found.notes),
    }


def show_unobserved(cli: CliContext, found: LiveDiff) -> None:
    """Say what could not be looked at, and what the look took."""
    if found.unobserved:
        cli.line(f"{counted(len(found.unobserved), 'playlist')} could not be looked at:")
        rows = [(each.name, each.reason) for each in found.unobserved[:_SHOWN]]
        cli.show(table(("playlist", "because"), rows))
        if (more := len(found.unobserved) - _SHOWN) > 0:
            cli.line(f"  and {more:,} more; --json lists them all")
    left = "" if found.cost.left is None else f"; {found.cost.left:,} are left today"
    cli.line(f"{counted(sum(found.cost.calls.values()), 'call')}{left}; no snapshot was stored")
