"""How enrichment is told: in words, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.text import counted
from syncengine.core.moment import Instant, to_iso
from syncengine.core.query import TIERS

if TYPE_CHECKING:
    from syncengine.errors import RemoteError
    from syncengine.jobs.enrich_report import Applied, FetchedFile, Undone
    from syncengine.storage.repositories.enrichments import Counts

_SHOWN = 10


def fetched_document(report: FetchedFile, seconds: float) -> dict[str, object]:
    """Return what ``enrich fetch`` says as JSON."""
    return {
        "file": report.path,
        "taken_at": to_iso(report.at),
        "rows": report.rows,
        "isrc": report.isrc,
        "popularity": report.popularity,
        "missing": {
            "isrc": report.rows - report.isrc,
            "popularity": report.rows - report.popularity,
        },
        "popularity_served": report.served,
        "asked": report.asked,
        "gone": report.gone,
        "left": report.left,
        "calls": report.calls,
        "calls_left": report.calls_left,
        "stopped": None if report.stopped is None else _stopped(report.stopped),
        "seconds": seconds,
    }


def _stopped(error: RemoteError) -> dict[str, object]:
    until = getattr(error, "not_before", None)
    return {
        "code": error.code,
        "message": str(error),
        "not_before": None if until is None else to_iso(Instant(until)),
    }


def show_fetched(cli: CliContext, report: FetchedFile) -> None:
    """Say what ``enrich fetch`` wrote, what is missing in it, and what comes next."""
    if report.stopped is not None:
        cli.warn(f"stopped: {report.stopped}")
    if report.served is False:
        cli.say(
            "Spotify does not tell this app popularity (development mode), so that column is empty; "
            "exports as CSV have it"
        )
    if report.gone:
        cli.say(f"Spotify does not have {counted(report.gone, 'track')} any more")
    cli.line(f"{report.path}")
    cli.line(
        f"{counted(report.rows, 'row')}: {report.isrc:,} with an ISRC, "
        f"{report.popularity:,} with a popularity"
    )
    calls = counted(report.calls, "call")
    left = "" if report.calls_left is None else f"; {report.calls_left:,} are left today"
    cli.line(f"{counted(report.asked, 'track')} asked about with {calls}{left}")
    if report.left:
        cli.line(
            f"{counted(report.left, 'track')} still to be asked about: the next `enrich fetch` goes on "
            "from there, and writes a whole file"
        )
    cli.say("look through the file, then: syncengine enrich apply FILE")


def applied_document(report: Applied, seconds: float) -> dict[str, object]:
    """Return what ``enrich apply`` says as JSON."""
    return {
        "file": report.name,
        "taken_at": to_iso(report.taken_at),
        "run": report.run,
        "dry_run": report.dry_run,
        "unchanged": not (report.isrcs_changed or report.popularities_changed),
        "applied_before": report.is_known,
        "rows": report.rows,
        "values": {"told": report.answered, "edited": report.edited},
        "changed": {"isrc": report.isrcs_changed, "popularity": report.popularities_changed},
        "outvoted": report.outvoted,
        "outdated": report.outdated,
        "skipped": list(report.skipped),
        "before": _counts(report.before),
        "after": _counts(report.after),
        "seconds": seconds,
    }


def show_applied(cli: CliContext, report: Applied) -> None:
    """Say what ``enrich apply`` changed."""
    for problem in report.skipped[:_SHOWN]:
        cli.warn(f"left out: {problem}")
    if (more := report.skipped_count - _SHOWN) > 0:
        cli.warn(f"and {counted(more, 'more row')} left out; --json lists them")
    if not report.is_remembered and report.edited:
        cli.warn(
            "nobody remembers what was written into this file, so all of its values count as yours"
        )
    if report.is_known:
        cli.line(f"{report.name} is applied already, and changes nothing")
    elif not (report.isrcs_changed or report.popularities_changed):
        cli.line(f"{report.name} changes nothing: {_nothing_new(report)}")
    else:
        would = "would change" if report.dry_run else "changed"
        cli.line(
            f"{report.name} {would} {counted(report.isrcs_changed, 'ISRC')} and "
            f"{counted(report.popularities_changed, 'popularity', 'popularities')}, by {report.edited:,} "
            f"values of yours and {report.answered:,} of Spotify's"
        )
    if report.outvoted:
        cli.line(f"{counted(report.outvoted, 'ISRC')} not believed: a better source says otherwise")
    if report.outdated:
        newer = counted(report.outdated, "popularity", "popularities")
        cli.line(f"{newer} of before what is known by now")
    _show_counts(cli, report.before, report.after)
    if report.run is not None:
        cli.say(f"taken back with: syncengine enrich undo {report.run}")


def _nothing_new(report: Applied) -> str:
    if report.answered or report.edited:
        return "what it says is known, or newer values are"
    return "the library knows all that stands there"


def undone_document(report: Undone) -> dict[str, object]:
    """Return what ``enrich undo`` says as JSON."""
    return {
        "run": report.run,
        "file": report.name,
        "taken_at": to_iso(report.taken_at),
        "dry_run": report.dry_run,
        "before": _counts(report.before),
        "after": _counts(report.after),
    }


def show_undone(cli: CliContext, report: Undone) -> None:
    """Say what ``enrich undo`` took back."""
    done = "would be taken back" if report.dry_run else "is taken back"
    cli.line(f"what run {report.run} applied from {report.name} {done}")
    _show_counts(cli, report.before, report.after)


def _counts(counts: Counts) -> dict[str, object]:
    return {
        "tracks": counts.tracks,
        "isrc": counts.isrc,
        "popularity": counts.popularity,
        "tiers": dict(counts.tiers),
    }


def _show_counts(cli: CliContext, before: Counts, after: Counts) -> None:
    """Show how many of the library's tracks have what, before and after."""
    from syncengine.cli.render import table

    rows = [
        ("with an ISRC", before.isrc, after.isrc),
        ("with a popularity", before.popularity, after.popularity),
        *(
            (f"{name} ({low}–{high})", before.tiers[name], after.tiers[name])
            for name, (low, high) in TIERS.items()
        ),
    ]
    shown = [(what, f"{was:,}", f"{now:,}") for what, was, now in rows]
    cli.show(table((f"of {counted(after.tracks, 'track')}", "before", "after"), shown))
