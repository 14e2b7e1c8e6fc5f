from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.edits import NO_DECISIONS, Decisions
from syncengine.core.identity import TrackKey
from syncengine.core.plan import Agreed, Agreement, Base, Plan, Tally
from syncengine.core.scope import WHOLE, Scope
from syncengine.core.track import Release
from syncengine.errors import NotFound
from syncengine.jobs.reconcile import Wishes, plan_reconcile
from tests.plan_builders import NOON, Shelf, agree, catalog_playlist, catalog_track, item


@dataclass
class Library:
    held: Sequence[CatalogTrack]

    def tracks(self) -> Iterable[CatalogTrack]:
        return iter(self.held)

    def playlists(self) -> Iterable[CatalogPlaylist]:
        return iter([catalog_playlist()])


@dataclass
class Agreements:
    """What the sinks last agreed to."""

    items: dict[str, list[Agreed]] = field(default_factory=dict)
    whole: dict[str, Agreement] = field(default_factory=dict)

    def agreed(self, sink: str) -> Iterable[Agreed]:
        return self.items.get(sink, [])

    def agreement(self, sink: str) -> Agreement | None:
        return self.whole.get(sink)

    def decisions(self, sink: str) -> Decisions:
        return NO_DECISIONS


LIBRARY = Library(
    [
        catalog_track(
            f"spotify:local:{number}",
            artists=(f"Artist {number}",),
            release=Release(f"Album {number}"),
            places=[("csv:road_trip", NOON)],
        )
        for number in range(40)
    ]
)
SINKS = (NotionSink(), Shelf(wants=[item("track", "t")]))


def _plan(
    library: Library = LIBRARY,
    agreed: dict[str, list[Agreed]] | None = None,
    scope: Scope = WHOLE,
    lifted: Sequence[str] = (),
    whole: dict[str, Agreement] | None = None,
) -> Plan:
    return plan_reconcile(
        catalog=library,
        base=Base(7, "digest"),
        agreements=Agreements(agreed or {}, whole or {}),
        sinks=SINKS,
        clock=lambda: NOON,
        wishes=Wishes(scope, frozenset(lifted)),
    ).plan


def _agreed(plan: Plan) -> dict[str, list[Agreed]]:
    return {name: agree(sink, []) for name, sink in plan.sinks.items()}


def test_a_first_plan_creates_everything_in_every_sink() -> None:
    plan = _plan()
    assert plan.created_at == NOON
    assert plan.base == Base(7, "digest")
    assert plan.sinks["notion"].summary == Tally(create=121)
    assert plan.sinks["shelf"].summary == Tally(create=1)
    assert plan.sinks["notion"].estimate.calls == 121


def test_once_agreed_there_is_nothing_to_do() -> None:
    first = _plan()
    second = _plan(agreed=_agreed(first))
    assert second.empty
    assert second.sinks["notion"].summary == Tally(unchanged=121)


def test_while_library_and_rules_are_as_they_were_a_sink_that_agreed_is_not_compared() -> None:
    agreed = Agreement("digest", NotionSink().rules, {"track": 40})
    plan = _plan(whole={"notion": agreed})
    assert plan.sinks["notion"].summary == Tally(unchanged=40)
    assert plan.sinks["shelf"].summary == Tally(create=1)
    for other in (replace(agreed, library="another"), replace(agreed, rules="0 track")):
        assert _plan(whole={"notion": other}).sinks["notion"].summary == Tally(create=121)
    narrow = Scope(tracks=frozenset({TrackKey("spotify:local:3")}))
    assert not _plan(whole={"notion": agreed}, scope=narrow).empty


def test_a_guard_refuses_its_own_sink_only() -> None:
    agreed = _agreed(_plan())
    rest = Library(LIBRARY.held[30:])
    plan = _plan(rest, agreed)
    assert plan.refused
    assert [each.guard for each in plan.sinks["notion"].refusals] == ["mass-deletion"]
    assert plan.sinks["notion"].summary.remove == 90
    assert plan.sinks["shelf"].refusals == ()
    assert not _plan(rest, agreed, lifted=["mass-deletion"]).refused


def test_an_emptied_library_is_refused() -> None:
    plan = _plan(Library([]), _agreed(_plan()))
    assert [each.guard for each in plan.sinks["notion"].refusals] == ["emptied-source"]


def test_a_limited_plan_is_for_what_was_named_and_what_it_needs() -> None:
    plan = _plan(scope=Scope(tracks=frozenset({TrackKey("spotify:local:3")})))
    actions = plan.sinks["notion"].actions
    assert [action.title for action in actions] == ["Artist 3", "Album 3", "Road trip", "A song"]
    assert plan.sinks["shelf"].actions == ()


def test_a_name_that_no_sink_knows_is_not_found() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        _plan(scope=Scope(tracks=frozenset({TrackKey("nowhere")})))
