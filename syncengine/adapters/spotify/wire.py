"""One exchange after the other with the Web API, through spotipy.

spotipy knows the endpoints. Its own retries sleep for hours, it reads an error's body without looking
whether it has the usual form, and it logs the headers it sends; so the session here is ours, speaks up
before spotipy reads an error, and holds the token, which spotipy never gets to see.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from time import perf_counter
from typing import Any, Protocol

import requests
from requests.auth import AuthBase
from spotipy import Spotify, SpotifyException

from syncengine.adapters.retry import Policy, Retry
from syncengine.adapters.spotify.refusals import SYSTEM, TokenRefused, refusal
from syncengine.core.ports import Clock
from syncengine.errors import Rejected, RemoteError, Transient

Ask = Callable[[Spotify], object]
_log = logging.getLogger(__name__)

# Without a handler, Python writes a library's warnings to stderr.
logging.getLogger("spotipy").addHandler(logging.NullHandler())


class AccessTokens(Protocol):
    """Where access tokens come from: the sign-in."""

    def access_token(self) -> str:
        """Return a token that should be good now.

        Raises SignInNeeded when a person has to sign in, Transient when it cannot be found out.
        """

    def discard(self, access_token: str) -> None:
        """Never return this token again: Spotify did not take it."""


class _Answered(Exception):
    """An answer from 400 on; no error that spotipy knows, so that it passes through."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"status {answer.status_code}")
        self.answer = answer


class _Bearer(AuthBase):
    """Puts the token on a request; with it, requests looks into no ``.netrc``."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Session(requests.Session):
    """A session that keeps its last answer and its status, and raises for every refusal."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = "syncengine"
        self.answer: requests.Response | None = None
        self.status: int | None = None

    def begin(self) -> None:
        """Forget the last answer."""
        self.answer = self.status = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request as requests does."""
        self.begin()
        answer = super().request(*args, **kwargs)
        self.status = answer.status_code
        if answer.status_code >= 400:
            raise _Answered(answer)
        self.answer = answer
        return answer


class Connection:
    """Where answers come from; ``api_url`` ends in a slash. Threads are served one after the other."""

    def __init__(self, api_url: str, clock: Clock) -> None:
        self._clock = clock
        self._session = Session()
        self._spotify = Spotify(requests_session=self._session, retries=0, status_retries=0)
        self._spotify.prefix = api_url
        self._lock = Lock()

    def close(self) -> None:
        """End what is kept alive; a later call opens it again."""
        self._session.close()

    def exchange(
        self, endpoint: str, ask: Ask, *, token: str, timeout: float, bare: bool = False
    ) -> bytes:
        """Ask once, and return the JSON object that came; ``timeout`` is the seconds without a byte.

        ``bare`` says that a good answer has nothing in it. Raises Transient, Limited or another
        RemoteError, as the answer says.
        """
        with self._lock:
            self._session.auth = _Bearer(token)
            self._spotify.requests_timeout = timeout
            self._session.begin()
            began = perf_counter()
            try:
                found = ask(self._spotify)
            except _Answered as answered:
                raise self._refusal(endpoint, answered.answer) from answered
            except SpotifyException as error:
                # It came from spotipy itself, which sent nothing.
                raise Rejected(str(error.msg), system=SYSTEM, operation=endpoint) from error
            except requests.Timeout as error:
                raise _broken(endpoint, f"sent nothing for {timeout:g} s") from error
            except OSError as error:
                what = f"could not be reached ({type(error).__name__})"
                raise _broken(endpoint, what) from error
            finally:
                self._session.auth = None
                # The endpoint as the book knows it: no id, nothing that was searched for, no token.
                said = self._session.status or "no answer"
                _log.info("%s: %s, %.0f ms", endpoint, said, (perf_counter() - began) * 1000)
            answer = self._session.answer
            if answer is None or not (bare or isinstance(found, dict)):
                raise _broken(endpoint, "answered with something that is no JSON object")
            return answer.content

    def _refusal(self, endpoint: str, answer: requests.Response) -> RemoteError:
        return refusal(
            endpoint,
            answer.status_code,
            headers=answer.headers,
            body=answer.content,
            clock=self._clock,
        )


def _broken(endpoint: str, what: str) -> Transient:
    return Transient(f"Spotify {what}: {endpoint}", system=SYSTEM, operation=endpoint)


@dataclass(frozen=True, slots=True)
class Wire:
    """Asks as often as a policy allows, with a token that is good."""

    tokens: AccessTokens
    retry: Retry
    connection: Connection

    def with_policy(self, policy: Policy) -> Wire:
        """Return the same wire, with the same connection, for calls under another policy."""
        return replace(self, retry=replace(self.retry, policy=policy))

    def read(self, endpoint: str, ask: Ask, *, bare: bool = False) -> bytes:
        """Return the JSON object that an endpoint answers, as the bytes it came in.

        ``endpoint`` is what the book of calls knows it by, such as ``GET /me/tracks``. What changes
        something may be asked so only where twice is as good as once; ``bare`` says that a good answer
        has nothing in it. Raises RemoteError: see ``core.remote.Service``.
        """

        def call(token: str) -> bytes:
            return self.retry.read(endpoint, lambda: self._once(endpoint, ask, token, bare=bare))

        return self._with_token(call)

    def write(self, endpoint: str, ask: Ask) -> bytes:
        """Return what an endpoint answers that changes something each time it is asked.

        It is asked again only where Spotify says that it did nothing. Raises OutcomeUnknown where it may
        have, else as ``read`` does.
        """

        def call(token: str) -> bytes:
            return self.retry.write(endpoint, lambda: self._once(endpoint, ask, token))

        return self._with_token(call)

    def _with_token(self, call: Callable[[str], bytes]) -> bytes:
        token = self.tokens.access_token()
        try:
            return call(token)
        except TokenRefused:
            # Before its time, as this clock has it; a second refusal is for a person.
            self.tokens.discard(token)
        return call(self.tokens.access_token())

    def _once(self, endpoint: str, ask: Ask, token: str, *, bare: bool = False) -> bytes:
        timeout = self.retry.policy.timeout
        return self.connection.exchange(endpoint, ask, token=token, timeout=timeout, bare=bare)
