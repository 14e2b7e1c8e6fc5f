"""Doubles and a session for the tests of the doubles themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
import spotipy

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_library import Shelf, build
from tests.fakes.spotify import ALL_SCOPES, SpotifyDouble


@pytest.fixture
def double() -> Iterator[SpotifyDouble]:
    """Serve in development mode; a test may change ``double.mode``."""
    with SpotifyDouble() as made:
        yield made


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Return a session that asks nobody's environment for proxies."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


@pytest.fixture
def spotify(double: SpotifyDouble, session: requests.Session) -> spotipy.Spotify:
    """Return spotipy, signed in as the library's owner."""
    return double.client(session)


@pytest.fixture
def get(double: SpotifyDouble, session: requests.Session) -> Callable[..., requests.Response]:
    """Ask the API without spotipy: ``get("me/tracks", limit=51)``."""
    token = double.accounts.sign_in(ALL_SCOPES)["access_token"]

    def ask(path: str, **query: object) -> requests.Response:
        asked = {name: str(value) for name, value in query.items()}
        headers = {"Authorization": f"Bearer {token}"}
        return session.get(f"{double.api_url}{path}", params=asked, headers=headers, timeout=10)

    return ask


@pytest.fixture
def notion() -> Iterator[NotionDouble]:
    """Serve an empty workspace; the test ends with an error if it asked for what is not there."""
    with NotionDouble() as made:
        yield made
        made.assert_clean()


@pytest.fixture
def shelf(notion: NotionDouble) -> Shelf:
    """Return four databases without rows, that a person made and shared."""
    return build(notion)
