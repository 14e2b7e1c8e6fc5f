"""What travels between the double's server, its accounts service and its endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Mode = Literal["extended", "development", "old_development"]
"""Extended quota; development mode by the rules of 2026; a client id from before February 2026, for
which Spotify postponed these rules, so that only the cuts of November 2024 apply."""
MODES: tuple[Mode, ...] = ("extended", "development", "old_development")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; ``path`` starts with a slash and has no query."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All values of each query parameter; ``query`` has the last of them."""

    def json(self, bare: str | None = None) -> Json:
        """Return the body, which has to be a JSON object or empty.

        ``bare`` is the field that may stand for the whole: the service takes ``["spotify:…"]`` for
        ``{"uris": ["spotify:…"]}``, and spotipy sends that, though the document does not say so.
        """
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise Refused(400, "Malformed json") from None
        if bare is not None and isinstance(found, list):
            return {bare: found}
        if not isinstance(found, dict):
            raise Refused(400, "Malformed json")
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and what goes wrong while it is sent.

    ``delay`` is the wait in seconds before it; ``cut`` the number of bytes of the body after which
    the connection ends, -1 for an end before the first byte of the status line.
    """

    status: int
    document: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay: float = 0.0
    cut: int | None = None
    faulty: bool = False

    @property
    def body(self) -> bytes:
        """The bytes to send; nothing where there is no document."""
        if self.raw is not None:
            return self.raw
        return b"" if self.document is None else json.dumps(self.document).encode()

    def but(self, **changes: Any) -> Answer:
        """Return the answer with other fields, marked as not what the service would say."""
        return replace(self, faulty=True, **changes)


class Refused(Exception):
    """The service says no; becomes Spotify's error object."""

    def __init__(self, status: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more

    def answer(self) -> Answer:
        """Return the refusal as the Web API words it."""
        return error(self.status, self.message, **self.more)


def error(status: int, message: str, **more: str) -> Answer:
    """Return an answer with Spotify's error object (concepts/api-calls, "Regular error object")."""
    return Answer(status, {"error": {"status": status, "message": message, **more}})


Make = Callable[[], Answer]
Fault = Callable[[Make], Answer]
"""Stands before an endpoint: calls it or not, and changes what it answers."""
