"""What this app may see: found out from answers, remembered by endpoint, asked again now and then.

There is no way to ask Spotify for the mode of an app, and modes change under it: development mode was
cut in 2024 and 2026, the second cut was put off for older apps, and an app may get extended quota.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syncengine.adapters.spotify.refusals import SYSTEM, NotForThisApp
from syncengine.core.ports import Clock
from syncengine.core.remote import CallBook
from syncengine.errors import Forbidden

ASK_AGAIN = 30 * 24 * 60 * 60
"""Seconds after which an endpoint that was closed is tried once more."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Which endpoints answer this app, as the book of calls remembers it."""

    book: CallBook
    clock: Clock

    def is_closed(self, endpoint: str) -> bool:
        """Return whether an endpoint refused this app not long ago."""
        known = self.book.capability(endpoint)
        return known is not None and not known.allowed and self.clock() - known.at < ASK_AGAIN

    def is_open(self, endpoint: str) -> bool:
        """Return whether an endpoint answered when it was last asked."""
        known = self.book.capability(endpoint)
        return known is not None and known.allowed

    def opened(self, endpoint: str) -> None:
        """Note that an endpoint answered, where that is news."""
        if not self.is_open(endpoint):
            self.book.note_capability(endpoint, allowed=True)

    def closed(self, endpoint: str) -> None:
        """Note that an endpoint refused this app, now."""
        self.book.note_capability(endpoint, allowed=False)

    def read(self, endpoint: str, ask: Callable[[], bytes]) -> bytes:
        """Ask an endpoint that some apps may not.

        Raises Forbidden where it refuses, and without a call while a refusal is remembered.
        """
        if self.is_closed(endpoint):
            raise _closed(endpoint)
        try:
            answer = ask()
        except NotForThisApp as error:
            self.closed(endpoint)
            raise _closed(endpoint) from error
        self.opened(endpoint)
        return answer


def _closed(endpoint: str) -> Forbidden:
    return Forbidden(
        f"Spotify does not answer {endpoint} for this app; exports as CSV have what it would say",
        system=SYSTEM,
        operation=endpoint,
    )
