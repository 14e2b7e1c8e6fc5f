"""Pages of playlists, wherever this app gets them.

Since February 2026 they are under ``/items``, 50 at a time; ``/tracks``, 100 at a time, is closed to
development mode. Apps from before may see one, the other or both. A 403 says neither whether it is the
endpoint or the playlist that is closed: development mode shows entries only to owners and collaborators.
"""

from __future__ import annotations

from syncengine.adapters.spotify.capabilities import Capabilities
from syncengine.adapters.spotify.refusals import SYSTEM, NoSuchEndpoint, NotForThisApp
from syncengine.adapters.spotify.wire import Wire
from syncengine.errors import Forbidden, RemoteError

ITEMS = "GET /playlists/{id}/items"
TRACKS = "GET /playlists/{id}/tracks"
_LIMITS = {ITEMS: 50, TRACKS: 100}
# Without this, Spotify bends episodes into tracks.
_KINDS = "track,episode"


class PlaylistPages:
    """Asks for pages of playlists at the endpoint that answers."""

    def __init__(self, wire: Wire, capabilities: Capabilities) -> None:
        self._wire = wire
        self._capabilities = capabilities

    def page(self, number: str, offset: int) -> bytes:
        """Return a page of the playlist with an id. Raises Forbidden where no endpoint shows it."""
        first, second = (ITEMS, TRACKS)
        if self._capabilities.is_closed(ITEMS):
            first, second = second, first
        try:
            return self._ask(first, number, offset)
        except (NotForThisApp, NoSuchEndpoint) as error:
            if first == ITEMS and not self._may_be_closed(error):
                raise _closed_list(number) from error
            return self._ask_other(first, second, number, offset)

    def _may_be_closed(self, error: RemoteError) -> bool:
        """Return whether it may be the endpoint that refused, and not the playlist."""
        if self._capabilities.is_closed(TRACKS):
            return False
        return isinstance(error, NoSuchEndpoint) or not self._capabilities.is_open(ITEMS)

    def _ask_other(self, first: str, second: str, number: str, offset: int) -> bytes:
        """Ask the other endpoint; where that answers, it was the first that is closed."""
        try:
            answer = self._ask(second, number, offset)
        except (NotForThisApp, NoSuchEndpoint) as error:
            # Two refusals do not tell which endpoint is closed; the old one is the likelier.
            if second == TRACKS:
                self._capabilities.closed(TRACKS)
            raise _closed_list(number) from error
        self._capabilities.closed(first)
        return answer

    def _ask(self, endpoint: str, number: str, offset: int) -> bytes:
        path = f"playlists/{number}/{endpoint.rpartition('/')[2]}"
        limit = _LIMITS[endpoint]
        answer = self._wire.read(
            endpoint,
            lambda api: api._get(path, limit=limit, offset=offset, additional_types=_KINDS),
        )
        self._capabilities.opened(endpoint)
        return answer


def _closed_list(number: str) -> Forbidden:
    return Forbidden(
        f"Spotify shows the entries of playlist {number} only to its owner and its collaborators; "
        "an export as CSV has them",
        system=SYSTEM,
        operation=ITEMS,
    )
