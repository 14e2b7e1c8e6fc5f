"""Notion's API as of November 2026, played on the loopback.

>>> with NotionDouble() as double:
...     home = double.home("Music")
...     songs = double.person.add_database(home, "Songs", {"Name": "title", "URI": "rich_text"})
...     double.faults.add("POST /v1/pages", failed(502, done=True))
...     client = double.client()

``double.url`` stands for ``https://api.notion.com``, in this process or in another; ``environment``
leads a command line here. `World` is the state, `Person` changes it as people do, `Pace` has the rate
limits, `Faults` and `Storm` what goes wrong, `Log` what was asked.

Guessed, for want of a source, and on the harder side: what `World` has settings for; no order without
a sort and among equals; times of date properties lose their seconds; a relation to a page in the trash
is refused; a window of the rate limit begins with its first request; 429, 529 and 409 say that nothing
was done; the form of ``additional_data.block_limit``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.fakes import notion_routes as routes
from tests.fakes.notion_faults import Faults, Storm, after
from tests.fakes.notion_http import OLD, VERSIONS, Answer, Make, Refused, Request
from tests.fakes.notion_log import Call, Log
from tests.fakes.notion_pace import Pace
from tests.fakes.notion_person import Person
from tests.fakes.notion_query import Cursors
from tests.fakes.notion_things import ALL_CAPABILITIES, DataSource, Integration, Page
from tests.fakes.notion_visit import Visit
from tests.fakes.notion_world import Clock, World, now
from tests.fakes.server import LoopbackServer

if TYPE_CHECKING:
    from notion_client import Client

    from tests.fakes.notion_contract import Contract

_KEPT_BYTES, _KEPT_CALLS = 20_000, 5_000
"""Longer answers are not kept in the log, and of later calls none but errors: tests write and read
25,000 rows."""

_CALM = 3
"""Looks in a row without an open connection, for one may be about to be taken."""


class NotionDouble:
    """The service with one workspace; serves while it is entered.

    ``latency`` is in seconds, half of it before the request is done and half after; ``budget`` is the
    number of requests in a ``window`` of seconds.
    """

    def __init__(
        self,
        *,
        world: World | None = None,
        clock: Clock = now,
        latency: float = 0.0,
        budget: int | None = None,
        window: float = 60.0,
    ) -> None:
        self.world = world or World(clock)
        self.person = Person(self.world)
        self.latency = latency
        self.pace = Pace(budget, window)
        self.faults = Faults()
        self.storm: Storm | None = None
        self.log = Log()
        self.integration = Integration()
        self.integrations = {self.integration.token: self.integration}
        self._cursors = Cursors()
        self._server = LoopbackServer(self._answer)
        self._clients: list[Client] = []

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients:
            client.close()
        self._server.stop()

    # -------------------------------------------------------------------------- what tests ask for

    @property
    def url(self) -> str:
        """What stands for ``https://api.notion.com``."""
        return self._server.origin

    @property
    def token(self) -> str:
        """The token of the integration."""
        return self.integration.token

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a command line here."""
        return {"NOTION_API_URL": self.url, "NOTION_TOKEN": self.token}

    def client(
        self, version: str = OLD, *, token: str | None = None, timeout: float = 10.0
    ) -> Client:
        """Return notion-client, which retries nothing by itself; leaving the double closes it."""
        import httpx
        from notion_client import Client

        made = Client(
            auth=token or self.token,
            base_url=self.url,
            notion_version=version,
            timeout_ms=int(timeout * 1_000),
            retry=False,
            logger=logging.getLogger("notion-double"),
            log_level=logging.CRITICAL,
            client=httpx.Client(trust_env=False, verify=False),
        )
        self._clients.append(made)
        return made

    def home(self, title: str = "Home") -> Page:
        """Return a new page that is shared with the integration."""
        return self.world.add_page(title, shared=True)

    def allow(self, *capabilities: str) -> None:
        """Let the integration do this and nothing else: ``read``, ``insert``, ``update``, ``users``."""
        assert ALL_CAPABILITIES.issuperset(capabilities)
        self.integration.capabilities = frozenset(capabilities)

    def revoke(self) -> None:
        """Let the token be dead."""
        self.integrations.clear()

    def lag(self, seconds: float = 0.0, *, queries: int = 0) -> None:
        """Let queries see what is written from now on only after seconds, or after some queries."""
        self.world.lag, self.world.lag_queries = timedelta(seconds=seconds), queries

    def limit_blocks(self, limit: int = 1_000, *, members: int = 2) -> None:
        """Make the workspace a free one whose days of grace are over."""
        self.world.plan, self.world.members, self.world.block_limit = "free", members, limit

    def pages_of(self, source: DataSource, *, trashed: bool | None = False) -> list[Page]:
        """Return the rows of a data source."""
        return self.person.pages(source, trashed=trashed)

    def find(self, source: DataSource, name: str, value: Any) -> list[Page]:
        """Return the rows with a value, out of the trash."""
        return self.person.find(source, name, value)

    def source(self, title_or_id: str) -> DataSource:
        """Return a data source by its title or id."""
        known = self.world.sources
        return known.get(title_or_id) or next(
            each for each in known.values() if each.name == title_or_id
        )

    def person_edits(self, page: Page, values: Mapping[str, Any]) -> None:
        """Change properties of a page in plain values, as a person does."""
        self.person.edit(page, values)

    def snapshot(
        self, *sources: DataSource, but: tuple[str, ...] = ()
    ) -> dict[str, dict[str, Any]]:
        """Return all values of all rows, to compare with later."""
        return self.person.snapshot(*sources, but=but)

    def pause(self) -> None:
        """Be unreachable: connections are refused."""
        self._server.pause()

    def resume(self) -> None:
        """Be reachable again, at the same address."""
        self._server.resume()

    def wait_until_quiet(self) -> None:
        """Wait until all that clients sent is done, also those that did not live to hear of it."""
        calm = 0
        while calm < _CALM:
            calm = calm + 1 if self._server.is_quiet else 0
            time.sleep(0.002)

    def before_page(self, pattern: str, hook: Callable[[], object], *, page: int = 2) -> None:
        """Call a hook before the n-th of the coming calls that fit a pattern is answered."""
        self.faults.add(pattern, after(hook), skip=page - 1)

    def assert_clean(self) -> None:
        """Raise if anyone asked for what Notion does not have."""
        found = [str(call) for call in self.log.unexpected] + self.log.problems
        assert not found, "\n".join(found)

    def check_contract(self, document: Contract) -> list[str]:
        """Return what all calls so far have in them that the document does not allow."""
        return document.check(self.log.noted)

    # ---------------------------------------------------------------------------------- the service

    def _answer(self, request: Request) -> Answer:
        """Do one request after the other, so that each sees a world at rest; wait all at once."""
        with self.log.flying():
            at = self.world.clock()
            self._wait(self.latency / 2)
            with self.world.turn:
                answer = self._turn(request, at)
            self._wait(self.latency / 2 + answer.delay)
            return replace(answer, delay=0.0)

    def _wait(self, seconds: float) -> None:
        if seconds:
            self._server.closing.wait(seconds)

    def _turn(self, request: Request, at: datetime) -> Answer:
        found = routes.find(request.method, request.path)
        if found is None:
            refused = Refused(400, "invalid_request_url", "Invalid request URL.")
            answer, template = refused.answer(), ""
        else:
            route, params = found
            template = route.template
            answer = self._met(request, template, lambda: self._visit(request, route, params))
        present = self.world.clock()
        sent = present + timedelta(seconds=self.latency / 2 + answer.delay)
        wait = answer.headers.get("Retry-After")
        until = None if wait is None else present + timedelta(seconds=int(wait))
        is_kept = len(self.log.calls) < _KEPT_CALLS and len(answer.body) <= _KEPT_BYTES
        kept = answer if is_kept or answer.status >= 400 else replace(answer, raw=b"{}")
        self.log.add(Call(request, template, kept, at, sent, until))
        return answer

    def _met(self, request: Request, template: str, make: Make) -> Answer:
        """Answer, unless a fault is set for this call or the storm has one."""
        fault = self.faults.next(request.method, template)
        if fault is None and self.storm is not None:
            fault = self.storm.next(request.method, template)
        return make() if fault is None else fault(make)

    def _visit(self, request: Request, route: routes.Route, params: dict[str, str]) -> Answer:
        try:
            answer = route.endpoint(self._let_in(request, route, params))
        except Refused as refused:
            return refused.answer()
        self.log.applied[f"{route.method} {route.template}"] += 1
        return answer

    def _let_in(self, request: Request, route: routes.Route, params: dict[str, str]) -> Visit:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        who = self.integrations.get(token) if scheme == "Bearer" else None
        if who is None:
            raise Refused(401, "unauthorized", "API token is invalid.")
        self.pace.admit(self.world.clock())
        version = self._version(request)
        for name in request.query:
            if name not in route.query:
                where = f"{route.method} {route.template}"
                self.log.problem(f"{where}: Notion knows no parameter {name!r}")
        return Visit(request, params, who, version, self.world, self._cursors, self.log)

    def _version(self, request: Request) -> str:
        version = request.headers.get("notion-version")
        if version is None:
            said = "Notion-Version header failed validation: Notion-Version header should be "
            raise Refused(400, "missing_version", f"{said}defined, instead was `undefined`.")
        if version not in VERSIONS:
            self.log.problem(f"the double does not play version {version}")
            raise Refused(400, "validation_error", f"Notion-Version {version} is not played here.")
        return version
