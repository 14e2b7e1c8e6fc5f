"""Saying of files that were kept aside why they were, and what a person can do."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.core.snapshot import LOST_AT_LEAST
from syncengine.jobs.candidate import Candidate
from syncengine.storage.repositories.timeline import Timeline


def explain_suspects(timeline: Timeline, suspects: Mapping[int, Candidate]) -> None:
    """Warn in the report of each file that is suspect still; ``suspects`` are by observation."""
    doubtful = {n: one for n, one in suspects.items() if one.report.status == "suspect"}
    came_before = _came_before(timeline, doubtful)
    for number, (told, held) in timeline.sizes(doubtful).items():
        one = doubtful[number]
        remedy = "a later export that agrees confirms it"
        if told == 0:
            why = f"it came back empty, where {held:,} entries were"
        elif held - told > LOST_AT_LEAST and told * 2 < held:
            why = f"it has {told:,} entries, where {held:,} were"
        elif one.inferred and number in came_before:
            why = "an older file came back under a newer time"
            remedy = "give its own time with --taken-at"
        else:
            why = f"most of the {held:,} entries that were there are not in it"
        one.report.warnings.append(f"kept aside: {why}; {remedy}, or say --accept {one.stem!r}")


def _came_before(timeline: Timeline, suspects: Mapping[int, Candidate]) -> set[int]:
    """Return the observations whose bytes others had as well."""
    having: dict[bytes, set[int]] = {}
    found = timeline.seen_bytes({one.digest for one in suspects.values()})
    for (_, digest), seen in found.items():
        having.setdefault(digest, set()).update(each.id for each in seen)
    return {number for number, one in suspects.items() if having.get(one.digest, set()) - {number}}
