"""The endpoints that change something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tests.fakes.spotify_http import Answer, Json, Refused
from tests.fakes.spotify_things import Album, Entry, Episode, Playlist, Track
from tests.fakes.spotify_visit import Visit, make_page

T = TypeVar("T")
_MOST = 100
"""Items that one call may add, replace or remove."""
MOST_ENTRIES = 10_000
"""Items of a playlist; Spotify does not say, and some people got to 11,000 (WritheM/IntelliMerge#36)."""


def create_playlist(visit: Visit) -> Answer:
    body = _body(visit, "name", "public", "collaborative", "description")
    if not body.get("name"):
        raise Refused(400, "Missing required field: name")
    public = bool(body.get("public", True))
    if body.get("collaborative") and public:
        raise Refused(400, "Collaborative playlists can only be private.")
    visit.need(f"playlist-modify-{'public' if public else 'private'}")
    made = visit.world.add_playlist(
        str(body["name"]), collaborative=bool(body.get("collaborative")), public=public
    )
    made.description = body.get("description")
    # New playlists stand on top of the list.
    visit.user.playlists = [made, *[each for each in visit.user.playlists if each is not made]]
    page = make_page(f"{visit.shapes.root}/playlists/{made.id}/items", (), str, 0, 100, {})
    return Answer(201, visit.shapes.playlist(made, page))


def change_details(visit: Visit) -> Answer:
    found = _changeable(visit)
    body = _body(visit, "name", "public", "collaborative", "description")
    public = body.get("public", found.public)
    if body.get("collaborative", found.collaborative) and public:
        raise Refused(400, "Collaborative playlists can only be private.")
    for name, value in body.items():
        setattr(found, name, value)
    found.touch()
    return Answer(200)


def add_items(visit: Visit) -> Answer:
    found = _changeable(visit)
    body = _body(visit, "uris", "position")
    uris = _uris(visit, body)
    if not uris:
        raise Refused(400, "No uris provided")
    place = visit.number("position", body.get("position", len(found.entries)), 0, 10**9)
    if not 0 <= place <= len(found.entries):
        raise Refused(400, "Index out of bounds.")
    if len(found.entries) + len(uris) > MOST_ENTRIES:
        raise Refused(400, "Playlist size limit reached")
    visit.world.add_to(found, *_entries(visit, uris), at=place)
    return Answer(201, {"snapshot_id": found.snapshot_id})


def replace_or_reorder(visit: Visit) -> Answer:
    found = _changeable(visit)
    body = _body(visit, "uris", "range_start", "insert_before", "range_length", "snapshot_id")
    if "range_start" in body:
        _reorder(visit, found, body)
    elif "uris" in body or "uris" in visit.query:
        visit.world.replace_items(found, _entries(visit, _uris(visit, body)))
    else:
        raise Refused(400, "No uris provided")
    return Answer(200, {"snapshot_id": found.snapshot_id})


def _reorder(visit: Visit, found: Playlist, body: Json) -> None:
    start, before = body["range_start"], body.get("insert_before", -1)
    length = body.get("range_length", 1)
    size = len(found.entries)
    if not (0 <= start < size and 0 <= before <= size and 1 <= length <= size - start):
        raise Refused(400, "Index out of bounds.")
    visit.world.move(found, start, before, length)


def remove_items(visit: Visit) -> Answer:
    return _remove(visit, "items")


def remove_tracks(visit: Visit) -> Answer:
    return _remove(visit, "tracks")


def _remove(visit: Visit, name: str) -> Answer:
    """Remove every occurrence of what is named; ``positions`` is not in Spotify's document."""
    found = _changeable(visit)
    asked = _body(visit, name, "snapshot_id").get(name)
    if not isinstance(asked, list) or not asked:
        raise Refused(400, f"Missing required field: {name}")
    if len(asked) > _MOST:
        raise Refused(400, "Too many items requested")
    _note_unknown(visit, (key for each in asked for key in each if key != "uri"))
    uris = {each.get("uri") for each in asked}
    if any(str(uri).startswith("spotify:local:") for uri in uris):
        # By position only, which the new endpoint does not take (concepts/playlists, local files).
        raise Refused(400, "JSON body contains an invalid track uri")
    held = enumerate(found.entries)
    visit.world.take_out(found, *[n for n, each in held if each.item and each.item.uri in uris])
    return Answer(200, {"snapshot_id": found.snapshot_id})


def save_to_library(visit: Visit) -> Answer:
    _change_library(visit, save=True)
    return Answer(200)


def remove_from_library(visit: Visit) -> Answer:
    _change_library(visit, save=False)
    return Answer(200)


def _change_library(visit: Visit, *, save: bool) -> None:
    for kind, name in visit.uris():
        match kind:
            case "track":
                visit.need("user-library-modify")
                _change_liked(visit, _known(visit.world.tracks.get(name)), save=save)
            case "album":
                visit.need("user-library-modify")
                _change_albums(visit, _known(visit.world.albums.get(name)), save=save)
            case "playlist":
                visit.need("playlist-modify-public")
                playlist = _known(visit.world.playlists.get(name))
                (visit.world.follow if save else visit.world.delete_playlist)(playlist)
            case _:
                raise Refused(400, "Unsupported URI type")


def _change_liked(visit: Visit, song: Track, *, save: bool) -> None:
    visit.world.unlike(song)
    if save:
        visit.world.like(song, at=visit.world.clock())


def _change_albums(visit: Visit, album: Album, *, save: bool) -> None:
    visit.world.forget_album(album)
    if save:
        visit.world.save_album(album, at=visit.world.clock())


# --------------------------------------------------------------------------------------------- parts


def _changeable(visit: Visit) -> Playlist:
    """Return the playlist that the path names, if the user and the app may change it."""
    found = visit.playlist()
    visit.need(f"playlist-modify-{'public' if found.public else 'private'}")
    if not found.holds(visit.user):
        raise Refused(403, "You cannot change a playlist you don't own.")
    return found


def _body(visit: Visit, *known: str) -> Json:
    body = visit.request.json(bare="uris" if "uris" in known else None)
    _note_unknown(visit, (name for name in body if name not in known))
    return {name: value for name, value in body.items() if name in known}


def _note_unknown(visit: Visit, names: Iterable[str]) -> None:
    for name in dict.fromkeys(names):
        where = f"{visit.request.method} {visit.request.path}"
        visit.log.problem(f"{where}: Spotify's document knows no {name!r} in the body")


def _uris(visit: Visit, body: Json) -> list[str]:
    """Return the URIs of a call: those in the query win over those in the body."""
    asked = visit.query.get("uris")
    uris = body.get("uris", []) if asked is None else [each for each in asked.split(",") if each]
    if not isinstance(uris, list):
        raise Refused(400, "Invalid uris")
    if len(uris) > _MOST:
        raise Refused(400, "You can add a maximum of 100 tracks per request.")
    return uris


def _entries(visit: Visit, uris: Iterable[str]) -> list[Entry]:
    """Return the new entries, added now by who asks; local files cannot be added by the API."""
    at, by = visit.world.clock(), visit.user.id
    return [Entry(_item(visit, uri), at, by) for uri in uris]


def _item(visit: Visit, uri: str) -> Track | Episode:
    _, _, rest = uri.partition(":")
    kind, _, name = rest.partition(":")
    world = visit.world
    found = world.tracks.get(name) if kind == "track" else world.episodes.get(name)
    if found is None or found.uri != uri:
        raise Refused(400, f"Invalid track uri: {uri}")
    return found


def _known(found: T | None) -> T:
    if found is None:
        raise Refused(404, "Resource not found")
    return found
