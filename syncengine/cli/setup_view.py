"""What was found about how a sink is set up, for a person and for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from syncengine.cli.text import counted
from syncengine.core.setup import Finding, Place, SetUp

_NAMED = 6
"""How many fields of one finding are named."""
_STATES = {
    "created": "made",
    "found": "made by an earlier run, and found again",
    "adopted": "used as it is",
    "kept": "there",
}


def document(report: SetUp) -> dict[str, object]:
    """Return what was found as its JSON says it."""
    return {
        "databases": [
            {
                "entity": each.entity,
                "data_source_id": each.address,
                "state": each.state,
                "added": list(each.added),
            }
            for each in report.places
        ],
        "findings": [
            {
                "entity": each.entity,
                "property": each.field,
                "problem": each.problem,
                "advice": each.advice,
                "stops": each.stops,
            }
            for each in report.findings
        ],
        "calls": sum(report.calls.values()),
        "endpoints": dict(report.calls),
    }


def place_line(place: Place) -> str:
    """Return one line on where an entity is kept."""
    added = f", added {_several(place.added)}" if place.added else ""
    return f"{place.entity.capitalize()}s: {_STATES[place.state]}{added}"


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield two lines for each problem: what it is, and what to do; fields with one problem share it."""
    for finding, names in _grouped(findings).items():
        where = "" if finding.entity is None else f"{finding.entity.capitalize()}s"
        about = ", ".join(part for part in (where, _several(names)) if part)
        head = "stops" if finding.stops else "note"
        yield f"{head}: {about}: {finding.problem}" if about else f"{head}: {finding.problem}"
        yield f"  {finding.advice}"


def _grouped(findings: Iterable[Finding]) -> Mapping[Finding, list[str]]:
    found: dict[Finding, list[str]] = {}
    for each in findings:
        shared = Finding(each.entity, None, each.problem, each.advice, each.stops)
        names = found.setdefault(shared, [])
        if each.field is not None:
            names.append(each.field)
    return found


def _several(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _NAMED
    if more <= 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:_NAMED])} and {counted(more, 'other')}"
