"""Spotify's accounts service, through spotipy's two flows: PKCE without a secret, else the code flow.

Of spotipy's flows only the addresses and the requests are used. Their caches are replaced by ours,
their browser and their question on the terminal are shut, and their log says no secrets.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import msgspec
import requests
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.exceptions import SpotifyOauthError
from spotipy.oauth2 import SpotifyOAuth, SpotifyPKCE

from syncengine.adapters.spotify.token_file import SYSTEM, needed
from syncengine.errors import InvariantBroken, Rejected, RemoteError, SignInNeeded, Transient

TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and to wait for each part of an answer."""
_TOO_MANY = 429
_NO_REDIRECT = "none"
"""spotipy wants one in every flow, also where it is not sent."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token endpoint gave (RFC 6749, 5.1); None is what it may leave out."""

    access_token: str = field(repr=False)
    expires_in: float = 3600.0
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None
    token_type: str = "Bearer"  # noqa: S105 -- a kind, no password


_Kind = TypeVar("_Kind", bound=RemoteError)


class GrantRefused(SignInNeeded):
    """The code or the refresh token is no longer good (``invalid_grant``), and never will be again."""


class _NoSecrets(logging.Filter):
    """Drops what spotipy writes at level DEBUG: headers and bodies with every secret in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


for _name in ("spotipy.oauth2", "spotipy.client"):
    logging.getLogger(_name).addFilter(_NoSecrets())


class _Quiet:
    """A flow that asks no person, leaves answers as they came, and leaves the session open."""

    def _add_custom_values_to_token_info(self, token_info: object) -> object:
        # The code flow would put the scope that was asked for over the one that was granted; and
        # what is no object would end in an error that is not Spotify's.
        return token_info if isinstance(token_info, dict) else {}

    def _no_person(self, *_arguments: object, **_options: object) -> NoReturn:
        raise InvariantBroken("a sign-in without a code would have asked a person")

    get_auth_response = _get_auth_response = _get_user_input = _open_auth_url = _no_person

    def __del__(self) -> None:
        """Do nothing: the session is shared."""


class _CodeFlow(_Quiet, SpotifyOAuth):  # type: ignore[misc]  # spotipy has no types
    pass


class _PkceFlow(_Quiet, SpotifyPKCE):  # type: ignore[misc]  # spotipy has no types
    pass


class AccountsService:
    """The service at an address, for one app; without a ``client_secret`` it is asked with PKCE.

    Errors are RemoteError: SignInNeeded where the person or the app is refused, Transient where the
    service is down or cannot be reached, Rejected for what it calls wrong.
    """

    def __init__(
        self, client_id: str, client_secret: str | None, url: str, session: requests.Session
    ) -> None:
        self.client_id = client_id
        self._client_secret = client_secret
        self._url = url.rstrip("/")
        self._session = session
        self._token_url = f"{self._url}/api/token"

    @property
    def uses_pkce(self) -> bool:
        """Whether the app has no secret, so that each sign-in needs one of its own."""
        return self._client_secret is None

    def new_verifier(self) -> str | None:
        """Return a secret for one sign-in (RFC 7636); None where the app has one of its own."""
        flow = self._flow()
        if isinstance(flow, _CodeFlow):
            return None
        flow.get_pkce_handshake_parameters()
        return str(flow.code_verifier)

    def consent_address(
        self, redirect_uri: str, scopes: Iterable[str], *, state: str, verifier: str | None
    ) -> str:
        """Return the address at which a person is asked to allow the scopes."""
        flow = self._flow(redirect_uri, verifier, " ".join(sorted(scopes)))
        # Asks also those who consented before, so that they can choose another account.
        return f"{flow.get_authorize_url(state=state)}&show_dialog=true"

    def exchange(self, code: str, redirect_uri: str, verifier: str | None) -> Granted:
        """Return what a code is worth; ``redirect_uri`` and ``verifier`` are those it was asked with."""
        flow = self._flow(redirect_uri, verifier)
        with self._in_our_words("signing in"):
            if isinstance(flow, _CodeFlow):
                flow.get_access_token(code, as_dict=False, check_cache=False)
            else:
                flow.get_access_token(code, check_cache=False)
            return self._read(flow.cache_handler.get_cached_token())

    def refresh(self, refresh_token: str) -> Granted:
        """Return a new access token. Raises GrantRefused where the refresh token has ended."""
        with self._in_our_words("refreshing the sign-in"):
            return self._read(self._flow().refresh_access_token(refresh_token))

    def _flow(
        self, redirect_uri: str = _NO_REDIRECT, verifier: str | None = None, scope: str = ""
    ) -> Any:
        given: dict[str, Any] = {
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "requests_session": self._session,
            "requests_timeout": TIMEOUT,
            "cache_handler": MemoryCacheHandler(),
        }
        if self._client_secret is None:
            flow = _PkceFlow(**given)
            if verifier is not None:
                flow.code_verifier = verifier
                flow.code_challenge = flow._get_code_challenge()
        else:
            flow = _CodeFlow(**given, client_secret=self._client_secret)
        flow.OAUTH_AUTHORIZE_URL = f"{self._url}/authorize"
        flow.OAUTH_TOKEN_URL = self._token_url
        return flow

    def _read(self, answer: object) -> Granted:
        try:
            granted = msgspec.convert(answer, Granted)
        except msgspec.ValidationError:
            granted = Granted("")
        if not granted.access_token:
            raise self._error(Rejected, "signing in", "answered with what is no token")
        return granted

    @contextmanager
    def _in_our_words(self, operation: str) -> Iterator[None]:
        try:
            yield
        except SpotifyOauthError as error:
            raise self._refusal(error, operation) from error
        except requests.exceptions.InvalidJSONError:  # unchained: it holds the answer
            raise self._error(Transient, operation, "answered with what is no JSON") from None
        except (requests.RequestException, OSError) as error:
            kind = type(error).__name__
            raise self._error(Transient, operation, f"cannot be reached ({kind})") from error

    def _refusal(self, error: SpotifyOauthError, operation: str) -> RemoteError:
        response = getattr(error.__context__, "response", None)
        status = 0 if response is None else response.status_code
        if status == _TOO_MANY or not 400 <= status < 500:
            unwell = self._error(Transient, operation, f"is not well (status {status})")
            unwell.retry_after = None if response is None else _seconds(response.headers)
            return unwell
        if error.error == "invalid_grant":
            reason = error.error_description or error.error
            said = needed(f"Spotify does not take the sign-in ({str(reason)[:100]})")
            return GrantRefused(str(said), system=SYSTEM, operation=operation)
        if error.error in ("invalid_client", "unauthorized_client"):
            return SignInNeeded(
                "Spotify does not know the app, or not this secret: check SPOTIFY_CLIENT_ID and "
                "SPOTIFY_CLIENT_SECRET, then run syncengine auth login",
                system=SYSTEM,
                operation=operation,
            )
        what = str(error.error)[:100] if response is None or "json" in _kind(response) else status
        return self._error(Rejected, operation, f"calls the request wrong ({what})")

    def _error(self, kind: type[_Kind], operation: str, what: str) -> _Kind:
        message = f"{operation}: Spotify's accounts service {what}"
        return kind(message, system=SYSTEM, operation=operation, address=self._token_url)


def _kind(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Return what ``Retry-After`` says in seconds; Spotify writes no dates there."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
