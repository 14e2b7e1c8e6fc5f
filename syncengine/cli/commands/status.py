"""``status``: how things stand, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.sign_in_view import sign_in_document, sign_in_line
from syncengine.cli.text import counted
from syncengine.core.moment import Instant, to_iso

if TYPE_CHECKING:
    from syncengine.core.plan import Plan
    from syncengine.jobs.lookup_figures import LookupFigures
    from syncengine.jobs.remediation_figures import RemediationFigures
    from syncengine.jobs.status import Status

EXAMPLES = ("syncengine status", "syncengine status --json")


def command(cli: CliContext) -> None:
    """Show last snapshots, freshness, the sign-in, pending changes, files set aside, the last runs."""
    from syncengine import bootstrap
    from syncengine.bootstrap import sinks
    from syncengine.jobs.status import status

    configured = sinks.configured_sinks(cli.settings)
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        sign_in = bootstrap.sign_in_state(cli.settings, cli.clock)
        found = status(unit, sign_in, cli.clock(), configured)
        plan = sinks.plan_for(unit, cli.settings, configured, cli.clock) if configured else None
    if found.sign_in.warning:
        cli.warn(found.sign_in.warning)
    if cli.json:
        cli.emit("status", _document(found, plan, cli.settings.spotify_daily_call_budget))
    else:
        _show(cli, found, plan)
        _show_problems(cli, found)
        _show_runs(cli, found)


def _document(found: Status, plan: Plan | None, budget: int) -> dict[str, object]:
    return {
        "library": {"playlists": found.playlists, "entries": found.entries, "tracks": found.tracks},
        "sources": [
            {
                "source": each.source.name.lower(),
                "snapshot": each.snapshot,
                "taken_at": to_iso(each.taken_at),
                "recorded_at": to_iso(each.recorded_at),
            }
            for each in found.sources
        ],
        "pending": _pending(plan),
        "sign_in": sign_in_document(found.sign_in),
        "budget": {"used": found.lookups.calls_today, "limit": budget},
        "paused_until": None if found.pause is None else to_iso(found.pause.until),
        "pause_reason": None if found.pause is None else found.pause.reason,
        "sink_pauses": {
            name: {"until": to_iso(pause.until), "reason": pause.reason}
            for name, pause in found.sink_pauses.items()
        },
        "open_fetch": None if found.kept.since is None else {
            "pages": found.kept.pages,
            "since": to_iso(found.kept.since),
        },
        "suspect": [{"playlist": name, "taken_at": to_iso(at)} for name, at in found.suspects],
        "quarantined": [
            {"path": q.path, "line": q.line, "reason": q.reason, "found_at": to_iso(q.found_at)}
            for q in found.quarantined
        ],
        "runs": [
            {
                "id": run.id,
                "command": run.command,
                "started_at": to_iso(run.started_at),
                "ended_at": _iso(run.ended_at),
                "exit_code": run.exit_code,
            }
            for run in found.runs
        ],
        "lookups": _lookups(found.lookups),
        "remediation": _remediation(found.remediation),
        "calls": {"since": to_iso(found.lookups.since), "by_endpoint": dict(found.lookups.calls)},
    }  # fmt: skip


def _lookups(found: LookupFigures) -> dict[str, object]:
    return {
        "since": to_iso(found.since),
        "stored": found.stored,
        "api": found.asked,
        "fallbacks": dict(found.fallbacks),
        "failed": found.failed,
        "calls_made": found.calls_made,
        "calls_saved": found.calls_saved,
        "stored_hit_rate": found.hit_rate,
    }


def _remediation(found: RemediationFigures) -> dict[str, object]:
    told = found.found
    return {
        "found_at": _iso(found.found_at),
        "mismatches": found.mismatches,
        "by_kind": {} if told is None else dict(told.kinds),
        "name_mismatches": 0 if told is None else told.names,
        "basis": None if told is None else told.basis,
        "whole": None if told is None else told.whole,
        "fixed_at": _iso(found.fixed_at),
        "last_fixed": found.last_fixed,
        "fixed": found.fixed,
    }


def _pending(plan: Plan | None) -> dict[str, dict[str, int]]:
    if plan is None:
        return {}
    return {
        name: {
            "create": sink.summary.create,
            "update": sink.summary.update,
            "remove": sink.summary.remove,
            "conflict": sink.summary.conflict,
        }
        for name, sink in plan.sinks.items()
    }


def _iso(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)


def _show(cli: CliContext, found: Status, plan: Plan | None) -> None:
    if found.latest is None:
        cli.line(_nothing_yet(found))
    else:
        cli.line(
            f"library      {counted(found.playlists, 'playlist')}, "
            f"{counted(found.entries, 'entry', 'entries')}, {counted(found.tracks, 'track')}"
        )
    for source in found.sources:
        cli.line(
            f"{source.source.name.lower():<12} snapshot {source.snapshot} of {to_iso(source.taken_at)}"
        )
    for name, each in _pending(plan).items():
        conflicts = f"; {each['conflict']:,} in conflict" if each["conflict"] else ""
        cli.line(
            f"{name:<12} pending: {each['create']:,} to create, {each['update']:,} to update, "
            f"{each['remove']:,} to remove{conflicts}"
        )
    for name, pause in found.sink_pauses.items():
        cli.line(
            f"pause        no request to {name.capitalize()} before {to_iso(pause.until)}: {pause.reason}"
        )
    cli.line(f"Spotify      {sign_in_line(found.sign_in)}")
    _show_calls(cli, found)
    if plan is None:
        cli.line("sinks        none configured (see syncengine help settings)")
    _show_lookups(cli, found.lookups)
    _show_remediation(cli, found.remediation)


def _nothing_yet(found: Status) -> str:
    from syncengine.jobs.moments import FIRST_STEPS

    if found.kept.pages:
        return "the library is empty as yet: what a fetch reads is shown when all of it is there"
    return f"the library is empty: {FIRST_STEPS}"


def _show_calls(cli: CliContext, found: Status) -> None:
    """Say what stands between now and the next calls to Spotify."""
    used, limit = found.lookups.calls_today, cli.settings.spotify_daily_call_budget
    if found.pause is not None:
        cli.line(
            f"pause        no call to Spotify before {to_iso(found.pause.until)}: {found.pause.reason}"
        )
    if used or found.sign_in.signed_in:
        told = f"{used:,} of {limit:,} calls" if limit else counted(used, "call")
        end = "" if limit else ", without a limit"
        cli.line(f"budget       {told} to Spotify in the last 24 hours{end}")
    if found.kept.pages:
        waiting = "1 page is" if found.kept.pages == 1 else f"{found.kept.pages:,} pages are"
        cli.line(
            f"fetch        not finished: {waiting} kept, and the next fetch goes on from there"
        )


def _show_problems(cli: CliContext, found: Status) -> None:
    for name, at in found.suspects:
        cli.line(
            f"suspect      {name}, {to_iso(at)}: kept aside until a later export agrees, or --accept"
        )
    for file in found.quarantined:
        line = "" if file.line is None else f", line {file.line}"
        cli.line(f"set aside    {file.path}{line}: {file.reason}")


def _show_runs(cli: CliContext, found: Status) -> None:
    for run in found.runs:
        end = "did not end" if run.exit_code is None else f"exit {run.exit_code}"
        cli.line(f"run {run.id:<8} {to_iso(run.started_at)}  {run.command}  {end}")


def _show_lookups(cli: CliContext, found: LookupFigures) -> None:
    from syncengine.jobs.lookup_figures import DAYS

    if found.hit_rate is not None:
        cli.line(
            f"lookups      {found.total:,} in {DAYS} days, {found.hit_rate:.0%} from what is stored; "
            f"{counted(found.calls_made, 'call')} made, {found.calls_saved:,} saved"
        )
    if found.fallbacks:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in found.fallbacks.items())
        cli.line(f"fallbacks    {sum(found.fallbacks.values()):,}: {reasons}")


def _show_remediation(cli: CliContext, found: RemediationFigures) -> None:
    if found.found is None or found.found_at is None:
        return
    part = "" if found.found.whole else ", in a part of the library"
    names = found.found.names
    told = f"; {counted(names, 'name')} told otherwise by exports and Spotify" if names else ""
    cli.line(
        f"remediation  {counted(found.mismatches, 'mismatch', 'mismatches')} found "
        f"{to_iso(found.found_at)}{part}{told}"
    )
    if found.fixed_at is not None:
        cli.line(
            f"put right    {found.last_fixed:,} {to_iso(found.fixed_at)}, {found.fixed:,} in all"
        )
