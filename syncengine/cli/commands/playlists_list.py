"""``playlists``: every playlist with its names, keys and freshness."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.identity import PlaylistKey, is_album
from syncengine.core.moment import to_iso

EXAMPLES = ("syncengine playlists", "syncengine playlists --json")


def command(cli: CliContext) -> None:
    """List every playlist that was ever seen, with its names, keys and freshness."""
    from syncengine import bootstrap

    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        records = sorted(unit.library.playlist_records(), key=lambda r: r.name.casefold())
    if cli.json:
        cli.emit(
            "playlists",
            {
                "playlists": [
                    {
                        "key": r.key,
                        "playlist": r.name,
                        "kind": "album" if is_album(r.key) else "playlist",
                        "entries": r.entries,
                        "observed_at": None if r.observed_at is None else to_iso(r.observed_at),
                        "ended_at": None if r.ended_at is None else to_iso(r.ended_at),
                        "keys": [{"key": key, "joined_because": why} for key, why in r.keys],
                        "names": [{"playlist": name, "since": to_iso(at)} for name, at in r.names],
                    }
                    for r in records
                ]
            },
        )
        return
    if not records:
        from syncengine.jobs.moments import FIRST_STEPS

        cli.line(f"the library is empty: {FIRST_STEPS}")
        return
    rows = [
        (
            r.name,
            f"{r.entries:,}",
            r.key,
            "" if r.observed_at is None else to_iso(r.observed_at),
            _remarks(
                r.key, r.ended_at, [name for name, _ in r.names[:-1]], [w for _, w in r.keys if w]
            ),
        )
        for r in records
    ]
    cli.show(table(("playlist", "entries", "key", "observed at", ""), rows))


def _remarks(key: PlaylistKey, ended_at: object, names: list[str], reasons: list[str]) -> str:
    told = ["album"] if is_album(key) else []
    if ended_at is not None:
        told.append(f"ended {to_iso(ended_at)}")  # type: ignore[arg-type]  # an instant
    if names:
        told.append(f"was {', '.join(dict.fromkeys(names))}")
    return "; ".join(told + [f"joined: {why}" for why in reasons])
