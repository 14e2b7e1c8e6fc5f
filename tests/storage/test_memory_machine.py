"""The memory against a plain list of observations, over any sequence of what can happen to it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Source
from syncengine.storage.memory import Memory
from syncengine.storage.repositories.judgements import DIFFERENT, SAME, judge_playlists
from tests.builders import DAY, HOUR, NOW, Seen, enrich, make_database, observe
from tests.library_checks import check_library, check_tables
from tests.plain_library import PlainLibrary, Roster
from tests.sightings import KEYS, MANY, edits, files, sightings

MOMENTS = [DAY * day + shift for day in range(1, 5) for shift in (0, HOUR - 1, HOUR)]


class MemoryMachine(RuleBasedStateMachine):
    """What happens to a memory; the plain library hears the same."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = make_database(self.folder)
        self.plain = PlainLibrary()
        self.numbers: list[int] = []
        """Observations' row numbers, beside ``plain.told``."""
        self.stack = ExitStack()
        self.unit = self.stack.enter_context(self.database.unit())
        self.next = DAY

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            check_library(self.unit, self.plain)
            self.stack.close()
            shutil.rmtree(self.folder)

    @property
    def memory(self) -> Memory:
        return self.unit.memory

    @rule()
    def reopen(self) -> None:
        self.unit.commit()
        self.stack.close()
        self.unit = self.stack.enter_context(self.database.unit())

    def record(self, seen: Sequence[Seen]) -> None:
        new: list[Seen] = []
        for each in seen:
            mark = (each.key, each.at, each.source, each.digest)
            if not self.plain.knows(each) and mark not in [
                (n.key, n.at, n.source, n.digest) for n in new
            ]:
                new.append(each)
        if new:
            snapshot, settled = observe(self.memory, *new)
            self.numbers += settled.effects
            self.plain.record(snapshot, new)
            self.next = max(self.next, *(each.at + HOUR for each in new))

    @rule(data=st.data(), size=st.integers(1, 3))
    def record_in_order(self, data: st.DataObject, size: int) -> None:
        at = self.next + data.draw(st.sampled_from([0, HOUR - 1, HOUR, DAY]), "later by")
        known = [each.seen.rows for each in self.plain.told]
        self.record([data.draw(sightings(known, at)) for _ in range(size)])

    @rule(data=st.data(), size=st.integers(1, 3))
    def record_at_any_time(self, data: st.DataObject, size: int) -> None:
        moments = st.sampled_from(MOMENTS + [each.seen.at for each in self.plain.told])
        known = [each.seen.rows for each in self.plain.told]
        self.record([data.draw(sightings(known, data.draw(moments, "at"))) for _ in range(size)])

    @precondition(lambda self: self.plain.told)
    @rule(data=st.data())
    def rename(self, data: st.DataObject) -> None:
        """A content is seen under another key, a day later."""
        old = data.draw(st.sampled_from(self.plain.told)).seen
        key = data.draw(st.sampled_from(KEYS))
        rows = data.draw(st.just(old.rows) | edits(old.rows))
        self.record([Seen(key, old.at + DAY, rows)])

    @rule(key=st.sampled_from(KEYS), left=st.integers(0, 3))
    def collapse(self, key: str, left: int) -> None:
        """A playlist loses most of what it had, and a day later it is seen so again."""
        at = self.next
        for day, rows in enumerate((MANY, MANY[:left], MANY[:left])):
            self.record([Seen(key, at + day * DAY, rows)])

    @precondition(lambda self: self.plain.told)
    @rule(data=st.data(), later=st.sampled_from([1, HOUR, DAY // 2]))
    def interject(self, data: st.DataObject, later: int) -> None:
        """What was seen of a playlist before, or all of it, turns up again soon after another sight."""
        told = data.draw(st.sampled_from(self.plain.told)).seen
        same = [each.seen.rows for each in self.plain.told if each.seen.key == told.key]
        rows = data.draw(st.sampled_from([MANY, *same]))
        self.record([Seen(told.key, told.at + later, rows, inferred=data.draw(st.booleans()))])

    @precondition(lambda self: self.plain.told)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        told = data.draw(st.sampled_from(self.plain.told), "of this snapshot")
        kept = [
            (number, each)
            for number, each in zip(self.numbers, self.plain.told, strict=True)
            if each.snapshot != told.snapshot
        ]
        count = self.memory.drop(told.snapshot)
        assert count == len(self.numbers) - len(kept)
        self.numbers = [number for number, _ in kept]
        self.plain.drop(told.snapshot)

    @precondition(lambda self: self.plain.told)
    @rule(data=st.data(), shift=st.sampled_from([0, 0, 1, DAY]))
    def call_the_roll(self, data: st.DataObject, shift: int) -> None:
        told = data.draw(st.sampled_from(self.plain.told))
        at = Instant(told.seen.at + shift)
        listed = data.draw(st.frozensets(st.sampled_from(sorted(self.plain.keys))))
        own = data.draw(st.booleans(), "in a snapshot of its own")
        source = data.draw(st.sampled_from(Source))
        snapshot = told.snapshot
        if own:
            snapshot = self.memory.timeline.add_snapshot(
                run=None, source=source, taken_at=at, recorded_at=NOW
            )
        keys = self.memory.timeline.keys()
        self.memory.record_roster(snapshot, at, source, {keys[key].id for key in listed})
        self.plain.rosters.append(Roster(at, listed, snapshot, source))

    @precondition(lambda self: self.plain.told)
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        places = st.sampled_from(range(len(self.plain.told)))
        chosen = data.draw(st.sets(places, min_size=1, max_size=2))
        self.memory.accept([self.numbers[place] for place in chosen])
        for place in chosen:
            self.plain.told[place].accepted = True

    @precondition(lambda self: self.plain.rosters)
    @rule(data=st.data())
    def drop_a_roll(self, data: st.DataObject) -> None:
        roster = data.draw(st.sampled_from(self.plain.rosters))
        if all(told.snapshot != roster.snapshot for told in self.plain.told):
            self.memory.drop(roster.snapshot)
            self.plain.drop(roster.snapshot)

    @precondition(lambda self: len(self.plain.keys) > 1)
    @rule(data=st.data(), same=st.booleans())
    def judge(self, data: st.DataObject, same: bool) -> None:
        keys = st.sampled_from(sorted(self.plain.keys))
        left, right = data.draw(st.lists(keys, min_size=2, max_size=2, unique=True))
        judge_playlists(self.unit.connection, SAME if same else DIFFERENT, left, right, NOW)
        self.memory.reconsider()
        self.plain.judge(frozenset((PlaylistKey(left), PlaylistKey(right))), same=same)

    @precondition(lambda self: self.unit.enrichment.known())
    @rule(data=st.data())
    def enrich(self, data: st.DataObject) -> None:
        """A file is applied: of before all that is known, between it, or of later."""
        said = data.draw(files(sorted(self.unit.enrichment.known()), MOMENTS), "says")
        number = enrich(self.unit, max(each.at for each in said), *said)
        self.plain.enriched[number] = said

    @precondition(lambda self: self.plain.enriched)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.plain.enriched)))
        self.unit.enrichment.undo(number, NOW)
        del self.plain.enriched[number]

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "stack"):
            check_tables(
                self.unit, self.plain, dict(zip(self.numbers, self.plain.told, strict=True))
            )


TestMemory = MemoryMachine.TestCase
TestMemory.settings = settings(
    max_examples=max(40, settings().max_examples // 4),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
