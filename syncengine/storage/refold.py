"""One playlist's observations folded anew, from the last sure one before a change on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.snapshot import (
    Effect,
    Ending,
    Event,
    Fold,
    Folded,
    Observation,
    Standing,
    Step,
)
from syncengine.storage.repositories.contents import ContentBook
from syncengine.storage.repositories.entries import Stretch
from syncengine.storage.repositories.heard import Heard
from syncengine.storage.repositories.past import Past
from syncengine.storage.repositories.recorded import Recorded, Span, heard


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when something changed; ``gone`` are the digests of observations that were dropped.

    ``in_order`` says that nothing that is not new was taken at or after ``first``.
    """

    first: Instant
    last: Instant
    in_order: bool
    gone: frozenset[bytes]


class Refold:
    """What folding a playlist anew makes of it, beside what was made of it before."""

    def __init__(
        self,
        past: Past,
        contents: ContentBook,
        playlist: int,
        rows: Sequence[Recorded],
        endings: Sequence[Ending],
        window: Window,
    ) -> None:
        """``rows`` and ``endings`` are in fold order; rows begin at the last sure observation or before."""
        self.playlist = playlist
        self._past = past
        self._contents = contents
        self._window = window
        base = _base(rows, window)
        self._standing = Standing()
        self._since = Instant(-1)
        after = (Instant(-1), 0, b"")
        if base is not None:
            held = rows[base]
            self._standing = Standing(held.state, held.observation.digest)
            self._since, after = held.observation.at, held.observation.order
            rows = rows[base + 1 :]
        self._rows = {row.observation.id: row for row in rows}
        events: list[Event] = [row.observation for row in rows]
        events += [ending for ending in endings if ending.order > after]
        self._events = sorted(events, key=lambda event: event.order)
        self.steps: list[Step] = []
        """The steps that came out differently."""
        self.effects: dict[int, Effect] = {}
        self.came: list[Heard] = []
        self.went: list[Heard] = []
        self.stretches: list[Stretch] = []
        self._vouches = False

    def run(self) -> None:
        """Fold, and note what has to be written."""
        fold = Fold(self._contents, self._was_said_before, self._standing)
        folded = fold.run(self._events, self._is_settled)
        changed_from = self._window.first
        self._vouches = any(step.effect is Effect.VOUCHED for step in folded.steps)
        for step in folded.steps:
            if not isinstance(step.event, Observation):
                continue
            row = self._rows[step.event.id]
            self.effects[step.event.id] = step.effect
            if (row.effect, row.state) != (step.effect, step.state):
                self.steps.append(step)
                changed_from = min(changed_from, step.event.at)
            if step.effect.heard and not row.effect.heard:
                self.came.append(heard(row))
            elif row.effect.heard and not step.effect.heard:
                self.went.append(heard(row))
        self._plan_stretch(folded, changed_from)

    def _was_said_before(self, digest: bytes, at: Instant) -> bool:
        return self._past.said_before(self.playlist, digest, min(at, self._since))

    def _is_settled(self, steps: Sequence[Step]) -> bool:
        """Tell whether all that follows is as it was.

        It is once an observation behind the change has the effect and state it had, unless bytes that
        now count, or no longer do, come back later under an inferred time.
        """
        last = steps[-1]
        if not isinstance(last.event, Observation) or last.event.at <= self._window.last:
            return False
        row = self._rows[last.event.id]
        if not row.effect.heard or (row.effect, row.state) != (last.effect, last.state):
            return False
        observed = [(step, step.event) for step in steps if isinstance(step.event, Observation)]
        disputed = self._window.gone | {
            event.digest
            for step, event in observed
            if step.effect.heard != self._rows[event.id].effect.heard
        }
        return not any(
            row.observation.inferred and row.observation.digest in disputed
            for row in self._rows.values()
            if row.observation.order > last.event.order
        )

    def _plan_stretch(self, folded: Folded, start: Instant) -> None:
        end = folded.settled_at
        state = self._standing.state
        states: dict[Instant, int | None] = {}
        for step in folded.steps:
            if step.event.at <= start:
                state = step.state
            elif end is None or step.event.at < end:
                states[step.event.at] = step.state
        told: list[tuple[Instant, Sequence[Line]]] = [(start, self._lines(state))]
        for at, each in states.items():
            if each != state:
                told.append((at, self._lines(each)))
            state = each
        if not self._only_restates(told):
            self.stretches.append(Stretch(self.playlist, start, end, told))

    def _only_restates(self, told: Sequence[tuple[Instant, Sequence[Line]]]) -> bool:
        """Tell whether the entries stay as they are: most days bring a playlist new popularity at most."""
        if not self._window.in_order or self._vouches or len(self._events) != len(self._rows):
            # With a vouched one or an ending, others than the standing entries may hold.
            return False
        if self._standing.state is None:
            # Folded from the start: what the playlist held under other keys or tracks is still there.
            return False
        held = [line[:3] for line in self._lines(self._standing.state)]
        return all([line[:3] for line in lines] == held for _, lines in told)

    def _lines(self, state: int | None) -> Sequence[Line]:
        return () if state is None else self._contents.lines(state)

    def renames(self, spans: Sequence[Span], named: Container[tuple[int, int]]) -> bool:
        """Tell whether the playlist's spans may differ from these, which it had so far.

        ``named`` are keys of exports with the names that their files go by.
        """
        rows = self._rows.values()
        new = [r for r in rows if self.effects.get(r.observation.id, Effect.SILENT).heard]
        if self.went or self._window.gone or len(self._events) != len(self._rows):
            return True
        if self._window.in_order:
            called = [(key, name) for key, name, _, until in spans if until is None]
            return not called or any(not _calls_it(row, called[-1], named) for row in new)
        # One that says what holds already changes nothing, unless its bytes come back later: those
        # could then be taken for a copy of it.
        came = {each.order for each in self.came}
        digests = Counter(row.observation.digest for row in rows)
        return any(
            digests[row.observation.digest] > 1 or not _says_what_holds(row, spans, named)
            for row in new
            if row.observation.order in came
        )


def _calls_it(row: Recorded, called: tuple[int, int], named: Container[tuple[int, int]]) -> bool:
    return (row.key, row.name) == called or (row.key, called[1]) in named


def _says_what_holds(
    row: Recorded, spans: Sequence[Span], named: Container[tuple[int, int]]
) -> bool:
    at = row.observation.at
    return any(
        _calls_it(row, (key, name), named) and start < at and (until is None or at < until)
        for key, name, start, until in spans
    )


def _base(rows: Sequence[Recorded], window: Window) -> int | None:
    """Return the place of the last sure observation (see ``Past.recorded_since``)."""
    limit = window.first
    if not window.in_order:
        vouched = [row.observation.at for row in rows if row.effect is Effect.VOUCHED]
        limit = min([limit, *vouched])
    sure = [i for i, r in enumerate(rows) if r.observation.at < limit and r.effect.heard]
    return sure[-1] if sure else None
