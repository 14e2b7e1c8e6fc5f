"""``tracks``: search the tracks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.render import table
from syncengine.core.query import MISSING, SORTS, TIERS, TrackQuery, select_tracks
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.core.catalog import CatalogTrack
    from syncengine.core.identity import PlaylistKey

EXAMPLES = (
    "syncengine tracks --search 'night train'",
    "syncengine tracks --tier easy --missing isrc --sort -popularity --limit 20",
)
_SHOWN = 50


def command(
    cli: CliContext,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="Words in title, artists or album.")
    ] = "",
    artist: Annotated[
        str, typer.Option("--artist", metavar="TEXT", help="Part of an artist's name.")
    ] = "",
    playlist: Annotated[
        str, typer.Option("--playlist", metavar="PLAYLIST", help="By name, key or URL.")
    ] = "",
    popularity: Annotated[
        str, typer.Option("--popularity", metavar="LOW..HIGH", help="0 to 100, such as 80..100.")
    ] = "",
    tier: Annotated[
        str,
        typer.Option(
            "--tier", metavar="TIER", help="easy (80–100), medium (50–79) or hard (0–49)."
        ),
    ] = "",
    missing: Annotated[
        list[str] | None,
        typer.Option("--missing", metavar="FACT", help=f"Without this fact: {', '.join(MISSING)}."),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort", metavar="FIELD", help=f"{', '.join(SORTS)}; - in front turns it round."
        ),
    ] = "artist",
    limit: Annotated[
        str,
        typer.Option(
            "--limit",
            metavar="N",
            help=f"At most so many; default {_SHOWN} on a page, all in JSON.",
        ),
    ] = "",
) -> None:
    """Search the tracks that are in the library now."""
    from syncengine import bootstrap
    from syncengine.jobs.playlists import find_playlist

    _known("--missing", missing or (), MISSING)
    _known("--sort", [sort.removeprefix("-")], SORTS)
    most = _limit(limit, None if cli.json else _SHOWN)
    span = _span(popularity, tier)
    with bootstrap.open_database(cli.settings, cli.clock, cli.say).reading() as unit:
        records = unit.library.playlist_records()
        key = find_playlist(records, playlist).key if playlist else None
        query = TrackQuery(search, artist, key, span, frozenset(missing or ()))
        found = select_tracks(unit.catalogue.tracks(rated=span), query, sort, None)
    shown = found[:most]
    if cli.json:
        cli.emit("tracks", {"tracks": [_document(track) for track in shown]})
    else:
        _show(cli, shown, len(found), {r.key: r.name for r in records})


def _document(track: CatalogTrack) -> dict[str, object]:
    from syncengine.core.document import facts_document

    playlists = [place.playlist for place in track.places]
    return facts_document(track.facts, track.popularity) | {"playlists": playlists}


def _show(
    cli: CliContext, shown: list[CatalogTrack], total: int, names: Mapping[PlaylistKey, str]
) -> None:
    if not total:
        cli.line("0 tracks in the library are like that")
        return
    rows = [
        (
            (recording := track.facts.recording).title or "(unavailable)",
            ", ".join(artist.name for artist in recording.artists),
            "" if track.popularity is None else track.popularity,
            ", ".join(names.get(place.playlist, place.playlist) for place in track.places),
            track.facts.track,
        )
        for track in shown
    ]
    cli.show(table(("title", "artists", "popularity", "playlists", "uri"), rows))
    more = f", the first {len(shown)} shown (--limit shows more)" if len(shown) < total else ""
    cli.line(f"{total:,} tracks{more}")


def _known(option: str, given: object, known: Mapping[str, object]) -> None:
    for each in given:  # type: ignore[attr-defined]  # a list or tuple of texts
        if each not in known:
            raise UsageError(f"{option} {each!r} is not known; it is one of {', '.join(known)}")


def _limit(text: str, default: int | None) -> int | None:
    if text and not text.isdigit():
        raise UsageError(f"--limit {text!r} is no number")
    return int(text) if text else default


def _span(popularity: str, tier: str) -> tuple[int, int] | None:
    if tier and popularity:
        raise UsageError("--tier and --popularity both name a span; say one of them")
    if tier:
        _known("--tier", [tier], TIERS)
        return TIERS[tier]
    if not popularity:
        return None
    low, dots, high = popularity.partition("..")
    if not dots:
        high = low
    try:
        span = (int(low or 0), int(high or 100))
    except ValueError:
        span = (1, 0)
    if not 0 <= span[0] <= span[1] <= 100:
        raise UsageError(f"--popularity {popularity!r} is no span of 0 to 100, such as 80..100")
    return span
