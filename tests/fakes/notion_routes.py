"""Which endpoints of Notion there are, and who answers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests.fakes import notion_containers as containers
from tests.fakes import notion_others as others
from tests.fakes import notion_pages as pages
from tests.fakes.notion_http import Answer
from tests.fakes.notion_visit import Visit

Endpoint = Callable[[Visit], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; ``query`` are the parameters that it takes."""

    method: str
    template: str
    endpoint: Endpoint
    query: frozenset[str]


def _route(name: str, endpoint: Endpoint, query: str = "") -> Route:
    method, _, template = name.partition(" ")
    return Route(method, template, endpoint, frozenset(query.split()))


_PAGED = "start_cursor page_size"
_DATABASE = "/v1/databases/{database_id}"
_SOURCE = "/v1/data_sources/{data_source_id}"
_BLOCK = "/v1/blocks/{block_id}"
ROUTES: tuple[Route, ...] = (
    _route("GET /v1/users/me", others.me),
    _route("GET /v1/users", others.users, _PAGED),
    _route("GET /v1/users/{user_id}", others.user),
    _route("POST /v1/search", others.search),
    _route("POST /v1/databases", containers.create_database),
    _route(f"GET {_DATABASE}", containers.retrieve_database),
    _route(f"PATCH {_DATABASE}", containers.update_database),
    _route("POST /v1/data_sources", containers.create_source),
    _route(f"GET {_SOURCE}", containers.retrieve_source),
    _route(f"PATCH {_SOURCE}", containers.update_source),
    _route(f"POST {_SOURCE}/query", containers.query, "filter_properties"),
    _route("POST /v1/pages", pages.create),
    _route("GET /v1/pages/{page_id}", pages.retrieve, "filter_properties"),
    _route("PATCH /v1/pages/{page_id}", pages.update),
    _route("GET /v1/pages/{page_id}/properties/{property_id}", pages.property_item, _PAGED),
    _route(f"GET {_BLOCK}", others.retrieve_block),
    _route(f"DELETE {_BLOCK}", others.delete_block),
    _route(f"GET {_BLOCK}/children", others.children, _PAGED),
    _route(f"PATCH {_BLOCK}/children", others.append_children),
)


@cache
def _compiled() -> list[tuple[re.Pattern[str], Route]]:
    """Return the routes with their paths as patterns; those without names come first."""
    ordered = sorted(ROUTES, key=lambda route: route.template.count("{"))
    return [
        (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template)), route)
        for route in ordered
    ]


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path, with what the path names."""
    for pattern, route in _compiled():
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict()
    return None
