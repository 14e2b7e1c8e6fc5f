"""What Notion says when it does not do what was asked, as our errors; and what breaks on the way to it.

Sources: developers.notion.com/reference/status-codes, request-limits, workspace-block-limits and
capabilities; the messages about the trash stand nowhere and are as they were seen.

Which error it is says what may have happened: Transient and Limited, that nothing was done;
OutcomeUnknown, that it may have been done or not; the others, that it was turned down for good.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from syncengine.adapters.notion.asking import SYSTEM
from syncengine.adapters.retry import Limited
from syncengine.core.ports import Clock
from syncengine.errors import (
    Forbidden,
    Gone,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    SignInNeeded,
    Transient,
)

MAKES_BLOCKS = frozenset({"POST /v1/pages", "POST /v1/databases"})
"""What a workspace without blocks to spare turns down."""
WHAT_TO_DO = (
    "set NOTION_TOKEN to the secret of your integration, which its owner finds, or makes anew, at "
    "notion.so/profile/integrations"
)
_SHOWN = 300
_OWN_BUDGET = "public_api_request_rate_limit"
_REASONS = {
    _OWN_BUDGET: "this integration has used up its requests for this minute",
    "public_api_space_request_rate_limit": (
        "the workspace has used up the requests that all of its integrations share"
    ),
}
_IN_TRASH = re.compile(
    r"\b(?:is|are) (?:archived|in (?:the )?trash)\b|\b(?:archived|trashed) ancestor"
)
_ID = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b")
_NO_CAPABILITY = "insufficient permissions for this endpoint"


class Busy(Limited):
    """Notion asks for fewer requests; ``budget``: it may be those of this integration that are used up."""

    budget = False


class NoRoom(Forbidden):
    """The workspace may hold no more blocks, so nothing can be created in it."""


def refusal(
    endpoint: str, status: int, *, headers: Mapping[str, str], body: bytes, clock: Clock
) -> RemoteError:
    """Return the error that an answer from 300 on stands for; ``endpoint`` is ``POST /v1/pages``."""
    code, said, more = _said(body)
    told = f"Notion answered {endpoint} with {status}" + (f": {said}" if said else "")
    where: dict[str, Any] = {"system": SYSTEM, "operation": endpoint}
    asked = retry_after(headers, clock)
    match status:
        case 401:
            what = said or "status 401"
            return SignInNeeded(f"Notion does not take the token ({what}); {WHAT_TO_DO}", **where)
        case 403:
            return _forbidden(endpoint, said, more, told, where)
        case 404 if code == "object_not_found":
            return _not_there(said, told, where)
        case 400 if _IN_TRASH.search(said):
            return Gone(f"it is in Notion's trash ({told})", address=_named(said), **where)
        case 409 | 425:
            return Transient(told, retry_after=asked, **where)
        case 429 | 529:
            return _busy(status, more, asked, where)
        case 408 | 500 | 502 | 503 | 504:
            return OutcomeUnknown(told, retry_after=asked, **where)
        case _ if status > 504:
            return OutcomeUnknown(told, retry_after=asked, **where)
        case _:
            return Rejected(told, **where)


def no_room(endpoint: str) -> NoRoom:
    """Return what it means that the workspace's blocks are used up."""
    return NoRoom(
        "Notion creates nothing more in this workspace: on the free plan, one with several members "
        "has 1,000 blocks for life, and every page is one; deleting gives none back. Editing what is "
        "there goes on working. A paid plan, a workspace with one member, or a personal access token "
        "has no such limit",
        system=SYSTEM,
        operation=endpoint,
        creating=True,
    )


def broken(endpoint: str, error: Exception) -> RemoteError | None:
    """Return what an error of httpx or notion-client means that came without an answer; None: no such."""
    import httpx
    from notion_client.errors import InvalidPathParameterError, RequestTimeoutError

    # notion-client hides which time it was that ran out.
    cause = error.__context__ if isinstance(error, RequestTimeoutError) else error
    where: dict[str, Any] = {"system": SYSTEM, "operation": endpoint}
    if isinstance(error, InvalidPathParameterError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Rejected(f"{endpoint} was not sent: {error}", **where)
    if isinstance(error, httpx.LocalProtocolError):
        # Its words may hold a header, and that the token.
        return Rejected(f"{endpoint} was not sent: it is no sound request", **where)
    if isinstance(cause, _never_sent()):
        what = f"Notion could not be reached ({type(cause).__name__}): {endpoint}"
        return Transient(what, **where)
    if isinstance(error, RequestTimeoutError):
        return OutcomeUnknown(f"Notion did not answer {endpoint} in time", **where)
    if isinstance(error, httpx.RequestError):
        what = f"the connection to Notion broke ({type(error).__name__}): {endpoint}"
        return OutcomeUnknown(what, **where)
    return None


def no_object(endpoint: str) -> OutcomeUnknown:
    """Return what it means that an answer is no JSON object."""
    what = f"Notion answered {endpoint} with something that is no JSON object"
    return OutcomeUnknown(what, system=SYSTEM, operation=endpoint)


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return for how many seconds Notion wants to be left alone; None where it does not say.

    It holds seconds; a gateway on the way may put a date (RFC 9110, 10.2.3).
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - clock())
    except (ValueError, OverflowError):
        return None


def _never_sent() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def _busy(
    status: int, more: Mapping[str, Any], asked: float | None, where: Mapping[str, Any]
) -> Busy:
    reason = more.get("rate_limit_reason")
    known = _REASONS.get(reason) if isinstance(reason, str) else None
    if status == 529:
        what = "Notion is overloaded"
    elif known is not None:
        what = f"Notion is rate limiting: {known}"
    elif isinstance(reason, str):
        what = f"Notion is rate limiting ({reason[:_SHOWN].replace('_', ' ')})"
    else:
        what = "Notion is rate limiting"
    made = Busy(what, retry_after=asked, **where)
    made.budget = status == 429 and reason in (None, _OWN_BUDGET)
    return made


def _forbidden(
    endpoint: str, said: str, more: Mapping[str, Any], told: str, where: Mapping[str, Any]
) -> RemoteError:
    if "block_limit" in more:
        return no_room(endpoint)
    if _NO_CAPABILITY in said.casefold():
        return Forbidden(
            f"the integration lacks the capability {_capability(endpoint)!r}, which {endpoint} needs; "
            "its owner ticks it under Capabilities at notion.so/profile/integrations",
            everything=True,
            **where,
        )
    return Forbidden(told, **where)


def _capability(endpoint: str) -> str:
    """Return what the integration must be allowed to do, as Notion's settings call it."""
    method, _, path = endpoint.partition(" ")
    if path.startswith("/v1/users"):
        return "Read user information"
    if method == "GET" or path.endswith(("/query", "/search")):
        return "Read content"
    if method == "POST" or path.endswith("/children"):
        return "Insert content"
    return "Update content"


def _not_there(said: str, told: str, where: Mapping[str, Any]) -> Gone:
    words = (
        "there is no such thing in Notion, or it is not shared with the integration (in Notion, add the "
        "integration under ··· > Connections of the page that holds it)"
    )
    return Gone(f"{words}; {told}", address=_named(said), **where)


def _named(said: str) -> str:
    """Return the id that a message names: it may be that of a related page."""
    found = _ID.search(said)
    return found.group() if found else ""


def _said(body: bytes) -> tuple[str, str, Mapping[str, Any]]:
    """Return the code, the message and the additional data of an error; empty where there is none."""
    try:
        error = msgspec.json.decode(body, type=dict[str, Any])
    except (ValueError, RecursionError):
        return "", "", {}
    code, said, more = (error.get(name) for name in ("code", "message", "additional_data"))
    return (
        code if isinstance(code, str) else "",
        " ".join(said.split())[:_SHOWN] if isinstance(said, str) else "",
        more if isinstance(more, dict) else {},
    )
