"""What goes wrong: each fault stands before an endpoint, and `Faults` says before which and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.spotify_http import Answer, Fault, Make, error

PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status "
    "changes, it can take a few hours before requests are allowed again."
)
"""What every endpoint says with 403 when the app's owner no longer pays (2026-02)."""


@dataclass(slots=True)
class _Rule:
    pattern: str
    fault: Fault
    times: int | None
    skip: int


@dataclass(slots=True)
class Faults:
    """The faults that are set; a pattern is ``GET /me/tracks``, with ``*`` as in file names."""

    _rules: list[_Rule] = field(default_factory=list)

    def add(self, pattern: str, fault: Fault, *, times: int | None = 1, skip: int = 0) -> None:
        """Set a fault for ``times`` calls (None: for good), after the next ``skip`` calls."""
        self._rules.append(_Rule(pattern, fault, times, skip))

    def plan(self, pattern: str, faults: Iterable[Fault | None]) -> None:
        """Set what happens to the next calls, one after the other; None is a sound answer."""
        self._rules += [_Rule(pattern, each or sound, 1, 0) for each in faults]

    def clear(self) -> None:
        """Let all be well again."""
        self._rules.clear()

    def next(self, method: str, template: str) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        for rule in self._rules:
            if not fnmatchcase(f"{method} {template}", rule.pattern):
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            if rule.times is not None:
                rule.times -= 1
                if not rule.times:
                    self._rules.remove(rule)
            return rule.fault
        return None


def sound(make: Make) -> Answer:
    """Answer as if nothing was set."""
    return make()


def rate_limited(retry_after: int | None = 1) -> Fault:
    """Say 429, with or without ``Retry-After`` in seconds."""
    return _limited("API rate limit exceeded", retry_after)


def quota_exceeded(retry_after: int | None = None) -> Fault:
    """Say the 429 of a quota that is used up for the day (2026-07)."""
    return _limited("Too many requests", retry_after, reason="QUOTA_EXCEEDED")


def _limited(message: str, retry_after: int | None, **more: str) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return lambda make: error(429, message, **more).but(headers=headers)


def refused(status: int, message: str) -> Fault:
    """Say an error in Spotify's form, as ``refused(403, PREMIUM)``."""
    return lambda make: error(status, message).but()


def server_error(status: int = 503) -> Fault:
    """Say 500, 502 or 503; a gateway's 502 is no JSON."""
    if status == 502:
        page = b"<html><body>Bad gateway</body></html>"
        return lambda make: Answer(502, raw=page, headers={"Content-Type": "text/html"}).but()
    return lambda make: error(status, "Server error").but()


def cut(keep: float = 0.5) -> Fault:
    """Do what was asked, and end the connection after this share of the body."""

    def fault(make: Make) -> Answer:
        answer = make()
        return answer.but(cut=int(len(answer.body) * keep))

    return fault


def hung_up(*, done: bool = False) -> Fault:
    """End the connection without a word; ``done`` says whether what was asked was done first."""

    def fault(make: Make) -> Answer:
        answer = make() if done else Answer(200)
        return answer.but(cut=-1)

    return fault


def slow(seconds: float) -> Fault:
    """Answer late."""
    return lambda make: _late(make(), seconds)


def _late(answer: Answer, seconds: float) -> Answer:
    return Answer(answer.status, answer.document, answer.headers, answer.raw, seconds)


def invalid_json(make: Make) -> Answer:
    """Say 200 with JSON that stops in the middle."""
    body = make().body
    return Answer(200, raw=body[: len(body) // 2] + b" <oops").but()


def shortened(to: int = 0) -> Fault:
    """Show lists as if they had ``to`` entries: an outage that looks like deletion."""

    def fault(make: Make) -> Answer:
        answer = make()
        # Through JSON, so that nothing is changed in what the world holds.
        document = json.loads(answer.body) if answer.status == 200 else answer.document
        if isinstance(document, dict):
            for page in (document, document.get("items"), document.get("tracks")):
                if isinstance(page, dict) and isinstance(page.get("items"), list):
                    _shorten(page, to)
        return answer.but(document=document)

    return fault


def _shorten(page: dict[str, Any], to: int) -> None:
    page["items"] = page["items"][: max(0, to - page["offset"])]
    page["total"] = min(to, page["total"])
    if page["offset"] + page["limit"] >= to:
        page["next"] = None


def after(hook: Callable[[], object]) -> Fault:
    """Call a hook and then answer: with ``skip=1`` the list changes between its first two pages."""

    def fault(make: Make) -> Answer:
        hook()
        return make()

    return fault
