"""What a remediation found, as its JSON says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.carrying_out import documents
from syncengine.cli.exits import code_of
from syncengine.cli.reconciling import document as plan_document
from syncengine.core.finding import Finding, Fix, NameMismatch
from syncengine.core.moment import Instant, to_iso

if TYPE_CHECKING:
    from syncengine.cli.remediating import Outcome
    from syncengine.jobs.compare_api import Compared


def document(outcome: Outcome) -> dict[str, object]:
    """Return the document, without its head; the plan and what came of it are as in ``reconcile --json``."""
    told: dict[str, object] = {
        "basis": outcome.basis,
        "reason": outcome.why or None,
        "error": None if outcome.error is None else {
            "code": int(code_of(outcome.error)), "message": str(outcome.error),
        },
        "checked": dict(outcome.judged.checked),
        "counts": outcome.counts,
        "fixed": outcome.fixed,
        "findings": [_finding(found, fix) for found, fix in outcome.rows if not found.theirs],
        "theirs": [_finding(found, fix) for found, fix in outcome.rows if found.theirs],
        "name_mismatches": [_name(each) for each in outcome.judged.names],
        "api": None if outcome.compared is None else _api(outcome.compared),
    }  # fmt: skip
    if outcome.plan is not None:
        told["plan"] = plan_document(outcome.plan)
    if outcome.plan is not None and outcome.reports:
        told["applied"] = documents(outcome.plan.sinks, outcome.reports)
    return told


def _finding(found: Finding, fix: Fix) -> dict[str, object]:
    from syncengine.bootstrap.remediation import shown_name

    return {
        "kind": found.kind,
        "where": found.where,
        "entity": found.entity,
        "key": found.key or None,
        "title": found.title,
        "page": found.address,
        "field": None if found.field is None else shown_name(found.field),
        "there": found.there,
        "library": found.ours,
        "source": found.source,
        "since": _iso(found.since),
        "detail": found.detail or None,
        "status": fix.status,
        "reason": fix.reason or None,
    }


def _name(each: NameMismatch) -> dict[str, object]:
    return {
        "uri": each.track,
        "field": each.field,
        "api": {"value": each.api, "since": to_iso(each.api_at)},
        "csv": {"value": each.csv, "source": each.csv_source, "since": to_iso(each.csv_at)},
    }


def _api(compared: Compared) -> dict[str, object]:
    return {
        "asked": compared.asked,
        "answered_lately": compared.fresh,
        "left": compared.left,
        "stopped": None if compared.stopped is None else compared.stopped._asdict(),
    }


def _iso(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)
