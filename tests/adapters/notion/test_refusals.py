"""Which error an answer of Notion's, or the lack of one, becomes; the usual ones are in test_wire.py."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from notion_client.errors import InvalidPathParameterError, RequestTimeoutError

from syncengine.adapters.notion.refusals import Busy, NoRoom, broken, refusal, retry_after
from syncengine.core.moment import Instant
from syncengine.errors import (
    Forbidden,
    Gone,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    SignInNeeded,
    Transient,
)

NOON = Instant(1_790_000_000)
CREATE = "POST /v1/pages"


def answered(
    status: int, body: Any = b"", headers: dict[str, str] | None = None, endpoint: str = CREATE
) -> RemoteError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(endpoint, status, headers=headers or {}, body=raw, clock=lambda: NOON)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Rejected),
        (400, Rejected),
        (401, SignInNeeded),
        (403, Forbidden),
        (404, Rejected),
        (405, Rejected),
        (408, OutcomeUnknown),
        (409, Transient),
        (413, Rejected),
        (425, Transient),
        (429, Busy),
        (500, OutcomeUnknown),
        (501, Rejected),
        (502, OutcomeUnknown),
        (503, OutcomeUnknown),
        (504, OutcomeUnknown),
        (520, OutcomeUnknown),
        (529, Busy),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>no</html>",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        {},
        {"code": 7, "message": ["no"], "additional_data": "none"},
        {"code": None, "message": None, "additional_data": {"rate_limit_reason": {"odd": 1}}},
    ],
)
def test_a_status_has_its_meaning_whatever_the_body_is(
    status: int, kind: type[RemoteError], body: Any
) -> None:
    found = answered(status, body)
    assert type(found) is kind
    assert (found.system, found.operation) == ("notion", CREATE)
    assert isinstance(found, SignInNeeded | Busy) or str(status) in str(found)


def test_only_what_may_be_the_budget_of_the_connection_is_called_so() -> None:
    def reason(status: int, text: str | None) -> bool:
        more = {} if text is None else {"additional_data": {"rate_limit_reason": text}}
        found = answered(status, {"code": "rate_limited", "message": "no", **more})
        assert isinstance(found, Busy)
        return found.budget

    assert reason(429, None)
    assert reason(429, "public_api_request_rate_limit")
    assert not reason(429, "public_api_space_request_rate_limit")
    assert not reason(529, None)


@pytest.mark.parametrize("limit", [{"limit": 1_000, "used": 1_000}, 1_000, True, {}])
def test_the_limit_of_blocks_may_have_any_form(limit: object) -> None:
    body = {
        "code": "restricted_resource",
        "message": "no",
        "additional_data": {"block_limit": limit},
    }
    found = answered(403, body)
    assert isinstance(found, NoRoom)
    assert not found.everything


@pytest.mark.parametrize(
    ("endpoint", "capability"),
    [
        ("GET /v1/pages/{page_id}", "Read content"),
        ("POST /v1/search", "Read content"),
        ("POST /v1/data_sources/{data_source_id}/query", "Read content"),
        ("POST /v1/databases", "Insert content"),
        ("PATCH /v1/blocks/{block_id}/children", "Insert content"),
        ("PATCH /v1/data_sources/{data_source_id}", "Update content"),
        ("DELETE /v1/blocks/{block_id}", "Update content"),
        ("GET /v1/users", "Read user information"),
    ],
)
def test_each_endpoint_needs_a_capability(endpoint: str, capability: str) -> None:
    message = "Insufficient permissions for this endpoint."
    found = answered(403, {"code": "restricted_resource", "message": message}, endpoint=endpoint)
    assert isinstance(found, Forbidden)
    assert found.everything
    assert repr(capability) in str(found)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Can't edit block that is archived. You must unarchive the block before editing.", Gone),
        ("Can't edit page on block with an archived ancestor. You must unarchive it.", Gone),
        ("Can't edit a page that is in the trash.", Gone),
        ("body failed validation: body.archived should be not present.", Rejected),
        ("body failed validation: body.in_trash should be a boolean.", Rejected),
        ("Archived Songs is not a property that exists.", Rejected),
    ],
)
def test_what_is_in_the_trash_is_told_from_a_wrong_word(
    message: str, kind: type[RemoteError]
) -> None:
    assert type(answered(400, {"code": "validation_error", "message": message})) is kind


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 60 ", 60.0),
        ("0", 0.0),
        ("9" * 40, 999_999_999.0),
        ("Mon, 21 Sep 2026 14:13:50 GMT", 30.0),
        ("Mon, 21 Sep 2020 14:13:50 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0661", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": text}, lambda: NOON) == seconds


def late(cause: Exception) -> Exception:
    """Return what notion-client makes of a time that ran out."""
    try:
        try:
            raise cause
        except httpx.TimeoutException:
            raise RequestTimeoutError  # noqa: B904 -- as notion-client does it
    except RequestTimeoutError as error:
        return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("refused"), Transient),
        (httpx.ProxyError("no"), Transient),
        (late(httpx.ConnectTimeout("slow")), Transient),
        (late(httpx.PoolTimeout("full")), Transient),
        (late(httpx.ReadTimeout("slow")), OutcomeUnknown),
        (late(httpx.WriteTimeout("slow")), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.WriteError("reset"), OutcomeUnknown),
        (httpx.CloseError("reset"), OutcomeUnknown),
        (httpx.RemoteProtocolError("hung up"), OutcomeUnknown),
        (httpx.DecodingError("no gzip"), OutcomeUnknown),
        (httpx.LocalProtocolError("Illegal header value b'Bearer ntn_secret'"), Rejected),
        (httpx.UnsupportedProtocol("ftp"), Rejected),
        (httpx.InvalidURL("no"), Rejected),
        (InvalidPathParameterError(), Rejected),
    ],
)
def test_a_connection_that_breaks_before_it_stands_did_nothing(
    error: Exception, kind: type[RemoteError]
) -> None:
    found = broken(CREATE, error)
    assert type(found) is kind
    assert "ntn_secret" not in str(found)


def test_what_is_no_error_of_theirs_is_left_alone() -> None:
    assert broken(CREATE, KeyError("x")) is None
