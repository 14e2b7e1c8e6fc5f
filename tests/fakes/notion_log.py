"""What was asked of the double: calls with their times, how many at once, and who did not wait."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.spotify_log import Call as AnyCall
from tests.fakes.spotify_log import Log as AnyLog

_READS = ("GET", "POST /v1/search", "POST /v1/data_sources/{data_source_id}/query")


@dataclass(frozen=True, slots=True)
class Call(AnyCall):
    """A call that came ``at`` a time and was answered at ``sent``; ``until`` is what Retry-After said."""

    sent: datetime
    until: datetime | None = None

    @property
    def body(self) -> Any:
        """What was sent, as JSON; None where there was nothing."""
        return json.loads(self.request.body) if self.request.body else None

    @property
    def is_write(self) -> bool:
        return not self.name.startswith(_READS)

    @property
    def code(self) -> str:
        """The error code of the answer, if it is one in Notion's form."""
        try:
            return str(json.loads(self.answer.body).get("code", ""))
        except ValueError:
            return ""


@dataclass(slots=True)
class Log(AnyLog):
    """All calls since the start or the last `clear`."""

    in_flight: int = 0
    in_flight_max: int = 0
    applied: Counter[str] = field(default_factory=Counter)
    """How often each endpoint did what was asked, whatever the client heard of it."""

    @property
    def noted(self) -> list[Call]:
        """The calls with their times."""
        return [each for each in self.calls if isinstance(each, Call)]

    @property
    def writes(self) -> list[Call]:
        """The calls that were to change something."""
        return [each for each in self.noted if each.is_write]

    @property
    def statuses(self) -> Counter[int]:
        """How often each status was answered; a connection that was hung up counts as 0."""
        return Counter(0 if each.answer.cut == -1 else each.status for each in self.calls)

    @contextmanager
    def flying(self) -> Iterator[None]:
        """Count a request as on its way."""
        with self._lock:
            self.in_flight += 1
            self.in_flight_max = max(self.in_flight_max, self.in_flight)
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def early(self, grace: float = 0.05) -> list[Call]:
        """Return the calls that came before a Retry-After had passed which was known by then.

        ``grace`` are the seconds that the answer may take to reach all of a client's threads.
        """
        heard = timedelta(seconds=grace)
        known = sorted((each.sent + heard, each.until) for each in self.noted if each.until)
        found: list[Call] = []
        in_force: list[datetime] = []
        for call in sorted(self.noted, key=lambda each: each.at):
            while known and known[0][0] < call.at:
                in_force.append(known.pop(0)[1])
            in_force = [until for until in in_force if until > call.at]
            if in_force:
                found.append(call)
        return found

    def clear(self) -> None:
        """Forget the calls and the problems."""
        with self._lock:
            self.calls.clear()
            self.problems.clear()
            self.applied.clear()
            self.in_flight_max = self.in_flight
