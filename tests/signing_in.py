"""A sign-in at the double for tests: one clock for both sides, and a browser that agrees."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from syncengine.adapters.spotify.sign_in import SignIn
from syncengine.core.moment import Instant, from_datetime
from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_accounts import CLIENT_ID, CLIENT_SECRET

READ = "playlist-read-collaborative playlist-read-private user-library-read"
WRITE = "playlist-modify-private playlist-modify-public"
SIGNED_IN = datetime(2026, 1, 10, tzinfo=UTC)
REDIRECT = "http://127.0.0.1/callback"
TOKEN_CALL = "POST /api/token"


class Desk:
    """Someone at a machine with a token file; ``now`` is what all clocks say."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = SIGNED_IN
        self.double = SpotifyDouble(clock=lambda: self.now)
        self.session = requests.Session()
        self.session.trust_env = False

    def clock(self) -> Instant:
        return from_datetime(self.now)

    def sign_in(self, secret: str | None = None, **other: Any) -> SignIn:
        """Return a sign-in at the double, as another process would make it."""
        given: dict[str, Any] = {
            "client_id": CLIENT_ID,
            "client_secret": secret,
            "redirect_uri": REDIRECT,
            "token_file": self.path,
            "accounts_url": self.double.accounts_url,
            "session": self.session,
            "clock": self.clock,
        }
        return SignIn(**given | other)

    def store(self, *, pkce: bool = True, scopes: str = READ, **changes: object) -> dict[str, Any]:
        """Put a sign-in of now into the token file; ``changes`` replace keys of it."""
        token = self.double.accounts.stored_token(scopes, pkce=pkce)
        token.pop("expires_in")
        document = token | {"authorized_at": self.clock()} | changes
        self.path.write_text(json.dumps(document), "utf-8")
        self.path.chmod(0o600)
        return document

    def stored(self) -> dict[str, Any]:
        """Return what the token file holds."""
        found: dict[str, Any] = json.loads(self.path.read_bytes())
        return found

    @property
    def token_calls(self) -> int:
        return self.double.log.count(TOKEN_CALL)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a command line at this desk."""
        return self.double.environment | {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_REDIRECT_URI": REDIRECT,
            "SPOTIFY_TOKEN_FILE": str(self.path),
        }

    def agree(self, address: str) -> str:
        """Open the consent page and agree (or deny); return where the browser is sent."""
        answer = self.session.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def secrets(self) -> set[str]:
        """Return everything that must be nowhere but in the token file."""
        accounts = self.double.accounts
        found = {CLIENT_SECRET, *accounts.access, *accounts.refresh, *accounts.codes}
        for call in self.double.log.matching(TOKEN_CALL):
            found |= set(_form_values(call.request.body))
        return found


def _form_values(body: bytes) -> list[str]:
    from urllib.parse import parse_qs

    form = parse_qs(body.decode())
    return [form[name][0] for name in ("code", "code_verifier", "refresh_token") if name in form]
