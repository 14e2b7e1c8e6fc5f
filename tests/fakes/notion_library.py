"""Workspaces that are full already: databases as a person would have them, and rows by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_things import DataSource, Json, Page

PER_MINUTE = 180
"""How many rows a connection makes in a minute; so many share one ``created_time``."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Four databases with a person's own properties beside those of the music."""

    home: Page
    tracks: DataSource
    playlists: DataSource
    artists: DataSource
    albums: DataSource


def build(double: NotionDouble) -> Shelf:
    """Return four databases without rows, on a page that is shared."""
    home, add = double.home("Music"), double.person.add_database
    keyed = {"Name": "title", "Spotify URI": "rich_text", "URL": "url", "My notes": "rich_text"}
    artists = add(home, "Artists", keyed)
    albums = add(home, "Albums", {**keyed, "Release date": "date", "Artists": _to(artists)})
    playlists = add(home, "Playlists", {**keyed, "Owner": "rich_text", "Mood": "select"})
    tracks = add(
        home,
        "Tracks",
        {
            **keyed,
            "ISRC": "rich_text",
            "Duration": "number",
            "Popularity": "number",
            "Explicit": "checkbox",
            "Release date": "date",
            "Genres": "multi_select",
            "My rating": "select",
            "Artists": _to(artists, "Tracks"),
            "Album": _to(albums, "Tracks"),
            "Playlists": _to(playlists, "Tracks"),
        },
    )
    rollup = {"relation_property_name": "Tracks", "rollup_property_name": "Duration"}
    count, total = {**rollup, "function": "count"}, {**rollup, "function": "sum"}
    double.person.change_schema(
        playlists, {"Track count": {"rollup": count}, "Total time": {"rollup": total}}
    )
    return Shelf(home, tracks, playlists, artists, albums)


def _to(source: DataSource, synced: str | None = None) -> Json:
    """Return a relation to a data source, with another side where it has a name there."""
    if synced is None:
        kind: Json = {"type": "single_property", "single_property": {}}
    else:
        kind = {"type": "dual_property", "dual_property": {"synced_property_name": synced}}
    return {"relation": {"data_source_id": source.id, **kind}}


def fill(
    double: NotionDouble,
    source: DataSource,
    rows: Iterable[Mapping[str, Any]],
    *,
    start: datetime | None = None,
    per_minute: int = PER_MINUTE,
) -> list[Page]:
    """Add rows in plain values, as long ago as their number asks for at ``per_minute``."""
    wanted = list(rows)
    step = timedelta(minutes=1) / per_minute
    first = start or double.world.clock() - step * (len(wanted) + per_minute)
    add = double.person.add
    return [add(source, row, created=first + step * n) for n, row in enumerate(wanted)]


def populated(double: NotionDouble, tracks: int, *, playlists: int = 20) -> Shelf:
    """Return four databases with ``tracks`` tracks, ten to an artist and an album, in playlists."""
    shelf = build(double)
    groups = range(tracks // 10 + 1)
    artists = fill(double, shelf.artists, (_row("artist", n) for n in groups))
    albums = fill(
        double,
        shelf.albums,
        ({**_row("album", n), "Artists": [artists[n]]} for n in groups),
    )
    lists = fill(double, shelf.playlists, (_row("playlist", n) for n in range(playlists)))
    fill(
        double,
        shelf.tracks,
        (
            {
                **_row("track", n),
                "ISRC": f"ZZTST{n:07d}",
                "Duration": 180_000 + n,
                "Popularity": n % 101,
                "Explicit": n % 7 == 0,
                "Release date": f"{1960 + n % 60}-01-31",
                "Genres": [f"genre {n % 40}"],
                "Artists": [artists[n // 10]],
                "Album": [albums[n // 10]],
                "Playlists": [lists[n % playlists], lists[n // 7 % playlists]],
            }
            for n in range(tracks)
        ),
    )
    return shelf


def _row(kind: str, number: int) -> dict[str, Any]:
    name = f"{number:022d}"
    return {
        "Name": f"{kind.title()} {number}",
        "Spotify URI": f"spotify:{kind}:{name}",
        "URL": f"https://open.spotify.com/{kind}/{name}",
    }
