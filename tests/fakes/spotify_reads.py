"""The endpoints that only read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from tests.fakes.spotify_http import Answer, Json, Refused
from tests.fakes.spotify_shapes import stamp
from tests.fakes.spotify_things import Album, Entry, Playlist, Track
from tests.fakes.spotify_visit import Visit, make_page

_FILTER = re.compile(r'(\w+):(?:"([^"]*)"|(\S+))')
_EMBEDDED_OLD, _EMBEDDED_NEW = 100, 50
"""Entries in a playlist that is asked for whole; the new endpoint could not continue after 100."""


def me(visit: Visit) -> Answer:
    return Answer(200, visit.shapes.me(visit.user, visit.scopes))


def my_tracks(visit: Visit) -> Answer:
    shape = partial(visit.shapes.saved_track, market=visit.market)
    return Answer(200, visit.page(visit.user.liked, shape))


def my_albums(visit: Visit) -> Answer:
    saved = visit.user.albums
    page = visit.page(
        saved,
        lambda each: {
            "added_at": stamp(each.added_at),
            "album": _whole_album(visit, each.item),
        },
    )
    return Answer(200, page)


def my_playlists(visit: Visit) -> Answer:
    return Answer(200, visit.page(visit.user.playlists, visit.shapes.simple_playlist))


def library_contains(visit: Visit) -> Answer:
    """Say for each URI whether it is in my library; the album and playlist kinds count, too."""
    saved = {each.item.uri for each in visit.user.liked}
    saved |= {each.item.uri for each in visit.user.albums}
    saved |= {each.uri for each in visit.user.playlists}
    return Answer(200, [f"spotify:{kind}:{name}" in saved for kind, name in visit.uris()])


# ---------------------------------------------------------------------------------------- playlists


def playlist(visit: Visit) -> Answer:
    """Answer one playlist; development mode leaves the items of others' out altogether."""
    found = visit.playlist()
    if visit.shapes.mode == "development" and not found.holds(visit.user):
        return visit.chosen(visit.shapes.playlist(found, None))
    limit = _EMBEDDED_NEW if visit.shapes.renamed else _EMBEDDED_OLD
    kept = {k: v for k, v in visit.query.items() if k in ("additional_types", "market")}
    href = f"{visit.shapes.root}/playlists/{found.id}/{visit.shapes.held}"
    page = make_page(href, found.entries, _entry(visit, new_name=False), 0, limit, kept)
    return visit.chosen(visit.shapes.playlist(found, page))


def playlist_items(visit: Visit) -> Answer:
    return visit.chosen(visit.page(_readable(visit).entries, _entry(visit, new_name=True)))


def playlist_tracks(visit: Visit) -> Answer:
    entries = _readable(visit).entries
    return visit.chosen(visit.page(entries, _entry(visit, new_name=False), default=100, most=100))


def _readable(visit: Visit) -> Playlist:
    found = visit.playlist()
    if visit.shapes.mode == "development" and not found.holds(visit.user):
        raise Refused(403, "Forbidden")
    return found


def _entry(visit: Visit, *, new_name: bool) -> Callable[[Entry], Json]:
    kinds = visit.query.get("additional_types", "track").split(",")
    return partial(
        visit.shapes.entry, new_name=new_name, episodes="episode" in kinds, market=visit.market
    )


# -------------------------------------------------------------------------------------- the catalogue


def track(visit: Visit) -> Answer:
    return Answer(200, visit.shapes.track(visit.look_up(visit.world.tracks), visit.market))


def tracks(visit: Visit) -> Answer:
    found = [visit.world.tracks.get(each) for each in visit.ids(50)]
    shape = visit.shapes.track
    return Answer(200, {"tracks": [each and shape(each, visit.market) for each in found]})


def album(visit: Visit) -> Answer:
    return Answer(200, _whole_album(visit, visit.look_up(visit.world.albums)))


def albums(visit: Visit) -> Answer:
    found = [visit.world.albums.get(each) for each in visit.ids(20)]
    return Answer(200, {"albums": [each and _whole_album(visit, each) for each in found]})


def album_tracks(visit: Visit) -> Answer:
    found = visit.look_up(visit.world.albums)
    return Answer(200, visit.page(found.tracks, visit.shapes.simple_track))


def _whole_album(visit: Visit, found: Album) -> Json:
    href = f"{visit.shapes.root}/albums/{found.id}/tracks"
    page = make_page(href, found.tracks, visit.shapes.simple_track, 0, 50, {})
    return visit.shapes.album(found, page)


def artist(visit: Visit) -> Answer:
    return Answer(200, visit.shapes.artist(visit.look_up(visit.world.artists)))


def artists(visit: Visit) -> Answer:
    found = [visit.world.artists.get(each) for each in visit.ids(50)]
    return Answer(200, {"artists": [each and visit.shapes.artist(each) for each in found]})


def artist_albums(visit: Visit) -> Answer:
    found = visit.look_up(visit.world.artists)
    made = [each for each in visit.world.albums.values() if found in each.artists]
    page = visit.page(made, visit.shapes.discography_album, default=5, most=10)
    return Answer(200, page)


def audio_features(visit: Visit) -> Answer:
    found = [visit.world.tracks.get(each) for each in visit.ids(100)]
    shape = visit.shapes.features
    return Answer(200, {"audio_features": [each and shape(each) for each in found]})


def audio_features_of(visit: Visit) -> Answer:
    found = visit.shapes.features(visit.look_up(visit.world.tracks))
    if found is None:
        raise Refused(404, "analysis not found")
    return Answer(200, found)


# ------------------------------------------------------------------------------------------- search


def search(visit: Visit) -> Answer:
    """Answer a search: every word and every filter has to fit; there is no ranking."""
    if not visit.query.get("q"):
        raise Refused(400, "No search query")
    answer: Json = {}
    for kind in visit.query.get("type", "").split(","):
        if kind not in _SEARCHED:
            raise Refused(400, "Bad search type field")
        answer |= _SEARCHED[kind](visit)
    return Answer(200, answer)


def _words(visit: Visit) -> tuple[list[str], dict[str, str]]:
    """Return the plain words and the filters of a query, in lower case."""
    asked = visit.query["q"].casefold()
    filters = {match[1]: match[2] or match[3] or "" for match in _FILTER.finditer(asked)}
    return _FILTER.sub(" ", asked).replace('"', " ").split(), filters


def _fits(visit: Visit, text: str, facts: dict[str, str]) -> bool:
    words, filters = _words(visit)
    whole = text.casefold()
    return all(word in whole for word in words) and all(
        value in facts.get(name, "").casefold() for name, value in filters.items()
    )


def _search_tracks(visit: Visit) -> Json:
    def fits(found: Track) -> bool:
        names = " ".join(each.name for each in found.artists)
        facts = {
            "track": found.name,
            "artist": names,
            "album": found.album.name,
            "isrc": found.isrc or "",
            "year": (found.album.release_date or "")[:4],
        }
        return _fits(visit, f"{found.name} {names} {found.album.name}", facts)

    made = [each for each in visit.world.tracks.values() if fits(each)]
    shape = partial(visit.shapes.track, market=visit.market)
    return {"tracks": visit.page(made, shape, default=5, most=10, furthest=1_000)}


def _search_albums(visit: Visit) -> Json:
    def fits(found: Album) -> bool:
        names = " ".join(each.name for each in found.artists)
        facts = {"album": found.name, "artist": names, "upc": found.upc}
        return _fits(visit, f"{found.name} {names}", facts)

    made = [each for each in visit.world.albums.values() if fits(each)]
    shape = visit.shapes.simple_album
    return {"albums": visit.page(made, shape, default=5, most=10, furthest=1_000)}


def _search_artists(visit: Visit) -> Json:
    made = [
        each
        for each in visit.world.artists.values()
        if _fits(visit, each.name, {"artist": each.name})
    ]
    page = visit.page(made, visit.shapes.artist, default=5, most=10, furthest=1_000)
    return {"artists": page}


_SEARCHED: dict[str, Callable[[Visit], Json]] = {
    "track": _search_tracks,
    "album": _search_albums,
    "artist": _search_artists,
}
