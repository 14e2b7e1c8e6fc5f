"""Runs against the double that may die at any step, as a process does that is killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from syncengine.adapters.notion import setup
from syncengine.adapters.notion.asking import Ask, Json
from syncengine.adapters.notion.shelf import Shelves
from syncengine.adapters.notion.wire import STEADY, NotionWire
from syncengine.adapters.notion.writer import NotionWriter
from syncengine.bootstrap import notion, sinks
from syncengine.bootstrap.sink_wishes import NO_SINK_WISHES
from syncengine.config import Settings
from syncengine.core.plan import Plan
from syncengine.core.sink import Sink
from syncengine.jobs.apply_report import ApplyReport, Progress
from syncengine.jobs.reconcile import NO_WISHES, Wishes
from syncengine.jobs.reconciling import (
    Hand,
    Prepared,
    Tools,
    carry_out,
    prepare,
    prepare_saved,
)
from syncengine.jobs.runs import recorded_run
from syncengine.storage.unit_of_work import Database, UnitOfWork
from tests.builders import make_database
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import OLD
from tests.fakes.notion_wired import Time, wired

PATIENCE = 0.3
"""Seconds of real time that a request waits for an answer."""


class Killed(BaseException):
    """The process is gone: nothing of it does anything any more."""


class Life:
    """What a process can still do: so many steps, which are requests and transactions; None is no end.

    A request has two: one before it leaves, one when its answer is there. With ``writes`` it is over when
    so many of those that change something were answered.
    """

    def __init__(self, steps: int | None = None, *, writes: int | None = None) -> None:
        self._steps = steps
        self._writes = writes
        self._lock = Lock()

    def step(self) -> None:
        """Live on, or raise Killed, and from then on always."""
        with self._lock:
            if self._steps is not None:
                self._steps -= 1
                if self._steps < 0:
                    raise Killed

    def written(self) -> None:
        """Live on after something was changed, or raise Killed."""
        with self._lock:
            if self._writes is not None:
                self._writes -= 1
                self._steps = self._steps if self._writes else 0
        self.step()


class MortalWire:
    """Fulfils ``asking.Wire`` for as long as its process lives."""

    def __init__(self, wire: NotionWire, life: Life) -> None:
        self._wire = wire
        self._life = life
        self._before = Counter(wire.calls)

    @property
    def calls(self) -> Mapping[str, int]:
        return Counter(self._wire.calls) - self._before

    def read(self, endpoint: str, ask: Ask) -> Json:
        self._life.step()
        answer = self._wire.read(endpoint, ask)
        self._life.step()
        return answer

    def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
        self._life.step()
        answer = self._wire.write(endpoint, ask, repeatable=repeatable)
        self._life.written()
        return answer


@dataclass(frozen=True)
class Order:
    """How a run is wanted; ``saved`` is a plan to apply, and the others do not matter then."""

    wishes: Wishes = NO_WISHES
    refresh: bool = False
    limit: int | None = None
    saved: Plan | None = None
    dry: bool = False


@dataclass
class Came:
    """What a run came to; what it did not live to see is None."""

    prepared: Prepared | None = None
    report: ApplyReport | None = None
    calls: Mapping[str, int] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        assert self.prepared is not None
        return self.prepared.plan


@dataclass
class Lives:
    """A library, a double that is set up for it, and runs between the two; close it in the end."""

    folder: Path
    in_flight: int = 1
    version: str = OLD
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        self.double = self._stack.enter_context(NotionDouble(clock=self.time.doubles))
        make_database(self.folder)
        self.database = Database(f"sqlite:///{self.folder / 'library.db'}", self.time.clock)
        self._stack.enter_context(self.database.kept_open())
        home = self.double.home("Music")
        self.settings = Settings.load(
            environ={
                **self.double.environment,
                "NOTION_PARENT_PAGE_ID": home.id,
                "NOTION_VERSION": self.version,
            }
        )
        self._wired: NotionWire | None = None
        with self._wire() as wire:
            setup.set_up(wire, self._shelves, notion.wanted(self.settings))
        self.shelves = self._shelves.read()
        """Where the databases are."""

    def close(self) -> None:
        """Serve no more."""
        self._stack.close()

    @property
    def _shelves(self) -> Shelves:
        return notion.shelves_of(self.database, self.time.clock)

    @contextmanager
    def _wire(self) -> Iterator[NotionWire]:
        """Open a wire; one that was not stopped serves again, for a new one takes a while."""
        if self._wired is None:
            policy = replace(STEADY, timeout=PATIENCE)
            self._wired = wired(self.double, self.time, version=self.version, policy=policy)
            self._stack.callback(self._wired.close)
        yield self._wired

    def _stop(self) -> None:
        if self._wired is not None:
            self._wired.stop()
            self._wired = None

    @contextmanager
    def hand(self, life: Life) -> Iterator[Hand]:
        """Open a sink with what writes to it."""
        time, shelves = self.time, self._shelves
        with self._wire() as wire:
            writer = NotionWriter(
                MortalWire(wire, life), shelves.read(), shelves.write, time.sleep, time.clock,
                in_flight=self.in_flight, stop=self._stop,
            )  # fmt: skip
            yield Hand(self.sink(), writer)

    def sink(self) -> Sink:
        """Return what is wanted of Notion."""
        with self.database.reading() as unit:
            return sinks.notion_sink(self.settings, unit, NO_SINK_WISHES)

    def tools(self, life: Life, run: int = 0) -> Tools:
        """Return what a run works with."""

        @contextmanager
        def open_unit() -> Iterator[UnitOfWork]:
            life.step()
            with self.database.unit() as unit:
                yield unit
            life.step()

        return Tools(open_unit, self.time.clock, run)

    def run(
        self,
        order: Order,
        life: Life | None = None,
        progress: Progress = lambda _done, _failed, _total: None,
        prepared: Callable[[Prepared], None] = lambda _prepared: None,
        came: Came | None = None,
    ) -> Came:
        """Do what the command line does for an order; ``prepared`` is told before anything is written."""
        life, came = life or Life(), came or Came()
        with (
            self.hand(life) as hand,
            recorded_run(self.tools(life).open_unit, "reconcile", self.time.clock) as run,
        ):
            tools = self.tools(life, run.id)
            try:
                if order.saved is not None:
                    came.prepared = prepare_saved([hand], tools, order.saved)
                else:
                    came.prepared = prepare([hand], tools, order.wishes, refresh=order.refresh)
                prepared(came.prepared)
                if not order.dry:
                    planned = came.prepared.planned
                    came.report = carry_out(hand, planned, tools, progress, limit=order.limit)
            finally:
                came.calls = hand.writer.calls
        return came
