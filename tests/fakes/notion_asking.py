"""Short forms of what tests send to the Notion double, by notion-client and by hand."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx
import pytest
from notion_client import APIResponseError, Client

from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import OLD, Json
from tests.fakes.notion_things import DataSource, Page


def text(content: str) -> list[Json]:
    """Return rich text as clients send it."""
    return [{"text": {"content": content}}]


def titled(name: str, **values: Any) -> Json:
    """Return the properties of a page with a title called Name."""
    return {"Name": {"title": text(name)}, **values}


def create(client: Client, source: DataSource, properties: Json, **more: Any) -> Any:
    """Make a row."""
    parent = {"type": "data_source_id", "data_source_id": source.id}
    return client.pages.create(parent=parent, properties=properties, **more)


def query(client: Client, source: DataSource, **asked: Any) -> list[str]:
    """Return the ids that a query finds on all of its pages."""
    found: list[str] = []
    cursor = None
    while True:
        answer: Any = client.data_sources.query(source.id, start_cursor=cursor, **asked)
        found += [each["id"] for each in answer["results"]]
        cursor = answer["next_cursor"]
        assert answer["has_more"] is (cursor is not None)
        if cursor is None:
            return found


def ids(*pages: Page) -> list[str]:
    return [page.id for page in pages]


class Refusal:
    """Expects an error of the API: ``with Refusal(400, "should be ≤ `2000`"): ...``."""

    def __init__(self, status: int, message: str = "", code: str = "") -> None:
        self._status, self._message, self._code = status, message, code
        self._raises = pytest.raises(APIResponseError)

    def __enter__(self) -> None:
        self.caught = self._raises.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        passed = bool(self._raises.__exit__(kind, error, trace))
        if passed:
            found = self.caught.value
            assert found.status == self._status, str(found)
            assert self._code in ("", found.code), found.code
            assert self._message in str(found), str(found)
        return passed


def by_hand(
    double: NotionDouble,
    name: str,
    *,
    headers: dict[str, str | None] | None = None,
    content: bytes | None = None,
    body: Any = None,
) -> httpx.Response:
    """Ask without notion-client; a header that is None is left out."""
    method, _, path = name.partition(" ")
    usual = {"Authorization": f"Bearer {double.token}", "Notion-Version": OLD}
    sent = {k: v for k, v in {**usual, **(headers or {})}.items() if v is not None}
    with httpx.Client(trust_env=False, verify=False, base_url=double.url) as client:
        return client.request(method, path, headers=sent, content=content, json=body)
