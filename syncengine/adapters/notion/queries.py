"""Queries of a data source that are answered whole, however many rows there are.

A query ends after 10,000 rows. What is beyond them is asked for in windows: a new query begins in the
minute in which the last row that was seen was created, for Notion knows times to the minute. The rows
are always in the order in which they were created, which no edit changes: where a row that is edited
moved to the end, a reader whose next page began with it would go on there and miss all between.
"""

from __future__ import annotations

from collections.abc import Iterator

from syncengine.adapters.notion.asking import SYSTEM, Json, Wire
from syncengine.adapters.notion.shelf import Shelf
from syncengine.errors import RemoteError, Transient

QUERY = "POST /v1/data_sources/{data_source_id}/query"
PAGE_SIZE = 100
MOST_ROWS = 10_000
_ENOUGH_ROWS = MOST_ROWS - PAGE_SIZE
_IN_ORDER = [{"timestamp": "created_time", "direction": "ascending"}]


def rows(wire: Wire, shelf: Shelf, *, trashed: bool, where: Json | None = None) -> Iterator[Json]:
    """Yield the pages that fit a filter, out of the trash or in it, each once, in order of creation.

    Raises RemoteError, also where Notion has more than it shows and no window leads on.
    """
    known: set[str] = set()
    since = ""
    while True:
        cursor: str | None = None
        latest, count, cut = since, 0, False
        while True:
            answer = _query(wire, shelf, trashed, _within(where, since), cursor)
            pages = [each for each in answer["results"] if each.get("object") == "page"]
            for page in pages:
                if page["id"] not in known:
                    known.add(page["id"])
                    yield page
            count += len(answer["results"])
            latest = pages[-1]["created_time"] if pages else latest
            cursor, cut = answer.get("next_cursor"), cut or _is_cut(answer, count)
            if cursor is None or (count >= _ENOUGH_ROWS and latest > since):
                break
        if cursor is None and not cut:
            return
        if latest <= since:
            raise _no_way_on(shelf, since, count)
        since = latest


def _query(wire: Wire, shelf: Shelf, trashed: bool, where: Json | None, cursor: str | None) -> Json:
    """Return one page of rows; what is in the trash has to be asked for, in both versions alike."""
    asked: Json = {"sorts": _IN_ORDER, "page_size": PAGE_SIZE}
    if where is not None:
        asked["filter"] = where
    if cursor is not None:
        asked["start_cursor"] = cursor
    if trashed:
        asked["in_trash"] = True
    answer = wire.read(QUERY, lambda client: client.data_sources.query(shelf.source, **asked))
    if not isinstance(answer.get("results"), list):
        raise Transient(
            "Notion answered a query with no rows at all", system=SYSTEM, operation=QUERY
        )
    return answer


def _within(where: Json | None, since: str) -> Json | None:
    if not since:
        return where
    window = {"timestamp": "created_time", "created_time": {"on_or_after": since}}
    return window if where is None else {"and": [where, window]}


def _is_cut(answer: Json, count: int) -> bool:
    """Tell whether there is more than an answer and its next pages show."""
    status = (answer.get("request_status") or {}).get("type")
    if status is None:
        more = answer.get("has_more") is True and answer.get("next_cursor") is None
        return more or count >= MOST_ROWS
    return bool(status != "complete")


def _no_way_on(shelf: Shelf, since: str, count: int) -> RemoteError:
    if since:
        why = f"more than {count:,} of its pages were created in one minute ({since})"
    else:
        why = f"it showed {count:,} pages and said that there are more"
    return RemoteError(
        f"Notion does not show all of a database: {why}",
        system=SYSTEM,
        operation=QUERY,
        address=shelf.source,
    )
