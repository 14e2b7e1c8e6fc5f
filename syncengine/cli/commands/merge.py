"""``merge``: several playlists into one in which every recording stands once."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from syncengine.cli.consent import ask, require_somebody
from syncengine.cli.context import CliContext
from syncengine.cli.merge_view import document, show
from syncengine.cli.text import counted, to_json
from syncengine.core.moment import to_iso
from syncengine.errors import UsageError, UserError

if TYPE_CHECKING:
    from syncengine.jobs.making import Made
    from syncengine.jobs.merge import MergePlan, MergeWish

T = TypeVar("T")
EXAMPLES = (
    "syncengine merge 'Road Trip' liked --name 'Master Library {date}'",
    "syncengine merge 'Road Trip' liked --out master.csv",
)


def command(
    cli: CliContext,
    playlists: Annotated[
        list[str],
        typer.Argument(metavar="PLAYLIST...", help="Names, keys, URIs or URLs of playlists."),
    ],
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="The new playlist's; {date} is today's."),
    ] = None,
    order: Annotated[
        str, typer.Option("--order", metavar="ORDER", help="first-added, weight or given.")
    ] = "first-added",
    match: Annotated[
        str,
        typer.Option(
            "--match",
            metavar="RULE",
            help="What makes two tracks one: id, isrc, certain or likely.",
        ),
    ] = "certain",
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Write a CSV file instead; needs no Spotify."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace a FILE that no export wrote.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report; asks nobody, and Spotify neither.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for consent.")] = False,
) -> None:
    """Merge playlists of the library into one private playlist at Spotify, or into a file.

    First a report: in the terminal, and as JSON and HTML in the working directory. Then it asks. Every
    recording stands once. An interrupted run is gone on with by the same command.
    """
    from syncengine import bootstrap
    from syncengine.jobs.merge import plan_merge

    wish = _wish(cli, playlists, name, order=order, match=match, out=out)
    if out is not None:
        _check_place(cli, Path(out), overwrite=overwrite)
    elif not dry_run:
        require_somebody(cli, yes=yes)
        _require_writing(cli)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    with database.reading() as unit:
        plan = plan_merge(unit, wish)
    report = document(plan, cli.clock())
    files = _write_reports(report)
    for sentence in plan.unfinished:
        cli.warn(sentence)
    if not cli.json:
        show(cli, plan)
        cli.say(f"the report is in {' and '.join(files)}")
    told: dict[str, object] = {"dry_run": dry_run, "files": files}
    if dry_run:
        _tell(cli, report | told, "nothing was done")
    elif out is not None:
        _write_csv(cli, plan, Path(out))
        told["out"] = out
        entries = counted(len(plan.merged.result), "recording")
        _tell(cli, report | told, f"{entries} are in {out}")
    else:
        _tell_made(cli, report | told, _carry_out(cli, plan, yes=yes))


def _wish(
    cli: CliContext,
    playlists: Sequence[str],
    name: str | None,
    *,
    order: str,
    match: str,
    out: str | None,
) -> MergeWish:
    from syncengine.core.merging import ORDERS
    from syncengine.jobs.merge import MATCHES, MergeWish

    called = name or (out and Path(out).stem)
    if not called:
        raise UsageError(
            "say what the merged playlist is called: --name 'Master Library {date}'",
            ["or write a file with --out FILE"],
        )
    return MergeWish(
        tuple(playlists),
        called,
        to_iso(cli.clock())[:10],
        _one_of("--order", order, ORDERS),
        _one_of("--match", match, MATCHES),
        out is not None,
    )


def _one_of(option: str, given: str, known: Sequence[T]) -> T:
    for each in known:
        if each == given:
            return each
    raise UsageError(f"{option} {given!r} is none of {', '.join(map(str, known))}")


def _require_writing(cli: CliContext) -> None:
    from syncengine.bootstrap.spotify_writing import require_writing

    require_writing(cli.settings, cli.clock)


def _carry_out(cli: CliContext, plan: MergePlan, *, yes: bool) -> Made:
    from syncengine import bootstrap
    from syncengine.bootstrap.spotify_writing import spotify_writer
    from syncengine.cli.writing_view import calls_in_words, pause_shown
    from syncengine.jobs.making import make_playlists

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    calls = bootstrap.spotify_calls(cli.settings, database, cli.clock)
    cli.say(calls_in_words(plan.calls, calls.left()))
    if plan.begun:
        cli.say(f"an earlier run got {plan.begun:,} of these entries there; this one goes on")
    ask(cli, f"Make {counted(len(plan.wanted), 'private playlist')} at Spotify?", yes=yes)
    with (
        bootstrap.writing(cli.settings, cli.clock, cli.command),
        database.kept_open(),
        cli.progress("merging", len(plan.merged.result)) as steps,
    ):
        return make_playlists(
            cli.command,
            plan.id,
            plan.wanted,
            calls=calls,
            make_writer=spotify_writer(cli.settings, cli.clock, pause_shown(steps)),
            wait=time.sleep,
            about=plan.about,
            steps=steps,
        )


def _tell(cli: CliContext, told: Mapping[str, object], sentence: str) -> None:
    if cli.json:
        cli.emit("merge", told)
    else:
        cli.line(sentence)


def _tell_made(cli: CliContext, told: Mapping[str, object], made: Made) -> None:
    from syncengine.cli.writing_view import cost_document, made_document, show_made

    if cli.json:
        more = {"made": made_document(made.playlists)} | cost_document(made.cost)
        cli.emit("merge", {**told, **more})
    else:
        show_made(cli, made.playlists, made.cost)


def _write_reports(report: Mapping[str, object]) -> list[str]:
    """Write the report into the working directory, dated; the same plan's of the day is replaced."""
    from syncengine import bootstrap

    day = str(report["at"])[:10].replace("-", "")
    stem = f"merge_report_{day}_{report['plan']}"
    head: dict[str, object] = {"format_version": 1, "kind": "merge-report"}
    _write(Path(f"{stem}.json"), to_json(head | dict(report)))
    _write(Path(f"{stem}.html"), bootstrap.merge_page(report))
    return [f"{stem}.json", f"{stem}.html"]


def _check_place(cli: CliContext, path: Path, *, overwrite: bool) -> None:
    """Raise UserError where a file cannot stand, or one stands that no export wrote."""
    from hashlib import sha256

    from syncengine import bootstrap

    if not path.parent.is_dir():
        raise UserError(f"{path} cannot be written: there is no folder {path.parent}")
    if not path.exists() or (overwrite and path.is_file()):
        return
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        if path.is_file() and unit.ledger.own_exports([sha256(path.read_bytes()).digest()]):
            return
    raise UserError(
        f"{path} is there already and no export of this library wrote it; choose another name, or "
        "say --overwrite"
    )


def _write_csv(cli: CliContext, plan: MergePlan, path: Path) -> None:
    """Write the result as exportify.net would, and remember that it is no observation."""
    from hashlib import sha256

    from syncengine import bootstrap
    from syncengine.jobs.export import WrittenFile, note_written

    content = bootstrap.export_writer("csv", "exportify.net")(plan.exported())
    _write(path, content)
    count = len(plan.merged.result)
    written = WrittenFile(path.name, plan.name, count, sha256(content).digest())
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    note_written(database.unit, [written], cli.clock(), clock=cli.clock)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
