"""One exchange after the other with Notion, through notion-client; threads share the connections.

notion-client knows the endpoints. Its own retries cut a longer Retry-After short and know half of the
errors, so they are off. httpx and notion-client are imported when the first request is made.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from threading import Lock, local
from time import perf_counter
from typing import TYPE_CHECKING, Any

from syncengine.adapters.notion.asking import SYSTEM, Ask, Json
from syncengine.adapters.notion.refusals import WHAT_TO_DO, broken, no_object, refusal
from syncengine.core.ports import Clock
from syncengine.errors import Rejected, SignInNeeded

if TYPE_CHECKING:
    import httpx
    from notion_client import Client

MOST_BYTES = 500_000
"""What the body of one request may have (developers.notion.com/reference/request-limits)."""
_CONNECT = 10.0
_log = logging.getLogger(__name__)


class _Exchange(local):
    """What each thread knows of its own request."""

    endpoint = ""
    status: int | None = None


class Connection:
    """Where answers come from; ``timeout`` is the seconds without a byte after which one is given up."""

    def __init__(
        self, token: str, api_url: str, version: str, *, clock: Clock, timeout: float = 60.0
    ) -> None:
        self._token = token.strip()
        self._api_url = api_url.rstrip("/").removesuffix("/v1")
        self._version = version
        self._clock = clock
        self._timeout = timeout
        self._lock = Lock()
        self._made: tuple[httpx.Client, Client] | None = None
        self._calls: Counter[str] = Counter()
        self._now = _Exchange()

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were made so far, by endpoint."""
        with self._lock:
            return dict(self._calls)

    def exchange(self, endpoint: str, ask: Ask) -> Json:
        """Ask once, and return the JSON object that came.

        Raises what ``refusals`` makes of an answer, or of its absence.
        """
        from notion_client.errors import HTTPResponseError

        client = self._client(endpoint)
        self._now.endpoint, self._now.status = endpoint, None
        began = perf_counter()
        try:
            found = ask(client)
        except HTTPResponseError as error:
            body = error.body.encode("utf-8", "surrogatepass")
            raise refusal(
                endpoint, error.status, headers=error.headers, body=body, clock=self._clock
            ) from error
        except ValueError as error:
            if self.status is None:
                what = f"{endpoint} was not sent: it cannot be written as JSON ({error})"
                raise Rejected(what, system=SYSTEM, operation=endpoint) from error
            raise no_object(endpoint) from error
        except Exception as error:
            ours = broken(endpoint, error)
            if ours is None:
                raise
            raise ours from error
        finally:
            # The endpoint without its ids, and no token.
            said = self.status or "no answer"
            _log.info("%s: %s, %.0f ms", endpoint, said, (perf_counter() - began) * 1000)
        if not isinstance(found, dict):
            raise no_object(endpoint)
        return found

    @property
    def status(self) -> int | None:
        """What this thread's last request was answered with; None where there was no answer."""
        return self._now.status

    def close(self) -> None:
        """End what is kept alive."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made[0].close()

    def _client(self, endpoint: str) -> Client:
        with self._lock:
            if self._made is None:
                self._made = self._connect(endpoint)
            return self._made[1]

    def _connect(self, endpoint: str) -> tuple[httpx.Client, Client]:
        # What no header can hold would be told in full by the error of whoever tries.
        if not (self._token.isascii() and self._token.isprintable() and self._token):
            what = "NOTION_TOKEN is empty or holds characters that no token has"
            raise SignInNeeded(f"{what}; {WHAT_TO_DO}", system=SYSTEM, operation=endpoint)
        import httpx
        from notion_client import Client

        hooks: Any = {"request": [self._leaves], "response": [self._came]}
        http = httpx.Client(event_hooks=hooks)
        client = Client(
            auth=self._token,
            base_url=self._api_url,
            notion_version=self._version,
            retry=False,
            client=http,
            # What it has to say is said again by our own errors.
            logger=logging.getLogger("notion-client"),
            log_level=logging.CRITICAL + 1,
        )
        http.timeout = httpx.Timeout(self._timeout, connect=min(_CONNECT, self._timeout))
        return http, client

    def _leaves(self, request: httpx.Request) -> None:
        """See a request that is ready to be sent: it is counted, or refused here and now."""
        endpoint, size = self._now.endpoint, len(request.content)
        if size > MOST_BYTES:
            what = (
                f"{endpoint} was not sent: it has {size:,} bytes, and Notion takes {MOST_BYTES:,}"
            )
            raise Rejected(what, system=SYSTEM, operation=endpoint)
        with self._lock:
            self._calls[endpoint] += 1

    def _came(self, response: httpx.Response) -> None:
        self._now.status = response.status_code
