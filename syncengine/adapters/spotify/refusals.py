"""What Spotify says when it does not answer, as our errors.

Sources: developer.spotify.com/documentation/web-api/concepts/api-calls and rate-limits, the blog of
2026-02-06 (Premium) and 2026-07-23 (quota); the texts of 403 stand nowhere and are as they were seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from syncengine.adapters.retry import Limited
from syncengine.core.ports import Clock
from syncengine.errors import Forbidden, Gone, Rejected, RemoteError, SignInNeeded, Transient

SYSTEM = "spotify"
LOGIN = "run `syncengine auth login`"
WRITE_LOGIN = "run `syncengine auth login --write`"
_SHOWN = 200
_LIBRARY, _PRIVATE = "user-library-read", "playlist-read-private"
_SCOPES = {
    "GET /me/tracks": _LIBRARY,
    "GET /me/playlists": _PRIVATE,
    "GET /playlists/{id}/items": _PRIVATE,
    "GET /playlists/{id}/tracks": _PRIVATE,
}
_MODIFY = "playlist-modify-private or playlist-modify-public"
_NO_PLAYLIST = "there is no such playlist, or it is private, or it was deleted"
_NO_ALBUM = "there is no such album, or it was taken down; check the id"
_NOT_THERE = {
    "GET /playlists/{id}": f"{_NO_PLAYLIST}; check the id",
    # Pages are mostly those of playlists that Spotify itself has listed.
    "GET /playlists/{id}/items": _NO_PLAYLIST,
    "GET /playlists/{id}/tracks": _NO_PLAYLIST,
    "POST /playlists/{id}/items": _NO_PLAYLIST,
    "PUT /playlists/{id}/items": _NO_PLAYLIST,
    "DELETE /playlists/{id}/items": _NO_PLAYLIST,
    "GET /albums/{id}": _NO_ALBUM,
    "GET /albums/{id}/tracks": _NO_ALBUM,
}
"""What 404 means."""
_PREMIUM = "premium subscription"
_NOT_LISTED = ("not be registered", "not registered")
_NO_SUCH_PATH = "service not found"


class TokenRefused(SignInNeeded):
    """The access token is not taken, mostly because its hour is over."""


class NotForThisApp(Forbidden):
    """A 403 that gives no reason: the endpoint is closed to this app, or the thing to this person."""


class NoSuchEndpoint(Gone):
    """There is no such path, for this app at least."""


def refusal(
    endpoint: str, status: int, *, headers: Mapping[str, str], body: bytes, clock: Clock
) -> RemoteError:
    """Return the error that an answer from 400 on stands for; ``endpoint`` is ``GET /me/tracks``."""
    said, reason = _said(body, headers)
    where: dict[str, Any] = {"system": SYSTEM, "operation": endpoint}
    asked = retry_after(headers, clock)
    told = f"Spotify answered {endpoint} with {status}" + (f": {said}" if said else "")
    match status:
        case 401:
            return TokenRefused(f"Spotify does not take the sign-in ({said}); {LOGIN}", **where)
        case 403:
            return _forbidden(endpoint, said, told, where)
        case 404 if said.casefold() == _NO_SUCH_PATH:
            return NoSuchEndpoint(told, **where)
        case 404 | 410:
            return Gone(_not_there(endpoint, told), **where)
        case 429:
            quota = reason == "QUOTA_EXCEEDED"
            what = (
                "Spotify's quota for this app is used up" if quota else "Spotify is rate limiting"
            )
            return Limited(what, retry_after=asked, quota=quota, **where)
        case 408 | 425:
            return Transient(told, retry_after=asked, **where)
        case _ if status >= 500:
            return Transient(told, retry_after=asked, **where)
        case _:
            return Rejected(told, **where)


def _not_there(endpoint: str, told: str) -> str:
    words = _NOT_THERE.get(endpoint)
    return f"{words} ({told})" if words else told


def _forbidden(endpoint: str, said: str, told: str, where: Mapping[str, Any]) -> RemoteError:
    folded = said.casefold()
    if _PREMIUM in folded:
        return Forbidden(
            "Spotify answers an app in development mode only while the app's owner has Premium, and "
            "says that the owner of this one has not; after a change it can take some hours",
            everything=True,
            **where,
        )
    if any(words in folded for words in _NOT_LISTED):
        return Forbidden(
            "this person is not among the users of the app; its owner adds them in the dashboard at "
            "developer.spotify.com, five at most",
            everything=True,
            **where,
        )
    if "scope" in folded:
        writes = not endpoint.startswith("GET ")
        scope = _MODIFY if writes else _SCOPES.get(endpoint)
        lacking = f"the permission {scope}" if scope else "a permission"
        login = WRITE_LOGIN if writes else LOGIN
        return SignInNeeded(f"{endpoint}: the sign-in lacks {lacking}; {login}", **where)
    return NotForThisApp(told, **where)


def _said(body: bytes, headers: Mapping[str, str]) -> tuple[str, str | None]:
    """Return the words of an error and its reason, in whatever form they came."""
    try:
        error = msgspec.json.decode(body, type=dict[str, Any]).get("error")
    except (ValueError, RecursionError):
        is_text = "text/plain" in headers.get("Content-Type", "")
        text = body.decode("utf-8", "replace") if is_text else ""
        return " ".join(text.split())[:_SHOWN], None
    if not isinstance(error, dict):
        return (error[:_SHOWN] if isinstance(error, str) else ""), None
    message, reason = error.get("message"), error.get("reason")
    return str(message or "")[:_SHOWN], reason if isinstance(reason, str) else None


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return for how many seconds the service wants to be left alone; None where it does not say.

    The header holds seconds or a date (RFC 9110, 10.2.3).
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
        return max(0.0, at.timestamp() - clock())
    except (ValueError, OverflowError):
        return None
