"""Reading whole lists through spotipy."""

from __future__ import annotations

from typing import Any

import spotipy


def every(spotify: spotipy.Spotify, page: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items of all pages."""
    found = list(page["items"])
    while page["next"]:
        page = spotify.next(page)
        found += page["items"]
    return found
