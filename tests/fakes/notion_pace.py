"""Notion's rate limits of 2026: a budget per connection and window, and the workspace's own pauses."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.notion_http import Refused


@dataclass(slots=True)
class Window:
    """One window of time, from its first request on."""

    start: datetime
    admitted: int = 0
    refused: int = 0


@dataclass(slots=True)
class Pace:
    """Lets requests in: at most ``budget`` in each window, at any pace within it.

    Free and Plus plans have 180 a minute, Business and Enterprise 600. None is no limit.
    """

    budget: int | None = None
    window: float = 60.0
    windows: list[Window] = field(default_factory=list)
    _held: datetime | None = None

    def hold(self, until: datetime) -> None:
        """Refuse everyone up to a time, as the limit of the whole workspace does."""
        self._held = until

    def admit(self, now: datetime) -> None:
        """Count a request, or refuse it."""
        if self._held is not None and now < self._held:
            raise limited(self._held - now, "public_api_space_request_rate_limit")
        length = timedelta(seconds=self.window)
        if not self.windows or now >= self.windows[-1].start + length:
            self.windows.append(Window(now))
        current = self.windows[-1]
        if self.budget is not None and current.admitted >= self.budget:
            current.refused += 1
            raise limited(current.start + length - now, "public_api_request_rate_limit")
        current.admitted += 1


def limited(wait: timedelta, reason: str) -> Refused:
    """Return the refusal with the whole seconds to wait, rounded up."""
    seconds = max(0, math.ceil(wait.total_seconds()))
    message = "You have been rate limited. Please try again in a few minutes."
    more = {"rate_limit_reason": reason, "retry_after": seconds}
    return Refused(429, "rate_limited", message, headers={"Retry-After": str(seconds)}, more=more)
