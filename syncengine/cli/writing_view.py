"""What the two commands that write to Spotify say of it, before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.text import counted
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncengine.jobs.counting import Cost
    from syncengine.jobs.filling import Filled
    from syncengine.jobs.watch import Watch


def calls_in_words(estimate: Mapping[str, int], left: int | None) -> str:
    """Return what it will cost, and whether the day's calls are enough for it."""
    needed = estimate["writes"] + estimate["reads"]
    told = f"it takes about {counted(needed, 'call')} to Spotify ({counted(estimate['writes'], 'write')})"
    if left is None:
        return told
    if left >= needed:
        return f"{told}; {left:,} are left today"
    return (
        f"{told}, and {left:,} are left today: it stops when they are used up, and the same command goes "
        "on from there"
    )


def pause_shown(steps: Watch) -> Callable[[float], None]:
    """Return what shows a pause that Spotify asked for."""

    def paused(seconds: float) -> None:
        steps.describe(f"Spotify asked for a pause of {math.ceil(seconds)} s")

    return paused


def address_of(key: str) -> str:
    """Return where a person looks at a playlist."""
    return f"https://open.spotify.com/playlist/{key.rpartition(':')[2]}"


def made_document(playlists: Sequence[Filled]) -> list[dict[str, object]]:
    """Return playlists that were made, as their JSON says it."""
    return [
        {
            "key": each.key,
            "playlist": each.name,
            "url": address_of(each.key),
            "new": each.is_new,
            "entries": each.entries,
            "added": each.added,
            "completed_at": None if each.completed_at is None else to_iso(each.completed_at),
            "others": list(each.twins),
        }
        for each in playlists
    ]


def cost_document(cost: Cost) -> dict[str, object]:
    """Return what was asked of Spotify, as its JSON says it."""
    return {
        "calls": sum(cost.calls.values()),
        "calls_left": cost.left,
        "endpoints": dict(cost.calls),
    }


def show_made(cli: CliContext, playlists: Sequence[Filled], cost: Cost) -> None:
    """Say what was made, as a person wants to hear it."""
    for each in playlists:
        where = address_of(each.key)
        if each.completed_at is not None:
            cli.line(
                f"{each.name}: nothing to do, it was completed {to_iso(each.completed_at)}  {where}"
            )
            continue
        begun = "made" if each.is_new else "gone on with"
        cli.line(
            f"{each.name}: {begun}, {each.added:,} added, {counted(each.entries, 'entry', 'entries')}"
            f"  {where}"
        )
        for key in each.twins:
            cli.warn(f"there is another playlist of the same plan, as it was: {address_of(key)}")
    show_cost(cli, cost)


def show_cost(cli: CliContext, cost: Cost) -> None:
    """Say what was asked of Spotify."""
    left = "" if cost.left is None else f"; {cost.left:,} are left today"
    cli.line(f"{counted(sum(cost.calls.values()), 'call')}{left}")
