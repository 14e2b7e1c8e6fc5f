"""What ``history restore`` would do, and did, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from syncengine.jobs.restore import Restore

TITLES = ("position", "uri", "title", "added_at", "added_by", "left_out")
"""The columns of what a playlist held."""
_SHOWN = 5


def document(plan: Restore, *, dry_run: bool) -> dict[str, object]:
    """Return what would be done, as its JSON says it."""
    return {
        "dry_run": dry_run,
        "plan": plan.id,
        "playlist": plan.name,
        "key": plan.shown_key,
        "at": to_iso(plan.at),
        "observed_at": to_iso(plan.observed_at),
        "in_place": plan.key is not None,
        "target": [each.name for each in plan.wanted] or [plan.name],
        "compared_with_now": {"comes": plan.comes, "goes": plan.goes},
        "estimate": plan.calls,
        "losses": _losses(plan),
        "left_out": [
            {
                "position": each.position,
                "uri": each.track,
                "title": each.title,
                "reason": each.reason,
            }
            for each in plan.left_out
        ],
        "entries": rows(plan),
    }


def rows(plan: Restore) -> list[dict[str, object]]:
    """Return what the playlist held, as JSON and CSV say it."""
    left = {each.position: each.reason for each in plan.left_out}
    return [
        dict(
            zip(
                TITLES,
                (
                    position,
                    entry.track,
                    plan.titles[position],
                    None if entry.added_at is None else to_iso(entry.added_at),
                    entry.added_by,
                    left.get(position),
                ),
                strict=True,
            )
        )
        for position, entry in enumerate(plan.entries)
    ]


def _losses(plan: Restore) -> list[str]:
    """Return what the Web API cannot bring back, one sentence each."""
    if plan.key is None:
        return ["all entries will bear today's date, and you as who added them"]
    found = []
    if plan.is_anew:
        found.append(
            "it is written anew, so all entries will bear today's date, and you as who added them"
        )
    elif plan.comes:
        found.append(
            f"{counted(plan.comes, 'entry', 'entries')} that came back will bear today's date, and you "
            "as who added them"
        )
    if plan.goes:
        found.append(
            f"{counted(plan.goes, 'entry', 'entries')} that were not there then go, with their dates; the "
            "library remembers them"
        )
    files = sum(each.startswith("spotify:local:") for each in plan.stored)
    if files and plan.is_anew:
        found.append(f"{counted(files, 'local file')} of yours that are in it now go")
    return found


def show(cli: CliContext, plan: Restore) -> None:
    """Say what would be done, as a person wants to hear it."""
    cli.line(
        f"{plan.name} as of {to_iso(plan.at)} (seen {to_iso(plan.observed_at)}): "
        f"{counted(len(plan.entries), 'entry', 'entries')}"
    )
    cli.line(
        f"against what the library holds of it now, {plan.comes:,} would come and {plan.goes:,} would go"
    )
    if plan.key is None:
        for each in plan.wanted:
            cli.line(
                f"makes the private playlist {each.name!r} of {counted(len(each.tracks), 'entry', 'entries')}"
            )
    else:
        cli.line(f"changes the playlist itself: {plan.key}")
    for sentence in _losses(plan):
        cli.line(f"  - {sentence}")
    if plan.left_out:
        cli.line(f"{counted(len(plan.left_out), 'entry', 'entries')} cannot be brought back:")
        listed = [
            (each.position, each.title or each.track, each.reason)
            for each in plan.left_out[:_SHOWN]
        ]
        cli.show(table(("position", "title", "because"), listed))
        if (more := len(plan.left_out) - _SHOWN) > 0:
            cli.line(f"  and {more:,} more; --csv lists them all")
