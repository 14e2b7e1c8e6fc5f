"""Which endpoints there are, what each of them takes, and in which mode it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tests.fakes import spotify_reads as reads
from tests.fakes import spotify_writes as writes
from tests.fakes.spotify_http import Answer, Mode, Refused
from tests.fakes.spotify_visit import Visit

Endpoint = Callable[[Visit], Answer]
ALWAYS: frozenset[Mode] = frozenset({"extended", "development", "old_development"})
OLD: frozenset[Mode] = frozenset({"extended", "old_development"})
"""Removed in February 2026, and not yet for client ids that were there before."""
EXTENDED: frozenset[Mode] = frozenset({"extended"})
"""Removed in November 2024 for all apps without extended quota."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; ``query`` are the parameters that Spotify's document knows."""

    method: str
    template: str
    endpoint: Endpoint
    query: frozenset[str]
    scope: str | None
    modes: frozenset[Mode]


def _route(
    name: str,
    endpoint: Endpoint,
    query: str = "",
    *,
    scope: str | None = None,
    modes: frozenset[Mode] = ALWAYS,
) -> Route:
    method, _, template = name.partition(" ")
    return Route(method, template, endpoint, frozenset(query.split()), scope, modes)


def _gone(visit: Visit) -> Answer:
    """Stand for an endpoint that exists, is gone in development mode, and is not played here."""
    text = f"The double does not play {visit.request.method} {visit.request.path}"
    visit.log.problem(text)
    raise Refused(501, text)


_PAGE = "limit offset"
_ITEMS = f"{_PAGE} market fields additional_types"
_LIBRARY, _PRIVATE = "user-library-read", "playlist-read-private"
_TRACKS, _HELD = "/playlists/{playlist_id}/tracks", "/playlists/{playlist_id}/items"

_PLAYED: tuple[Route, ...] = (
    _route("GET /me", reads.me),
    _route("GET /me/tracks", reads.my_tracks, f"{_PAGE} market", scope=_LIBRARY),
    _route("GET /me/albums", reads.my_albums, f"{_PAGE} market", scope=_LIBRARY),
    _route("GET /me/playlists", reads.my_playlists, _PAGE, scope=_PRIVATE),
    _route("POST /me/playlists", writes.create_playlist),
    _route("GET /me/library/contains", reads.library_contains, "uris", scope=_LIBRARY),
    _route("PUT /me/library", writes.save_to_library, "uris"),
    _route("DELETE /me/library", writes.remove_from_library, "uris"),
    _route("GET /playlists/{playlist_id}", reads.playlist, "market fields additional_types"),
    _route("PUT /playlists/{playlist_id}", writes.change_details),
    _route(f"GET {_HELD}", reads.playlist_items, _ITEMS, scope=_PRIVATE),
    _route(f"POST {_HELD}", writes.add_items, "position uris"),
    _route(f"PUT {_HELD}", writes.replace_or_reorder, "uris"),
    _route(f"DELETE {_HELD}", writes.remove_items),
    _route(f"GET {_TRACKS}", reads.playlist_tracks, _ITEMS, scope=_PRIVATE, modes=OLD),
    _route(f"POST {_TRACKS}", writes.add_items, "position uris", modes=OLD),
    _route(f"PUT {_TRACKS}", writes.replace_or_reorder, "uris", modes=OLD),
    _route(f"DELETE {_TRACKS}", writes.remove_tracks, modes=OLD),
    _route("POST /users/{user_id}/playlists", writes.create_playlist, modes=OLD),
    _route("GET /tracks/{id}", reads.track, "market"),
    _route("GET /tracks", reads.tracks, "ids market", modes=OLD),
    _route("GET /albums/{id}", reads.album, "market"),
    _route("GET /albums/{id}/tracks", reads.album_tracks, f"{_PAGE} market"),
    _route("GET /albums", reads.albums, "ids market", modes=OLD),
    _route("GET /artists/{id}", reads.artist),
    _route("GET /artists/{id}/albums", reads.artist_albums, f"{_PAGE} market include_groups"),
    _route("GET /artists", reads.artists, "ids", modes=OLD),
    _route("GET /audio-features/{id}", reads.audio_features_of, modes=EXTENDED),
    _route("GET /audio-features", reads.audio_features, "ids", modes=EXTENDED),
    _route("GET /search", reads.search, f"q type market include_external {_PAGE}"),
)

_SAVED = ("tracks", "albums", "episodes", "shows", "audiobooks", "following")
_REMOVED: tuple[tuple[frozenset[Mode], str], ...] = (
    *((OLD, f"{verb} /me/{kind}") for verb in ("PUT", "DELETE") for kind in _SAVED),
    *((OLD, f"GET /me/{kind}/contains") for kind in _SAVED),
    *((OLD, f"GET /{kind}") for kind in ("episodes", "shows", "audiobooks", "chapters")),
    *((OLD, f"{verb} /playlists/{{playlist_id}}/followers") for verb in ("PUT", "DELETE")),
    (OLD, "GET /playlists/{playlist_id}/followers/contains"),
    (OLD, "GET /users/{user_id}"),
    (OLD, "GET /users/{user_id}/playlists"),
    (OLD, "GET /artists/{id}/top-tracks"),
    (OLD, "GET /browse/new-releases"),
    (OLD, "GET /browse/categories"),
    (OLD, "GET /browse/categories/{category_id}"),
    (OLD, "GET /markets"),
    (EXTENDED, "GET /artists/{id}/related-artists"),
    (EXTENDED, "GET /audio-analysis/{id}"),
    (EXTENDED, "GET /browse/categories/{category_id}/playlists"),
    (EXTENDED, "GET /browse/featured-playlists"),
    (EXTENDED, "GET /recommendations"),
    (EXTENDED, "GET /recommendations/available-genre-seeds"),
)
ROUTES: tuple[Route, ...] = (
    *_PLAYED,
    *(_route(name, _gone, modes=modes) for modes, name in _REMOVED),
)


def played() -> Iterable[Route]:
    """Return the routes that the double answers in some mode."""
    return _PLAYED


@cache
def _compiled() -> list[tuple[re.Pattern[str], Route]]:
    """Return the routes with their paths as patterns; those without names come first."""
    ordered = sorted(ROUTES, key=lambda route: route.template.count("{"))
    return [(re.compile(_pattern(route.template)), route) for route in ordered]


def _pattern(template: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path, with what the path names; a slash at its end does not count."""
    for pattern, route in _compiled():
        match = pattern.fullmatch(path.rstrip("/"))
        if match and route.method == method:
            return route, match.groupdict()
    return None
