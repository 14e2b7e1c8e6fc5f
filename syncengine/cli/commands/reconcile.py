"""``reconcile``: what changed since each sink last agreed with the library, planned and done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.consent import require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.reconciling import Order, Outcome, document, reconcile, save, show
from syncengine.errors import ConfigError, Locked, UsageError

if TYPE_CHECKING:
    from syncengine.bootstrap.folders import Survey
    from syncengine.core.edits import Choice
    from syncengine.core.plan import Plan
    from syncengine.core.scope import Scope
    from syncengine.storage.unit_of_work import UnitOfWork

EXAMPLES = (
    "syncengine reconcile",
    "syncengine reconcile --dry-run",
    "syncengine reconcile --refresh --conflicts keep-theirs",
    "syncengine reconcile --dry-run --out plan.json --detailed-exitcode",
    "syncengine reconcile --dry-run --playlist 'Road Trip'",
)


def command(
    cli: CliContext,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show the plan, touch nothing. Needs no network but for --refresh."
        ),
    ] = False,
    sink: Annotated[
        list[str] | None,
        typer.Option(
            "--sink",
            metavar="SINK",
            help="Only this sink: notion or folders. Default: all configured.",
        ),
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option(
            "--playlist",
            metavar="PLAYLIST",
            help="Limit the plan to this playlist and what is in it.",
        ),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option("--track", metavar="TRACK", help="Limit the plan to this track."),
    ] = None,
    album: Annotated[
        list[str] | None,
        typer.Option(
            "--album", metavar="ALBUM", help="Limit the plan to this album and its tracks."
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Save the plan as JSON.")
    ] = None,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Lift the guard against mass deletion.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Lift the guard against an emptied library.")
    ] = False,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help="Read all that is in the sinks first: what is there is found again, and every edit.",
        ),
    ] = False,
    conflicts: Annotated[
        str | None,
        typer.Option(
            "--conflicts",
            metavar="CHOICE",
            help="Settle what people edited in a sink: keep-theirs or use-ours.",
        ),
    ] = None,
    trash_removed: Annotated[
        bool,
        typer.Option(
            "--trash-removed", help="Put what left the library into the trash, not only mark it."
        ),
    ] = False,
    popularity: Annotated[
        str,
        typer.Option(
            "--popularity",
            metavar="WHEN",
            help="Write popularity when it drifts by 5 or more (drift), or always.",
        ),
    ] = "drift",
    move: Annotated[
        bool | None,
        typer.Option(
            "--move/--no-move",
            help="Let audio files live in the playlist folders, instead of linking to them from there.",
            show_default=False,
        ),
    ] = None,
    link: Annotated[
        str | None,
        typer.Option(
            "--link", metavar="KIND", help="How folders hold files: auto, hard, sym or copy."
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", help="Create no more than N things; the rest is left."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 4 when changes are pending.")
    ] = False,
) -> ExitCode:
    """Bring each sink into agreement with the library: show the plan, ask, and do it.

    With --dry-run nothing is asked and nothing done; where no sink is configured it shows the plan for a
    Notion that is empty.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.bootstrap.sink_wishes import SinkWishes
    from syncengine.jobs.reconcile import Wishes
    from syncengine.jobs.runs import recorded_run

    choice = _choice(conflicts)
    check_limit(limit)
    sink_wishes = SinkWishes(_is_always(popularity), move, _link(link), allow_empty)
    names, configured = sink_names(cli, sink)
    lifted = frozenset(
        name
        for name, given in (("mass-deletion", allow_removals), ("emptied-source", allow_empty))
        if given
    )
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit:
        scope = read_scope(unit, playlist or [], track or [], album or [])
    wishes = Wishes(scope, lifted, trash_removed, choice)
    if dry_run and not refresh:
        with database.reading() as unit:
            plan = sinks.plan_for(
                unit, cli.settings, names, cli.clock, wishes, sink_wishes,
                survey=partial(survey_files, cli),
            )  # fmt: skip
            for each in sinks.strangers(cli.settings, names, unit):
                cli.warn(each)
        return _answer(
            cli, plan, [n for n in names if n not in configured], out, detailed=detailed_exitcode
        )
    require_configured(names, configured, "--dry-run alone shows the plan without it")
    if not dry_run:
        require_somebody(cli, yes=yes)
    place = None if out is None else Path(out)
    order = Order(names, wishes, refresh, sink_wishes, dry_run, yes, limit, place)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        bootstrap.kept_database(cli.settings, cli.clock, cli.say) as kept,
        recorded_run(kept.unit, cli.command, cli.clock) as run,
    ):
        outcome = reconcile(cli, kept, run.id, order)
        run.exit_code = outcome.code(detailed=detailed_exitcode)
        run.summary |= outcome.summary
    if cli.json:
        cli.emit("plan", outcome.document)
    return ExitCode(run.exit_code)


def sink_names(cli: CliContext, given: list[str] | None) -> tuple[list[str], list[str]]:
    """Return the sinks that are meant, and those that are configured. Raises UsageError."""
    from syncengine.bootstrap import sinks

    configured = sinks.configured_sinks(cli.settings)
    names = list(dict.fromkeys(given or configured or ["notion"]))
    for name in names:
        if name not in sinks.SINKS:
            raise UsageError(f"there is no sink {name!r}: it is {' or '.join(sinks.SINKS)}")
    if "folders" in names and "folders" not in configured:
        raise ConfigError(
            "the playlist folders are not configured",
            [
                "set SYNCENGINE_MUSIC_DIRS to where the audio files are",
                "set SYNCENGINE_PLAYLISTS_DIR to where the playlist folders go (docs/folders.md)",
            ],
        )
    return names, configured


def survey_files(cli: CliContext, survey: Survey) -> None:
    """Find out how the audio files are now; while another run writes, what is known of them counts."""
    with cli.progress("looking at the audio files") as steps:
        try:
            survey(steps)
        except Locked:
            cli.warn(
                "another run is writing: this plan is for the audio files as they were last seen"
            )


def require_configured(names: Sequence[str], configured: Sequence[str], way_out: str = "") -> None:
    """Raise ConfigError for a sink of which the settings do not say enough.

    ``way_out`` says what can be done without it.
    """
    if "notion" in names and "notion" not in configured:
        raise ConfigError(
            "; ".join(filter(None, ("Notion is not configured", way_out))),
            [
                "set NOTION_TOKEN to the integration's token",
                "set NOTION_PARENT_PAGE_ID, and run `syncengine notion init`; docs/notion.md has every step",
            ],
        )


def check_limit(limit: int | None) -> None:
    """Raise UsageError for a limit that would let nothing be done."""
    if limit is not None and limit < 1:
        raise UsageError("--limit has to be 1 or more")


def _is_always(popularity: str) -> bool:
    if popularity not in ("drift", "always"):
        raise UsageError(f"--popularity {popularity!r} is neither drift nor always")
    return popularity == "always"


def _link(text: str | None) -> str | None:
    from syncengine.bootstrap.folders import link_kind

    return None if text is None else link_kind(text)


def _choice(text: str | None) -> Choice | None:
    from syncengine.core.edits import CHOICES

    if text is None:
        return None
    for choice in CHOICES:
        if choice == text:
            return choice
    raise UsageError(f"--conflicts {text!r} is neither {' nor '.join(CHOICES)}")


def _answer(
    cli: CliContext, plan: Plan, not_configured: list[str], out: str | None, *, detailed: bool
) -> ExitCode:
    if out is not None:
        save(plan, Path(out))
    if cli.json:
        cli.emit("plan", document(plan))
    else:
        show(cli, plan, not_configured)
    if out is not None:
        cli.say(f"the plan is in {out}")
    return Outcome(plan, dry_run=True).code(detailed=detailed)


def read_scope(
    unit: UnitOfWork, playlists: list[str], tracks: list[str], albums: list[str]
) -> Scope:
    """Return what options limit a plan to. Raises UsageError for what is no track or album, NotFound."""
    from syncengine.core.identity import parse_album, parse_track
    from syncengine.core.scope import Scope
    from syncengine.jobs.playlists import find_playlist

    track_keys, album_keys = [], []
    for text in tracks:
        if (key := parse_track(text)) is None:
            raise UsageError(f"--track {text!r} is no track: write its id, URI or URL")
        track_keys.append(key)
    for text in albums:
        if (album := parse_album(text)) is None:
            raise UsageError(f"--album {text!r} is no album: write its id, URI or URL")
        album_keys.append(album)
    records = unit.library.playlist_records() if playlists else []
    return Scope(
        frozenset(track_keys),
        frozenset(find_playlist(records, text).key for text in playlists),
        frozenset(album_keys),
    )
