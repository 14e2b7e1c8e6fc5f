"""Who watches what takes long: told what is done now, how much of it there is, and how far it came."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Somebody who watches."""

    def advance(self, steps: int = 1) -> None:
        """So many more are done."""

    def expect(self, total: int) -> None:
        """There are so many."""

    def describe(self, about: str) -> None:
        """This is done now, in a few words."""


class Nobody:
    """Nobody watches."""

    def advance(self, steps: int = 1) -> None:
        """Go on."""

    def expect(self, total: int) -> None:
        """Go on."""

    def describe(self, about: str) -> None:
        """Go on."""


NOBODY = Nobody()
