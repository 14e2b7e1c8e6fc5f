"""What a merge would do, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.moment import Instant, to_iso

if TYPE_CHECKING:
    from syncengine.core.merging import Kept
    from syncengine.jobs.merge import MergePlan

_SAMPLE = 10
_PAIRS = 10
_LEFT_OUT = 5


def document(plan: MergePlan, at: Instant) -> dict[str, object]:
    """Return the report of a merge as its JSON says it; ``at`` is when it was made."""
    merged = plan.merged
    most = sorted(merged.result, key=lambda each: (-each.playlists, -each.entries))[:_SAMPLE]
    return {
        "plan": plan.id,
        "name": plan.name,
        "at": to_iso(at),
        "order": merged.order,
        "match": plan.wish.match,
        "sources": [
            {
                "key": each.key,
                "playlist": each.name,
                "entries": len(each.entries),
                "recordings": merged.sizes[each.key],
                "observed_at": to_iso(each.observed_at),
                "source": each.source,
            }
            for each in merged.origins
        ],
        "entries_before": merged.entries,
        "unique_after": len(merged.result),
        "removed": dict(merged.removed),
        "parts": _parts(plan),
        "overlaps": [
            {"playlists": [each.one, each.other], "recordings": each.recordings}
            for each in merged.overlaps
        ],
        "weights": {
            "in_playlists": {str(size): count for size, count in merged.weights.items()},
            "most": _listed(plan, most),
        },
        "sample": _listed(plan, merged.result[:_SAMPLE]),
        "replaced": [
            {
                "uri": each.track,
                "title": plan.title(each.track),
                "kept": each.kept,
                "kept_title": plan.title(each.kept),
                "kind": each.kind,
                "rule": each.rule,
            }
            for each in merged.replaced
        ],
        "left_out": [
            {
                "playlist": each.playlist,
                "position": each.position,
                "uri": each.track,
                "title": plan.title(each.track),
                "reason": each.reason,
            }
            for each in merged.left_out
        ],
        "estimate": plan.calls,
        "begun": plan.begun,
        "unfinished": list(plan.unfinished),
        "tracks": [each.track for each in merged.result],
    }


def _parts(plan: MergePlan) -> list[dict[str, object]]:
    if plan.wish.for_file:
        return [{"name": plan.name, "entries": len(plan.merged.result)}]
    return [{"name": each.name, "entries": len(each.tracks)} for each in plan.wanted]


def _listed(plan: MergePlan, some: Sequence[Kept]) -> list[dict[str, object]]:
    return [
        {
            "uri": each.track,
            "title": plan.title(each.track),
            "entries": each.entries,
            "playlists": each.playlists,
            "added_at": None if each.added_at is None else to_iso(each.added_at),
        }
        for each in some
    ]


def show(cli: CliContext, plan: MergePlan) -> None:
    """Say what a merge would do, as a person wants to hear it."""
    merged = plan.merged
    rows = [
        (
            each.name,
            f"{len(each.entries):,}",
            f"{merged.sizes[each.key]:,}",
            to_iso(each.observed_at),
            each.source,
        )
        for each in merged.origins
    ]
    cli.show(table(("playlist", "entries", "recordings", "as seen", "by"), rows))
    cli.line(
        f"{counted(merged.entries, 'entry', 'entries')} before, "
        f"{counted(len(merged.result), 'recording')} after, in the order {merged.order}"
    )
    cli.line(f"removed: {', '.join(f'{count:,} {rule}' for rule, count in merged.removed.items())}")
    _show_overlaps(cli, plan)
    weights = ", ".join(f"{count:,} in {size}" for size, count in merged.weights.items())
    cli.line(f"recordings by the number of playlists that hold them: {weights}")
    most = sorted(merged.result, key=lambda each: (-each.playlists, -each.entries))[:_LEFT_OUT]
    _show_tracks(cli, plan, "the most weighted", most)
    _show_tracks(cli, plan, "how it begins", merged.result[:_LEFT_OUT])
    _show_left_out(cli, plan)
    if len(plan.wanted) > 1:
        names = ", ".join(f"{each.name} ({len(each.tracks):,})" for each in plan.wanted)
        cli.line(f"Spotify's playlists take 10,000 entries, so it is split: {names}")


def _show_overlaps(cli: CliContext, plan: MergePlan) -> None:
    overlaps = plan.merged.overlaps
    if not overlaps:
        return
    names = {each.key: each.name for each in plan.merged.origins}
    rows = [
        (names[each.one], names[each.other], f"{each.recordings:,}") for each in overlaps[:_PAIRS]
    ]
    cli.show(table(("playlist", "and", "recordings in both"), rows))
    if (more := len(overlaps) - _PAIRS) > 0:
        cli.line(f"  and {more:,} more pairs; the report has them all")


def _show_tracks(cli: CliContext, plan: MergePlan, about: str, some: Sequence[Kept]) -> None:
    cli.line(f"{about}:")
    for each in some:
        where = f"{each.playlists} playlists" if each.playlists > 1 else "1 playlist"
        cli.line(
            f"  {plan.title(each.track)}  ({where}, {counted(each.entries, 'entry', 'entries')})"
        )


def _show_left_out(cli: CliContext, plan: MergePlan) -> None:
    left_out = plan.merged.left_out
    if not left_out:
        return
    cli.line(f"{counted(len(left_out), 'entry', 'entries')} left out:")
    for each in left_out[:_LEFT_OUT]:
        cli.line(f"  {plan.title(each.track)}: {each.reason}")
    if (more := len(left_out) - _LEFT_OUT) > 0:
        cli.line(f"  and {more:,} more; the report lists them all")
