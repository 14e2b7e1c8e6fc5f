from __future__ import annotations

from dataclasses import replace

import pytest

from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.catalog import CatalogTrack
from syncengine.core.moment import Instant
from syncengine.core.plan import Estimate, SinkPlan
from syncengine.core.reconcile import plan_sink
from syncengine.core.track import Provenance
from tests.plan_builders import NOON, agree, catalog_track

BEFORE = catalog_track(popularity=50, sources={"recording": Provenance("exportify.net", NOON)})


def _replan(sink: NotionSink, after: CatalogTrack) -> SinkPlan:
    agreed = agree(plan_sink(sink, sink.desired([BEFORE], []), []), [])
    return plan_sink(sink, sink.desired([after], []), agreed)


@pytest.mark.parametrize(
    ("popularity", "always", "written"),
    [(54, False, 0), (46, False, 0), (55, False, 1), (45, False, 1), (51, True, 1), (50, True, 0)],
)
def test_popularity_is_a_reason_to_write_from_five_points_on(
    popularity: int, always: bool, written: int
) -> None:
    sink = NotionSink(popularity_always=always)
    assert len(_replan(sink, replace(BEFORE, popularity=popularity)).actions) == written


def test_another_source_of_the_same_facts_writes_no_page() -> None:
    said = {"recording": Provenance("exportify.app", Instant(NOON + 9))}
    after = replace(BEFORE, facts=replace(BEFORE.facts, sources=said))
    assert _replan(NotionSink(), after).actions == ()


def test_the_estimate_is_a_call_for_each_page_at_the_pace_of_the_settings() -> None:
    sink = NotionSink()
    actions = plan_sink(sink, sink.desired([BEFORE], []), []).actions
    assert sink.estimate(actions) == Estimate(2, 0.7)
    assert sink.estimate(list(actions) * 7560) == Estimate(15_120, 84 * 60)
    assert NotionSink(requests_per_minute=60).estimate(actions) == Estimate(2, 2.0)
    assert sink.estimate([replace(actions[0], action="conflict")]) == Estimate(0, 0)
    assert sink.estimate([]) == Estimate(0, 0)
