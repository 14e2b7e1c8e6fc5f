"""The auth manager that spotipy is given: an access token that is good, refreshed by one run at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from syncengine.adapters.spotify.accounts import AccountsService, GrantRefused
from syncengine.adapters.spotify.login import Login
from syncengine.adapters.spotify.shapes import Person
from syncengine.adapters.spotify.sign_in_state import (
    READ_SCOPES,
    WRITE_SCOPES,
    ended,
    require_scopes,
    sign_in_state,
    sound_token,
)
from syncengine.adapters.spotify.token_file import Token, TokenFile, needed
from syncengine.core.ports import Clock
from syncengine.core.sign_in import SignInState
from syncengine.errors import SyncEngineError

MARGIN_SECONDS = 60
"""An access token is renewed this long before it ends: a request takes time, and clocks differ."""


class SignIn:
    """A person's sign-in, kept in a token file; safe to use from several threads and processes.

    ``client_secret`` None means PKCE. Given to spotipy as ``auth_manager``. It never opens a browser
    and never asks: what it cannot do alone raises SignInNeeded.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str | None,
        redirect_uri: str,
        token_file: Path,
        accounts_url: str,
        session: requests.Session,
        clock: Clock,
    ) -> None:
        self._accounts = AccountsService(client_id, client_secret, accounts_url, session)
        self._redirect_uri = redirect_uri
        self._file = TokenFile(token_file)
        self._clock = clock
        self._turn = threading.Lock()
        self._token: Token | None = None
        self._discarded: str | None = None

    def access_token(self) -> str:
        """Return an access token that is good for now; at most one call, and only where it has ended.

        Raises SignInNeeded where a person has to sign in, Transient where Spotify is not to be reached.
        """
        token = self._token
        if token is None or not self._is_fresh(token):
            with self._turn:
                token = self._token
                if token is None or not self._is_fresh(token):
                    token = self._token = self._stored_or_renewed()
        return token.access_token

    def get_access_token(
        self, code: None = None, as_dict: bool = False, check_cache: bool = True
    ) -> str:
        """Return ``access_token()``, under the name and with the arguments by which spotipy asks."""
        return self.access_token()

    def discard(self, access_token: str) -> None:
        """Never return this token again: Spotify said 401 to it before its time."""
        self._discarded = access_token

    def require_scopes(self, *scopes: str) -> None:
        """Raise SignInNeeded, naming the command that helps, where one of these was not allowed."""
        require_scopes(self._stored(), scopes)

    def state(self) -> SignInState:
        """Return how the sign-in stands, without a call."""
        return sign_in_state(self._file.path, self._clock())

    def log_in(self, *, write: bool = False, port: int | None = None) -> Login:
        """Begin a sign-in; entered, it listens at the redirect URI (``port`` is put into it)."""
        self._token = None
        scopes = READ_SCOPES | WRITE_SCOPES if write else READ_SCOPES
        return Login(self._accounts, self._file, self._clock, self._redirect_uri, scopes, port)

    def learn_account(self, ask: Callable[[], Person]) -> str:
        """Ask who is signed in, and keep the name; return what is wrong, if anything.

        That shows at once what else would end the first fetch: an owner without Premium, or a person
        whom the app's owner did not enter. A sign-in without a name is one all the same, so nothing is
        raised, also where no call may be made now.
        """
        try:
            said, token = ask(), self.access_token()
        except SyncEngineError as error:
            return f"Spotify did not say who you are: {error}"
        with self._file.locked():
            document = self._file.read_or_nothing()
            if document.get("access_token") == token:
                self._file.write(document | _account(said))
        return ""

    def _is_fresh(self, token: Token) -> bool:
        lasts = token.expires_at - self._clock() > MARGIN_SECONDS
        return lasts and token.access_token != self._discarded

    def _stored(self) -> Token:
        """Return the sign-in of the file. Raises SignInNeeded where there is none of this app."""
        token = sound_token(self._file)
        if token.client_id not in (None, self._accounts.client_id):
            raise needed("the Spotify sign-in is that of another app than SPOTIFY_CLIENT_ID's")
        return token

    def _stored_or_renewed(self) -> Token:
        token = self._stored()
        if self._is_fresh(token):
            return token
        with self._file.locked():
            token = self._stored()  # another run may have renewed it while we waited
            return token if self._is_fresh(token) else self._renewed(token)

    def _renewed(self, token: Token) -> Token:
        """Ask for a new access token and keep it; the caller holds the lock."""
        if not token.refresh_token:
            raise needed("the token file has no refresh token")
        document = self._file.read()
        # PKCE's refresh token is used up by its use: see first that the next one can be kept.
        self._file.write(document)
        now = self._clock()
        try:
            granted = self._accounts.refresh(token.refresh_token)
        except GrantRefused as error:
            raise self._refused(document) from error
        document |= {
            "access_token": granted.access_token,
            "token_type": granted.token_type,
            "expires_at": int(now + granted.expires_in),
            "refresh_token": granted.refresh_token or token.refresh_token,
            "scope": granted.scope or token.scope,
        }
        return self._kept(document)

    def _refused(self, document: dict[str, Any]) -> Exception:
        """Mark the file, so that the next run knows without a call; return the error to raise."""
        document |= {"access_token": "", "refresh_token": None, "refused_at": self._clock()}
        return ended(self._kept(document))

    def _kept(self, document: dict[str, Any]) -> Token:
        self._file.write(document)
        token = self._file.token(document)
        if token is None:
            raise self._file.damaged("it holds no access token")
        return token


def _account(said: Person) -> dict[str, str]:
    named = {
        "user_id": said.id,
        "account_id": said.account_id,
        "account_name": said.display_name,
    }
    return {name: value for name, value in named.items() if isinstance(value, str)}
