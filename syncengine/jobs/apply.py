"""Do what a plan says in one sink: journalled, several requests at once, each item by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from syncengine.core.edits import with_edits
from syncengine.core.plan import (
    DELETED,
    IN_TRASH,
    REMOVED,
    TRASHED,
    Action,
    Agreed,
    Related,
    Target,
    Value,
)
from syncengine.core.portion import related
from syncengine.core.ports import Clock
from syncengine.core.sink import Sink
from syncengine.core.writer import Change, Writer, Written
from syncengine.errors import (
    Forbidden,
    Gone,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    SignInNeeded,
    TryLater,
)
from syncengine.jobs.apply_report import ApplyReport, Failure, Progress, silent
from syncengine.jobs.interrupting import uninterrupted
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.translation import Translation
from syncengine.storage.repositories.journal import DONE, Ended, Intent, Undo
from syncengine.storage.repositories.remote import LOOK

FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Means:
    """What an apply works with; units of ``open_unit`` outlive power cuts."""

    sink: Sink
    writer: Writer
    open_unit: OpenUnit
    clock: Clock
    run: int
    can_be_undone: bool = True


def apply(
    actions: Sequence[Action],
    agreed: Mapping[Target, Agreed],
    means: Means,
    progress: Progress = silent,
) -> ApplyReport:
    """Do actions in their order; only who holds the writer's lock may call it.

    ``agreed`` is what the sink is known to hold, as the plan was made from it. A failed item never stops
    the rest; what is about no single item does, and is in the report. When it is interrupted, what is
    under way is finished and written down first.
    """
    return _Applying(agreed, means, progress).run(actions)


@dataclass(frozen=True, slots=True)
class _Flight:
    """A write that is under way, with the number of its intent and its new values in keys."""

    action: Action
    number: int
    pushed: Mapping[str, Value]


class _Applying:
    """One apply, on one thread; only the requests have threads of their own."""

    def __init__(
        self,
        agreed: Mapping[Target, Agreed],
        means: Means,
        progress: Progress,
    ) -> None:
        self._means = means
        self._sink, self._writer = means.sink, means.writer
        self._agreed = dict(agreed)
        self._names = Translation(means.sink, self._agreed, means.clock)
        self._progress = progress
        self._queue: deque[Action] = deque()
        self._flying: dict[Future[Written], _Flight] = {}
        self._landed: deque[Future[Written]] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._ended: list[Ended] = []
        self._settled: dict[Target, Agreed] = {}
        self._gone: list[Action] = []
        self._away: set[Target] = set()
        self._lost: list[Target] = []
        self._total = 0
        self._report = ApplyReport()

    def run(self, actions: Sequence[Action]) -> ApplyReport:
        """Do the actions, and report."""
        self._begin_to_look()
        self._total = len(actions)
        self._do(actions)
        if again := self._without_what_is_away():
            self._do(again)
        report = self._report
        report.left = self._total - report.done - len(report.failed)
        self._look_at_gone()
        return report

    def _do(self, actions: Iterable[Action]) -> None:
        self._queue.extend(actions)
        # What is done in steps is done in order; only its intents are written down many at once.
        threads = 1 if self._writer.in_steps else self._writer.in_flight
        with ThreadPoolExecutor(threads) as pool:
            try:
                while self._queue or self._flying:
                    with uninterrupted():
                        self._start_some(pool)
                    self._land_some()
                    self._progress(self._report.done, len(self._report.failed), self._total)
                    if self._report.stopped:
                        self._queue.clear()
                with uninterrupted():
                    self._write_down([])
            except BaseException:
                self._finish_what_is_under_way()
                raise

    def _begin_to_look(self) -> None:
        """Note since when people may have edited what is written now, where no look was noted yet."""
        now = self._means.clock()
        with self._means.open_unit() as unit:
            book = unit.remote(self._sink.name)
            known = book.notes(LOOK)
            for entity in self._sink.entities:
                if entity not in known:
                    book.note(LOOK, entity, str(now), now)
            unit.commit()

    # ------------------------------------------------------------------------------------ starting

    def _start_some(self, pool: ThreadPoolExecutor) -> None:
        chosen: list[tuple[Action, Change, dict[str, Value]]] = []
        beginning: set[Target] = set()
        while self._may_start(beginning):
            action = self._queue.popleft()
            change, pushed = self._names.change(action)
            if self._has_no_place(action, pushed):
                self._report.failed.append(Failure(action, _placeless(self._sink.name, action)))
                continue
            beginning.add((action.entity, action.key))
            chosen.append((action, change, pushed))
        numbers = self._write_down(
            self._intent(each, change, pushed) for each, change, pushed in chosen
        )
        for number, (action, change, pushed) in zip(numbers, chosen, strict=True):
            flight = _Flight(action, number, pushed)
            future = pool.submit(self._writer.write, change)
            self._flying[future] = flight
            future.add_done_callback(self._land)

    def _has_no_place(self, action: Action, pushed: Mapping[str, Value]) -> bool:
        """Tell whether a thing that stands nowhere but in others would stand in none: none could be made."""
        policies = self._sink.policies.get(action.entity, {})
        return self._sink.forgets and any(
            action.fields[name][1] and not pushed.get(name)
            for name, policy in policies.items()
            if isinstance(policy, Related) and name in action.fields
        )

    def _may_start(self, beginning: Collection[Target]) -> bool:
        if self._report.stopped or not self._queue:
            return False
        if len(self._flying) + len(beginning) >= self._writer.in_flight:
            return False
        # What is related to has to be there first; the order of a plan sees to it that it was begun.
        needed = set(related(self._queue[0], self._sink.policies))
        if self._writer.in_steps:  # and what it is to leave has to be where it will be
            needed |= self._held_by(self._queue[0])
        under_way = {(each.action.entity, each.action.key) for each in self._flying.values()}
        return needed.isdisjoint(under_way) and needed.isdisjoint(beginning)

    def _held_by(self, action: Action) -> set[Target]:
        """Return what a thing is related to now."""
        before = self._agreed.get((action.entity, action.key))
        policies = self._sink.policies.get(action.entity, {})
        held = before.properties if before else {}
        return {
            (policy.to, key)
            for name, policy in policies.items()
            if isinstance(policy, Related) and isinstance(keys := held.get(name), tuple)
            for key in keys
        }

    def _write_down(self, intents: Iterable[Intent]) -> list[int]:
        """Write in one transaction how writes ended, and which are made next."""
        wanted = list(intents)
        if not (wanted or self._ended or self._settled or self._lost):
            return []
        now = self._means.clock()
        with self._means.open_unit() as unit:
            journal = unit.journal(self._sink.name)
            journal.end(self._ended, now)
            if self._settled:
                unit.agreed.save(self._sink.name, self._settled.values(), now)
            if self._lost:
                unit.agreed.forget(self._sink.name, self._lost)
            numbers = journal.intend(self._means.run, wanted, now)
            unit.commit()
        self._ended, self._settled, self._lost = [], {}, []
        return numbers

    def _intent(self, action: Action, change: Change, pushed: Mapping[str, Value]) -> Intent:
        undo = None
        if self._writer.in_steps and self._means.can_be_undone:
            before = self._agreed.get((action.entity, action.key))
            undo = Undo(before.properties if before else None, self._writer.keepsake(change))
        fields = {**pushed, **_marks(action)}
        return Intent(
            action.id, action.action, action.entity, action.key, change.address, fields, undo
        )

    # ------------------------------------------------------------------------------------- ending

    def _land(self, future: Future[Written]) -> None:
        """Take note, in whatever thread, that a write came to its end."""
        self._landed.append(future)
        self._bell.put(None)

    def _land_some(self) -> None:
        """Wait for some of what is under way.

        Only this wait can be interrupted: futures hold locks while one waits for them, and an
        interruption there could leave one locked for ever.
        """
        while self._flying and not self._landed:
            self._bell.get()
        with uninterrupted():
            self._take_in(self._landed.popleft() for _ in range(len(self._landed)))

    def _take_in(self, finished: Iterable[Future[Written]]) -> None:
        for future in finished:
            flight = self._flying.pop(future)
            error = future.exception()
            if error is None:
                self._settle(flight, future.result())
            elif isinstance(error, RemoteError):
                self._fail(flight, error)
            else:
                raise error

    def _settle(self, flight: _Flight, written: Written) -> None:
        action = flight.action
        target = (action.entity, action.key)
        before = self._agreed.get(target)
        self._names.learn(written.address, target)
        if written.note:
            self._report.notes.append(written.note)
        now = self._names.settled(action, before, flight.pushed, written)
        if self._sink.forgets and (action.action == "remove" or not now.properties):
            self._agreed.pop(target, None)
            self._settled.pop(target, None)
            self._lost.append(target)
        else:
            self._agreed[target] = self._settled[target] = now
        self._ended.append(Ended(flight.number, DONE, address=written.address))
        wanted = {name: action.fields[name][1] for name in flight.pushed}
        self._report.exact &= flight.pushed == wanted and not written.left_out & wanted.keys()
        self._report.done += 1
        self._report.ids.add(action.id)
        if lost := written.left_out & wanted.keys():
            self._report.placeless[action.id] = frozenset(lost)

    def _fail(self, flight: _Flight, error: RemoteError) -> None:
        is_about_all = isinstance(error, SignInNeeded | TryLater) or (
            isinstance(error, Forbidden) and error.everything
        )
        if is_about_all:
            self._report.stopped = self._report.stopped or error
        else:
            self._report.failed.append(Failure(flight.action, error))
        if isinstance(error, Forbidden) and error.creating:
            # The others would fail for the same reason; what is there already can be changed.
            self._queue = deque(each for each in self._queue if each.action != "create")
        if isinstance(error, Gone) and flight.action.action != "create":
            self._gone.append(flight.action)
        # What may have been done, or begun, keeps its intent open: the next run looks for it first.
        is_create = flight.action.action == "create"
        may_be_done = OutcomeUnknown if is_create else OutcomeUnknown | TryLater
        if not (self._writer.in_steps or isinstance(error, may_be_done)):
            self._ended.append(Ended(flight.number, FAILED, str(error)))

    def _finish_what_is_under_way(self) -> None:
        with uninterrupted():
            self._writer.stop()
        while self._flying:
            self._land_some()
        with uninterrupted():
            self._write_down([])
        self._progress(self._report.done, len(self._report.failed), self._total)

    def _without_what_is_away(self) -> list[Action]:
        """Return the actions that were refused because they name things that a person put away.

        Done again, they do not name them.
        """
        again: list[Failure] = []
        for failure in self._report.failed if not self._report.stopped else ():
            named = set(related(failure.action, self._sink.policies))
            if isinstance(failure.error, Rejected | Gone) and any(list(map(self._is_away, named))):
                again.append(failure)
        self._report.failed = [each for each in self._report.failed if each not in again]
        return [each.action for each in again]

    def _is_away(self, target: Target) -> bool:
        before = self._agreed.get(target)
        if before is None or before.address is None:
            return False
        if target not in self._away:
            self._away.add(target)
            self._note_where(target)
        return IN_TRASH in self._agreed[target].edits

    def _look_at_gone(self) -> None:
        """Find out what became of things that could not be changed: a person put them away."""
        if not self._report.stopped:
            for action in self._gone:
                self._note_where((action.entity, action.key))
        self._report.failed = [self._explained(each) for each in self._report.failed]
        self._write_down([])

    def _explained(self, failure: Failure) -> Failure:
        """Return a failure with what a look at the thing has found out since."""
        target = (failure.action.entity, failure.action.key)
        where = self._agreed[target].edits.get(IN_TRASH) if target in self._agreed else None
        if where is None or failure.action not in self._gone:
            return failure
        error = failure.error
        how = "deleted for good" if where == DELETED else "put into the trash"
        said = f"it was {how} there by hand; from the next run on that is a conflict"
        about = {"system": error.system, "operation": error.operation, "address": error.address}
        return Failure(failure.action, Gone(said, **about))

    def _note_where(self, target: Target) -> None:
        before = self._agreed[target]
        seen = self._writer.at(before.address) if before.address else None
        if seen is None and before.trashed:  # we put it there, and the trash was emptied
            self._lost.append(target)
            return
        if seen is None or seen.trashed:
            where = DELETED if seen is None else TRASHED
            self._agreed[target] = with_edits(before, {**before.edits, IN_TRASH: where})
            self._settled[target] = self._agreed[target]


def _placeless(sink: str, action: Action) -> Rejected:
    said = "what it is to stand in could not be made: see to that, and run it again"
    return Rejected(said, system=sink, operation=action.action, address=action.key)


def _marks(action: Action) -> dict[str, Value]:
    """Return what an action says of a thing beside its properties."""
    return {name: action.fields[name][1] for name in (REMOVED, IN_TRASH) if name in action.fields}
