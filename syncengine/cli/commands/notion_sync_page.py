"""``notion sync-page``: bring one page up to date from its Spotify URI."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.commands.reconcile import require_configured
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode, first_of
from syncengine.cli.text import counted, safe
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.catalog import CatalogTrack
    from syncengine.core.identity import TrackKey
    from syncengine.jobs.sync_page import PageReport
    from syncengine.storage.unit_of_work import Database

EXAMPLES = (
    "syncengine notion sync-page https://app.notion.com/p/Night-Train-1429989fe8ac4effbc8f57f56486db54",
)


def command(
    cli: CliContext,
    page: Annotated[str, typer.Argument(metavar="PAGE", help="Its URL at Notion, or its id.")],
) -> ExitCode:
    """Bring one page of a track, playlist, album or artist up to date from its Spotify URI.

    A page that you made by hand is taken over. What you wrote on it stays; where it differs from what is
    known, that is listed.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import notion, sinks
    from syncengine.jobs.runs import recorded_run
    from syncengine.jobs.sync_page import sync_page

    address = notion.page_address(page)
    if address is None:
        raise UsageError(f"{page!r} is no page of Notion: give its URL, or its id of 32 digits")
    require_configured(["notion"], sinks.configured_sinks(cli.settings))
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as database,
        recorded_run(database.unit, cli.command, cli.clock) as run,
        sinks.open_hands(cli.settings, database, cli.clock, ["notion"]) as (hand,),
    ):
        tools = sinks.tools(database, cli.clock, run.id)
        report = sync_page(address, hand, tools, _asking(cli, database))
        is_partial = report.conflicts or report.failed or report.doubles
        codes = [ExitCode.PARTIAL] if is_partial else []
        run.exit_code = first_of(codes)
    if cli.json:
        cli.emit("notion-page", _document(report, address))
    else:
        _show(cli, report)
    return ExitCode(run.exit_code)


def _asking(cli: CliContext, database: Database) -> Callable[[TrackKey], CatalogTrack]:
    """Return what tells of a track that is not in the library."""

    def ask(key: TrackKey) -> CatalogTrack:
        from syncengine import bootstrap
        from syncengine.core.catalog import CatalogTrack

        face = bootstrap.make_lookups(cli.settings, database, cli.clock)
        try:
            answer = face.tracks.track(key, "stored")
        finally:
            face.close()
        return CatalogTrack(answer.facts, answer.popularity, ())

    return ask


def _document(report: PageReport, address: str) -> dict[str, object]:
    return {
        "page": address,
        "entity": report.target[0],
        "key": report.target[1],
        "title": report.title,
        "in_library": report.in_library,
        "fields": dict(report.written),
        "done": report.done,
        "conflicts": [
            {"entity": each.entity, "key": each.key, "fields": dict(each.fields)}
            for each in report.conflicts
        ],
        "doubles": report.doubles,
        "failed": [{"key": each.action.key, "reason": each.reason} for each in report.failed],
        "calls": sum(report.calls.values()),
    }


def _show(cli: CliContext, report: PageReport) -> None:
    from syncengine.cli.plan_view import change

    entity, key = report.target
    for double in report.doubles:
        cli.warn(double)
    for failure in report.failed:
        cli.warn(f"{failure.action.entity} {failure.action.title!r} failed: {failure.reason}")
    for conflict in report.conflicts:
        fields = "; ".join(change(name, *values) for name, values in conflict.fields.items())
        cli.warn(f"{conflict.entity} {conflict.title!r} is in conflict: {fields}")
    if report.conflicts and report.in_library:
        cli.say("conflicts are settled with `syncengine reconcile --conflicts`; see its --help")
    where = "" if report.in_library else ", which is not in the library"
    nothing = "nothing changed" if report.conflicts or report.failed else "up to date already"
    changed = f"changed: {', '.join(report.written)}" if report.written else nothing
    calls = counted(sum(report.calls.values()), "request")
    cli.line(f"{entity} {safe(report.title)} ({key}){where}: {changed}; {calls}")
