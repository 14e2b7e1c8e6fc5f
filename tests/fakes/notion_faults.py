"""What goes wrong at Notion, before or after what was asked was done; and storms of all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from tests.fakes.notion_http import Answer, Fault, Make, error
from tests.fakes.spotify_faults import Faults, after, cut, hung_up, slow, sound

__all__ = ["Faults", "Storm", "after", "cut", "failed", "hung_up", "slow", "sound", "timed_out"]

_CODES: dict[int, tuple[str, str]] = {
    400: ("validation_error", "body failed validation."),
    401: ("unauthorized", "API token is invalid."),
    403: ("restricted_resource", "Insufficient permissions for this endpoint."),
    404: ("object_not_found", "Could not find page."),
    409: ("conflict_error", "Conflict occurred while saving. Please try again."),
    429: ("rate_limited", "You have been rate limited. Please try again in a few minutes."),
    500: ("internal_server_error", "Unexpected error occurred."),
    503: ("service_unavailable", "Notion is unavailable. Please try again later."),
    504: ("gateway_timeout", "The request timed out."),
    529: ("service_overload", "Notion is overloaded. Please try again later."),
}
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"


def failed(status: int, *, done: bool = False, retry_after: int | None = None) -> Fault:
    """Say an error, in Notion's form or, for 502, as a gateway's HTML.

    ``done`` says whether what was asked was done all the same; ``retry_after`` is in seconds.
    """

    def fault(make: Make) -> Answer:
        if done:
            make()
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if status == 502:
            return Answer(502, raw=_PAGE, headers={"Content-Type": "text/html", **headers}).but()
        code, message = _CODES[status]
        return error(status, code, message, headers=headers).but()

    return fault


def timed_out(seconds: float, *, done: bool = False) -> Fault:
    """Say nothing for so long that the client gives up, and hang up at the end."""

    def fault(make: Make) -> Answer:
        answer = make() if done else Answer(200)
        return answer.but(delay=seconds, cut=-1)

    return fault


KINDS = ("409", "429", "500", "502", "503", "504", "529", "timeout", "cut", "hung up")
NEVER_DONE = frozenset({"409", "429", "529"})
"""What says by itself that nothing was done: the service turned the request away."""


@dataclass(slots=True)
class Storm:
    """Faults by chance, from a seed: calls that fit ``pattern`` have the ``share`` of each kind.

    So ten kinds at 0.05 leave half of the calls alone.

    ``done`` is the share of those that come after the request was done, apart from `NEVER_DONE`.
    A time-out takes ``seconds``: give clients less patience than that.
    """

    seed: int = 7
    share: float = 0.05
    kinds: tuple[str, ...] = KINDS
    pattern: str = "*"
    done: float = 0.5
    seconds: float = 0.5
    retry_after: int = 1
    met: Counter[str] = field(default_factory=Counter)
    _random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def next(self, method: str = "", template: str = "") -> Fault | None:
        """Return what the next call meets."""
        if not fnmatchcase(f"{method} {template}", self.pattern):
            return None
        place = self._random.random() / self.share
        done = self._random.random() < self.done
        if place >= len(self.kinds):
            return None
        kind = self.kinds[int(place)]
        done = done and kind not in NEVER_DONE
        self.met[f"{kind} {'after' if done or kind == 'cut' else 'before'}"] += 1
        return self._fault(kind, done=done)

    def _fault(self, kind: str, *, done: bool) -> Fault:
        match kind:
            case "timeout":
                return timed_out(self.seconds, done=done)
            case "cut":
                return cut(0.5)
            case "hung up":
                return hung_up(done=done)
            case "429" | "529":
                return failed(int(kind), retry_after=self.retry_after)
            case _:
                return failed(int(kind), done=done)
