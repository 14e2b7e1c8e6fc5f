"""Joins of playlists in words: each while they are few, else how many, and where to see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncengine.cli.context import CliContext
    from syncengine.core.rename import Join

_MOST = 5
"""As many are told one by one."""


def show_joins(cli: CliContext, joins: Sequence[tuple[Join, str]]) -> None:
    """Say which playlists were taken for one; with each join stands what it says of the two."""
    if len(joins) > _MOST:
        cli.say(
            f"{len(joins):,} playlists were recognised under another name or from another source: "
            "syncengine playlists shows them with the reasons, syncengine playlists split undoes one"
        )
        return
    for join, said in joins:
        cli.say(f"{said}: {join.because} (wrong? syncengine playlists split {join.later!r})")
