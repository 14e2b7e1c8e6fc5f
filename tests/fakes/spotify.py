"""Spotify's Web API and accounts service as of November 2026, played on the loopback.

>>> with SpotifyDouble("development") as double:
...     songs = double.world.add_tracks(3)
...     double.world.like(*songs)
...     token = double.accounts.sign_in("user-library-read")["access_token"]

``double.api_url`` and ``double.accounts_url`` are what a client is pointed to, in this process or in
another. `World` is the state, `Accounts` the tokens, `Faults` what goes wrong, `Log` what was asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tests.fakes import spotify_routes as routes
from tests.fakes.server import LoopbackServer
from tests.fakes.spotify_accounts import Accounts
from tests.fakes.spotify_faults import Faults
from tests.fakes.spotify_http import Answer, Mode, Refused, Request, error
from tests.fakes.spotify_log import Call, Log
from tests.fakes.spotify_shapes import Shapes
from tests.fakes.spotify_things import User
from tests.fakes.spotify_visit import Visit
from tests.fakes.spotify_world import Clock, World, now

if TYPE_CHECKING:
    import requests
    import spotipy

    from tests.fakes.openapi import OpenApi

_API = "/v1"
ALL_SCOPES = (
    "playlist-read-private playlist-read-collaborative playlist-modify-public "
    "playlist-modify-private user-library-read user-library-modify user-read-private user-read-email"
)


class SpotifyDouble:
    """The service in one of its modes; serves while it is entered.

    A given ``world`` is served as it is. ``mode`` may be changed at any time.
    """

    def __init__(
        self, mode: Mode = "development", *, world: World | None = None, clock: Clock = now
    ) -> None:
        self.mode: Mode = mode
        self.world = world or World(clock=clock)
        self.accounts = Accounts(self.world)
        self.faults = Faults()
        self.log = Log()
        self._server = LoopbackServer(self._answer)
        self._turn = threading.RLock()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    # -------------------------------------------------------------------------- what tests ask for

    @property
    def accounts_url(self) -> str:
        """What stands for ``https://accounts.spotify.com``."""
        return self._server.origin

    @property
    def api_url(self) -> str:
        """What stands for ``https://api.spotify.com/v1/``."""
        return f"{self._server.origin}{_API}/"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a command line here."""
        return {"SPOTIFY_API_URL": self.api_url, "SPOTIFY_ACCOUNTS_URL": self.accounts_url}

    def client(
        self, session: requests.Session, scopes: str = ALL_SCOPES, user: User | None = None
    ) -> spotipy.Spotify:
        """Return a client that is signed in; with its own session it retries nothing by itself."""
        from spotipy import Spotify

        token = self.accounts.sign_in(scopes, user)["access_token"]
        made = Spotify(auth=token, requests_session=session)
        made.prefix = self.api_url
        return made

    def pause(self) -> None:
        """Be unreachable: connections are refused."""
        self._server.pause()

    def resume(self) -> None:
        """Be reachable again, at the same address."""
        self._server.resume()

    def before_page(self, pattern: str, hook: Callable[[], object], *, page: int = 2) -> None:
        """Call a hook before the n-th of the coming calls that fit a pattern is answered."""
        from tests.fakes.spotify_faults import after

        self.faults.add(pattern, after(hook), skip=page - 1)

    def assert_clean(self) -> None:
        """Raise if anyone asked for what Spotify does not have."""
        found = [str(call) for call in self.log.unexpected] + self.log.problems
        assert not found, "\n".join(found)

    def check_contract(self, document: OpenApi) -> list[str]:
        """Return what all calls so far have in them that the document does not allow."""
        return document.check(self.log.calls)

    # ---------------------------------------------------------------------------------- the service

    def _answer(self, request: Request) -> Answer:
        """Answer one request after the other, so that each sees a world at rest."""
        with self._turn:
            template, path, answer = self._sort(request)
            self.log.add(Call(path, template, answer, self.world.clock()))
        return answer

    def _sort(self, request: Request) -> tuple[str, Request, Answer]:
        """Find who answers; return the template, the request as it is logged, and the answer."""
        name = f"{request.method} {request.path}"
        if name == "GET /authorize":
            return (
                "/authorize",
                request,
                self._met(request, lambda: self.accounts.authorize(request)),
            )
        if name == "POST /api/token":
            return "/api/token", request, self._met(request, lambda: self.accounts.token(request))
        if not request.path.startswith(f"{_API}/"):
            return "", request, error(404, "Not found")
        inner = Request(
            request.method, request.path[len(_API) :], request.query, request.headers, request.body
        )
        found = routes.find(inner.method, inner.path)
        if found is None:
            return "", inner, error(404, "Service not found")
        route, params = found
        answer = self._met(inner, lambda: self._visit(inner, route, params), route.template)
        return route.template, inner, answer

    def _met(self, request: Request, make: Callable[[], Answer], template: str = "") -> Answer:
        """Answer, unless a fault is set for this call."""
        fault = self.faults.next(request.method, template or request.path)
        return make() if fault is None else fault(make)

    def _visit(self, request: Request, route: routes.Route, params: dict[str, str]) -> Answer:
        try:
            return self._let_in(request, route, params)
        except Refused as refused:
            return refused.answer()

    def _let_in(self, request: Request, route: routes.Route, params: dict[str, str]) -> Answer:
        grant = self.accounts.whose(request.headers.get("authorization"))
        if self.mode not in route.modes:
            raise Refused(403, "Forbidden")
        for name in request.query:
            if name not in route.query:
                where = f"{request.method} {route.template}"
                self.log.problem(f"{where}: Spotify's document knows no parameter {name!r}")
        shapes = Shapes(f"{self._server.origin}{_API}", self.mode)
        visit = Visit(request, params, grant.user, grant.scopes, self.world, shapes, self.log)
        if route.scope is not None:
            visit.need(route.scope)
        return route.endpoint(visit)
