"""What was asked of the double, so that tests can count it and nothing strange goes unseen."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from tests.fakes.spotify_http import Answer, Request


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its answer; ``template`` is empty where Spotify has no such path."""

    request: Request
    template: str
    answer: Answer
    at: datetime

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def name(self) -> str:
        """What patterns and counters are about: ``GET /me/tracks``."""
        return f"{self.method} {self.template or self.request.path}"

    def __str__(self) -> str:
        return f"{self.name} {self.query} -> {self.status}"


@dataclass(slots=True)
class Log:
    """All calls since the start or the last `clear`; ``problems`` is what a client got wrong."""

    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)

    def problem(self, text: str) -> None:
        """Note what Spotify would perhaps let pass and we do not."""
        with self._lock:
            self.problems.append(text)

    def clear(self) -> None:
        """Forget the calls and the problems."""
        with self._lock:
            self.calls.clear()
            self.problems.clear()

    @property
    def unexpected(self) -> list[Call]:
        """The calls to paths that Spotify or the double does not have."""
        return [call for call in self.calls if not call.template]

    def matching(self, pattern: str = "*") -> list[Call]:
        """Return the calls whose name fits a pattern like ``GET /playlists/*``."""
        return [call for call in self.calls if fnmatchcase(call.name, pattern)]

    def count(self, pattern: str = "*") -> int:
        """Return how many calls fit a pattern; pages count one by one."""
        return len(self.matching(pattern))

    @property
    def counts(self) -> Counter[str]:
        """How often each endpoint was called."""
        return Counter(call.name for call in self.calls)
