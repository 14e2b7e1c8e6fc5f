"""``playlists``: every playlist with its names, keys and freshness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.identity import PlaylistKey, is_album, playlist_key
from syncengine.core.moment import to_iso

if TYPE_CHECKING:
    from syncengine.storage.repositories.library import PlaylistRecord

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
            _remarks(r.key, r.ended_at, _other_names(r), [why for _, why in r.keys if why]),
        )
        for r in records
    ]
    cli.show(table(("playlist", "entries", "key", "observed at", ""), rows))


def _other_names(record: PlaylistRecord) -> list[str]:
    """Return the names that it had and that say something else than the one that is shown."""
    told = dict.fromkeys(name for name, _ in record.names)
    return [name for name in told if not _is_same(name, record.name)]


def _is_same(name: str, other: str) -> bool:
    """Tell whether two names differ by case alone, or one is what an exporter makes of the other."""
    if name.casefold() == other.casefold():
        return True
    from syncengine import bootstrap

    return playlist_key(name) in bootstrap.file_keys(other) or playlist_key(
        other
    ) in bootstrap.file_keys(name)


def _remarks(key: PlaylistKey, ended_at: object, names: list[str], reasons: list[str]) -> str:
    told = ["album"] if is_album(key) else []
    if ended_at is not None:
        told.append(f"ended {to_iso(ended_at)}")  # type: ignore[arg-type]  # an instant
    if names:
        told.append(f"was {', '.join(names)}")
    return "; ".join(told + [f"joined: {why}" for why in reasons])
