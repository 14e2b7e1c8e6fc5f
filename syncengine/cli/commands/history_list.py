"""``history list``: the snapshots."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.moment import to_iso

EXAMPLES = ("syncengine history list",)


def command(cli: CliContext) -> None:
    """List the snapshots, oldest first."""
    from syncengine import bootstrap
    from syncengine.jobs.history import snapshots

    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        found = snapshots(unit)
    if cli.json:
        cli.emit(
            "snapshots",
            {
                "snapshots": [
                    {
                        "id": each.id,
                        "source": each.source.name.lower(),
                        "taken_at": to_iso(each.taken_at),
                        "recorded_at": to_iso(each.recorded_at),
                        "playlists": each.playlists,
                        "entries": each.entries,
                    }
                    for each in found
                ]
            },
        )
        return
    if not found:
        from syncengine.jobs.moments import FIRST_STEPS

        cli.line(f"no snapshot yet: {FIRST_STEPS}")
        return
    rows = [
        (
            each.id,
            each.source.name.lower(),
            to_iso(each.taken_at),
            each.playlists,
            f"{each.entries:,}",
        )
        for each in found
    ]
    cli.show(table(("id", "source", "taken at", "playlists", "entries"), rows))
