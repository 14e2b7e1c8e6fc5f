"""Signing in at the double: consent, codes, PKCE, refreshing, and every way in which tokens end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.exceptions import SpotifyOauthError
from spotipy.oauth2 import SpotifyOAuth, SpotifyPKCE

from tests.fakes.spotify import SpotifyDouble
from tests.fakes.spotify_accounts import CLIENT_ID, CLIENT_SECRET, App

REDIRECT = "http://127.0.0.1:8888/callback"
SCOPE = "playlist-read-private user-library-read"
pytestmark = pytest.mark.filterwarnings("ignore:You're using 'as_dict:DeprecationWarning")
AUTHORIZED = datetime(2026, 1, 10, tzinfo=UTC)


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = AUTHORIZED

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def service(clock: Hand) -> Iterator[SpotifyDouble]:
    with SpotifyDouble(clock=clock) as made:
        yield made


Flow = Any
"""One of spotipy's two flows, which have no types."""


def flow(service: SpotifyDouble, session: requests.Session, *, pkce: bool, **other: Any) -> Flow:
    """Return one of spotipy's flows, led to the double."""
    given = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "scope": SCOPE,
        "state": "xyz",
        "requests_session": session,
        "cache_handler": MemoryCacheHandler(),
        **other,
    }
    secret = {} if pkce else {"client_secret": CLIENT_SECRET}
    made = SpotifyPKCE(**given) if pkce else SpotifyOAuth(**{**secret, **given})
    made.OAUTH_AUTHORIZE_URL = f"{service.accounts_url}/authorize"
    made.OAUTH_TOKEN_URL = f"{service.accounts_url}/api/token"
    return made


def consent(made: Flow, session: requests.Session) -> dict[str, str]:
    """Visit the consent page as a browser would; return what came back to the app."""
    answer = session.get(made.get_authorize_url(), allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = answer.headers["Location"]
    assert back.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def sign_in(made: Flow, session: requests.Session) -> dict[str, Any]:
    made.get_access_token(consent(made, session)["code"], check_cache=False)
    found: dict[str, Any] = made.cache_handler.get_cached_token()
    return found


@pytest.mark.parametrize("pkce", [False, True])
def test_a_code_becomes_a_token_that_works(
    service: SpotifyDouble, session: requests.Session, pkce: bool
) -> None:
    made = flow(service, session, pkce=pkce)
    token = sign_in(made, session)
    assert set(token["scope"].split()) == set(SCOPE.split())
    answer = session.get(
        f"{service.api_url}me/tracks",
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=5,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("pkce", [False, True])
def test_a_refresh_rotates_with_pkce_only(
    service: SpotifyDouble, session: requests.Session, pkce: bool
) -> None:
    made = flow(service, session, pkce=pkce)
    old = sign_in(made, session)["refresh_token"]
    new = made.refresh_access_token(old)["refresh_token"]
    assert (new != old) is pkce
    if pkce:
        with pytest.raises(SpotifyOauthError) as ended:
            made.refresh_access_token(old)
        assert ended.value.error == "invalid_grant"
    service.accounts.rotates = not pkce
    assert (made.refresh_access_token(new)["refresh_token"] == new) is pkce


def test_a_refresh_token_ends_six_months_after_consent_however_often_it_is_used(
    service: SpotifyDouble, session: requests.Session, clock: Hand
) -> None:
    made = flow(service, session, pkce=True)
    token = sign_in(made, session)["refresh_token"]
    for days in (60, 120, 182):
        clock.now = AUTHORIZED + timedelta(days=days)
        token = made.refresh_access_token(token)["refresh_token"]
    clock.now = AUTHORIZED + timedelta(days=184)
    with pytest.raises(SpotifyOauthError) as ended:
        made.refresh_access_token(token)
    assert ended.value.error == "invalid_grant"


def test_a_stored_token_is_refreshed_by_spotipy_when_it_is_old(
    service: SpotifyDouble, session: requests.Session
) -> None:
    stored = service.accounts.stored_token(SCOPE)  # By the service's clock it is long over.
    made = flow(service, session, pkce=False, cache_handler=MemoryCacheHandler(stored))
    fresh = made.validate_token(stored)
    assert fresh["access_token"] != stored["access_token"]
    assert service.log.counts == {"POST /api/token": 1}


def test_an_access_token_ends(
    service: SpotifyDouble, session: requests.Session, clock: Hand
) -> None:
    spotify = service.client(session)
    assert spotify.me()["id"] == service.world.me.id
    clock.now += timedelta(hours=1)
    answer = session.get(
        f"{service.api_url}me", headers={"Authorization": f"Bearer {spotify._auth}"}, timeout=5
    )
    assert answer.json() == {"error": {"status": 401, "message": "The access token expired"}}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No token provided"),
        ("Bearer nonsense", "Invalid access token"),
        ("Basic abc", "Invalid access token"),
    ],
)
def test_without_a_token_nothing_is_said(
    service: SpotifyDouble, session: requests.Session, header: str | None, message: str
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = session.get(f"{service.api_url}me", headers=headers, timeout=5)
    assert answer.json() == {"error": {"status": 401, "message": message}}


@pytest.mark.parametrize("path", ["me/tracks", "me/playlists", "me/library/contains"])
def test_a_missing_scope_is_said(
    service: SpotifyDouble, session: requests.Session, path: str
) -> None:
    token = service.accounts.sign_in("user-read-email")["access_token"]
    answer = session.get(
        f"{service.api_url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=5
    )
    assert answer.json() == {"error": {"status": 403, "message": "Insufficient client scope"}}


def test_the_profile_shows_what_the_scopes_allow(
    service: SpotifyDouble, session: requests.Session
) -> None:
    service.mode = "extended"
    assert "email" not in service.client(session, "user-library-read").me()
    assert "email" in service.client(session, "user-read-email").me()


@pytest.mark.parametrize(
    ("redirect", "taken"),
    [
        ("http://127.0.0.1:8888/callback", True),
        ("http://127.0.0.1:49152/callback", True),
        ("http://localhost:8888/callback", False),
        ("http://127.0.0.1:8888/other", False),
        ("https://example.org/callback", False),
    ],
)
def test_only_registered_loopback_addresses_get_codes(
    service: SpotifyDouble, session: requests.Session, redirect: str, taken: bool
) -> None:
    made = flow(service, session, pkce=True, redirect_uri=redirect)
    answer = session.get(made.get_authorize_url(), allow_redirects=False, timeout=5)
    assert answer.status_code == (302 if taken else 400)
    assert ("redirect URI" in answer.text) is not taken


def test_localhost_is_refused_even_where_it_is_registered(
    service: SpotifyDouble, session: requests.Session
) -> None:
    redirect = "http://localhost:8888/callback"
    service.accounts.apps[CLIENT_ID] = App(redirects=(redirect,))
    made = flow(service, session, pkce=True, redirect_uri=redirect)
    answer = session.get(made.get_authorize_url(), allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.text) == (400, "INVALID_CLIENT: Insecure redirect URI")


def test_the_user_may_deny(service: SpotifyDouble, session: requests.Session) -> None:
    service.accounts.denies = True
    back = consent(flow(service, session, pkce=True), session)
    assert back == {"error": "access_denied", "state": "xyz"}


def test_a_code_is_good_once_and_for_its_verifier(
    service: SpotifyDouble, session: requests.Session
) -> None:
    made = flow(service, session, pkce=True)
    code = consent(made, session)["code"]
    made.code_verifier = "somebody-else"
    for reason in ("code_verifier was incorrect", "Invalid authorization code"):
        with pytest.raises(SpotifyOauthError) as refused:
            made.get_access_token(code, check_cache=False)
        assert refused.value.error == "invalid_grant"
        assert refused.value.error_description == reason


def test_a_wrong_secret_is_refused(service: SpotifyDouble, session: requests.Session) -> None:
    made = flow(service, session, pkce=False, client_secret="wrong")
    with pytest.raises(SpotifyOauthError) as refused:
        sign_in(made, session)
    assert refused.value.error == "invalid_client"


def test_permission_can_be_taken_back(service: SpotifyDouble, session: requests.Session) -> None:
    made = flow(service, session, pkce=False)
    token = service.accounts.sign_in(SCOPE)["refresh_token"]
    assert made.refresh_access_token(token)
    service.accounts.revoke()
    with pytest.raises(SpotifyOauthError) as refused:
        made.refresh_access_token(token)
    assert refused.value.error == "invalid_grant"
    assert service.log.count("POST /api/token") == 2
