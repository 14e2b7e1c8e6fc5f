"""What may write to Spotify, built from the settings: for ``merge`` and ``history restore`` alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from syncengine import bootstrap
from syncengine.core.ports import Clock

if TYPE_CHECKING:
    from syncengine.adapters.retry import Paused
    from syncengine.config import Settings
    from syncengine.core.remote import CallBook
    from syncengine.core.remote_writing import PlaylistWriter

PRIVATE, PUBLIC = "playlist-modify-private", "playlist-modify-public"
_READING = "playlist-read-private"


def require_writing(settings: Settings, clock: Clock, *, public: bool = False) -> None:
    """See, without a call, that the sign-in allows to write; ``public`` is for public playlists, too.

    Raises ConfigError where the settings name no app, and SignInNeeded, which names the command that helps.
    """
    sign_in = bootstrap.spotify_sign_in(settings, clock)
    sign_in.require_scopes(_READING, PRIVATE, *((PUBLIC,) if public else ()))


def spotify_writer(
    settings: Settings, clock: Clock, paused: Paused | None = None
) -> Callable[[CallBook], PlaylistWriter]:
    """Return what makes the one thing that writes to Spotify; ``paused`` is told of each pause."""
    sign_in = bootstrap.spotify_sign_in(settings, clock)

    def make(book: CallBook) -> PlaylistWriter:
        from syncengine.adapters.spotify.writing import SpotifyWriter

        return SpotifyWriter(bootstrap.spotify_wire(settings, book, sign_in, clock, paused=paused))

    return make
