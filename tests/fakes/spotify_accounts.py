"""The accounts service: consent, codes, tokens, and how they end.

RFC 6749 and 7636 as Spotify applies them: redirect URIs without ``localhost`` (2025-11), refresh
tokens that end six months after the user consented, however often they are used (2026-07).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.spotify_http import Answer, Json, Refused, Request
from tests.fakes.spotify_things import User, made_id
from tests.fakes.spotify_world import World

CLIENT_ID, CLIENT_SECRET = "test-client-id", "test-client-secret"
REDIRECT_URI = "http://127.0.0.1/callback"
"""Registered without a port, so that any port will do (concepts/redirect_uri)."""
_LOOPBACK = ("127.0.0.1", "::1")
_CODE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class App:
    """A client id with its secret and the redirect URIs that its owner registered."""

    client_id: str = CLIENT_ID
    secret: str = CLIENT_SECRET
    redirects: tuple[str, ...] = (REDIRECT_URI,)

    def knows(self, redirect: str) -> bool:
        """Return whether codes may be sent to this address."""
        return redirect in self.redirects or _without_port(redirect) in self.redirects


def _without_port(redirect: str) -> str | None:
    parts = urlsplit(redirect)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts._replace(netloc=host).geturl()


def _refuses(redirect: str) -> bool:
    """Return whether Spotify takes no such address from anyone."""
    parts = urlsplit(redirect)
    return parts.scheme == "http" and parts.hostname not in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user allowed an app, and when."""

    app: App
    user: User
    scopes: frozenset[str]
    at: datetime
    redirect: str = ""
    challenge: str | None = None


@dataclass(slots=True)
class Accounts:
    """The state of the service.

    ``rotates`` says whether a refresh gives a new refresh token and ends the old one; None is as
    Spotify does it: with PKCE only.
    """

    world: World
    access_life: timedelta = timedelta(hours=1)
    refresh_life: timedelta = timedelta(days=183)
    rotates: bool | None = None
    denies: bool = False
    apps: dict[str, App] = field(default_factory=lambda: {CLIENT_ID: App()})
    codes: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    _made: int = 0

    # -------------------------------------------------------------------------- what tests ask for

    def sign_in(self, scopes: str, user: User | None = None, *, pkce: bool = False) -> Json:
        """Consent without a browser; return the token as the service would answer it."""
        grant = Grant(
            self.apps[CLIENT_ID],
            user or self.world.me,
            frozenset(scopes.split()),
            self.world.clock(),
            challenge="signed in by a test" if pkce else None,
        )
        return self._token(grant, self._new_refresh(grant))

    def stored_token(self, scopes: str, *, pkce: bool = False) -> Json:
        """Consent without a browser; return the token as spotipy's cache files hold it."""
        token = self.sign_in(scopes, pkce=pkce)
        end = self.world.clock() + self.access_life
        return token | {"expires_at": int(end.timestamp())}

    def revoke(self) -> None:
        """Take every permission back, as a user can on their account page."""
        self.access.clear()
        self.refresh.clear()

    def expire_access(self) -> None:
        """Let every access token end now."""
        self.access = {
            text: (grant, self.world.clock()) for text, (grant, _) in self.access.items()
        }

    def whose(self, header: str | None) -> Grant:
        """Return who an Authorization header speaks for."""
        if not header:
            raise Refused(401, "No token provided")
        kind, _, text = header.partition(" ")
        if kind != "Bearer" or text not in self.access:
            raise Refused(401, "Invalid access token")
        grant, end = self.access[text]
        if self.world.clock() >= end:
            raise Refused(401, "The access token expired")
        return grant

    # ------------------------------------------------------------------------------------- consent

    def authorize(self, request: Request) -> Answer:
        """Answer ``GET /authorize``: the user consents at once, or denies."""
        asked = request.query
        app = self.apps.get(asked.get("client_id", ""))
        redirect = asked.get("redirect_uri", "")
        if app is None:
            return _page("INVALID_CLIENT: Invalid client")
        if _refuses(redirect):
            return _page("INVALID_CLIENT: Insecure redirect URI")
        if not app.knows(redirect):
            return _page("INVALID_CLIENT: Invalid redirect URI")
        if asked.get("response_type") != "code":
            return _page("response_type must be code")
        if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
            return _page("code_challenge_method must be S256")
        said = {"error": "access_denied"} if self.denies else {"code": self._code(app, request)}
        if "state" in asked:
            said["state"] = asked["state"]
        join = "&" if urlsplit(redirect).query else "?"
        return Answer(302, headers={"Location": f"{redirect}{join}{urlencode(said)}"})

    def _code(self, app: App, request: Request) -> str:
        asked = request.query
        code = self._new("code")
        self.codes[code] = Grant(
            app,
            self.world.me,
            frozenset(asked.get("scope", "").split()),
            self.world.clock(),
            asked["redirect_uri"],
            asked.get("code_challenge"),
        )
        return code

    # -------------------------------------------------------------------------------------- tokens

    def token(self, request: Request) -> Answer:
        """Answer ``POST /api/token``."""
        form = dict(parse_qsl(request.body.decode()))
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    return self._exchange(request, form)
                case "refresh_token":
                    return self._refresh(request, form)
                case _:
                    raise _Invalid(
                        "unsupported_grant_type", "grant_type parameter is missing or unknown"
                    )
        except _Invalid as invalid:
            return _oauth_error(*invalid.args)

    def _exchange(self, request: Request, form: dict[str, str]) -> Answer:
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None:
            raise _Invalid("invalid_grant", "Invalid authorization code")
        if self.world.clock() - grant.at > _CODE_LIFE:
            raise _Invalid("invalid_grant", "Authorization code expired")
        if form.get("redirect_uri") != grant.redirect:
            raise _Invalid("invalid_grant", "Invalid redirect URI")
        self._check_client(request, form, grant)
        if grant.challenge is not None and _s256(form.get("code_verifier")) != grant.challenge:
            raise _Invalid("invalid_grant", "code_verifier was incorrect")
        return Answer(200, self._token(grant, self._new_refresh(grant)))

    def _refresh(self, request: Request, form: dict[str, str]) -> Answer:
        old = form.get("refresh_token", "")
        grant = self.refresh.get(old)
        if grant is None:
            raise _Invalid("invalid_grant", "Refresh token revoked")
        self._check_client(request, form, grant)
        if self.world.clock() - grant.at >= self.refresh_life:
            raise _Invalid("invalid_grant", "Refresh token expired")
        rotates = grant.challenge is not None if self.rotates is None else self.rotates
        if not rotates:
            return Answer(200, self._token(grant, None))
        del self.refresh[old]
        return Answer(200, self._token(grant, self._new_refresh(grant)))

    def _check_client(self, request: Request, form: dict[str, str], grant: Grant) -> None:
        """See that the app that asks is the one that was allowed, by its secret or with PKCE."""
        header = request.headers.get("authorization")
        if header is None and grant.challenge is not None:
            if form.get("client_id") != grant.app.client_id:
                raise _Invalid("invalid_client", "Invalid client")
        elif _basic(header) != (grant.app.client_id, grant.app.secret):
            raise _Invalid("invalid_client", "Invalid client secret")

    def _token(self, grant: Grant, refresh: str | None) -> Json:
        text = self._new("access")
        self.access[text] = (grant, self.world.clock() + self.access_life)
        found = {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": int(self.access_life.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
        }
        return found if refresh is None else found | {"refresh_token": refresh}

    def _new_refresh(self, grant: Grant) -> str:
        text = self._new("refresh")
        self.refresh[text] = grant
        return text

    def _new(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{made_id(kind, self._made)}"


class _Invalid(Exception):
    """OAuth's error code and its description."""


def _oauth_error(code: str, description: str) -> Answer:
    return Answer(400, {"error": code, "error_description": description})


def _page(text: str) -> Answer:
    """Return what a person sees where Spotify sends them nowhere."""
    return Answer(400, raw=text.encode(), headers={"Content-Type": "text/plain"})


def _s256(verifier: str | None) -> str:
    digest = hashlib.sha256((verifier or "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _basic(header: str | None) -> tuple[str, str] | None:
    kind, _, text = (header or "").partition(" ")
    if kind != "Basic":
        return None
    try:
        client, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client, secret
