"""The report of a merge as one page of HTML: no network, light and dark, whatever the library holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from syncengine.core.page_text import page_text

_MOST_ROWS = 1_000
"""Rows of a table; the JSON beside the page has all of them."""
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
code { font-size: .9em; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def merge_page(document: Mapping[str, Any]) -> bytes:
    """Return the page for a merge's report, which is as its JSON says it; UTF-8."""
    name = _text(document["name"])
    head = (
        f"{document['entries_before']:,} entries before, <strong>{document['unique_after']:,} recordings "
        f"after</strong>; in the order <em>{_text(document['order'])}</em>, told apart by "
        f"<em>{_text(document['match'])}</em>. Plan <code>{_text(document['plan'])}</code>, made "
        f"{_text(document['at'])}."
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>Merge: {name}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{name}</h1>",
        f"<p>{head}</p>",
        *_sections(document),
        "</body></html>\n",
    ]
    return "\n".join(parts).encode("utf-8", "replace")


def _sections(document: Mapping[str, Any]) -> Iterable[str]:
    names = {each["key"]: each["playlist"] for each in document["sources"]}
    yield _table(
        "What is merged",
        ("playlist", "entries", "recordings", "as seen", "by"),
        [
            (e["playlist"], e["entries"], e["recordings"], e["observed_at"], e["source"])
            for e in document["sources"]
        ],
    )
    yield _table("What it makes", ("playlist", "entries"), [
        (each["name"], each["entries"]) for each in document["parts"]
    ])  # fmt: skip
    yield _table("What each rule removed", ("rule", "entries"), [*document["removed"].items()])
    yield _table("Overlap", ("playlist", "and", "recordings in both"), [
        (names[each["playlists"][0]], names[each["playlists"][1]], each["recordings"])
        for each in document["overlaps"]
    ])  # fmt: skip
    weights = document["weights"]
    yield _table(
        "How many playlists hold a recording",
        ("playlists", "recordings"),
        [*weights["in_playlists"].items()],
    )
    most = ("title", "playlists", "entries", "URI")
    for title, rows in (
        ("The most weighted", weights["most"]),
        ("How it begins", document["sample"]),
    ):
        listed = [(e["title"], e["playlists"], e["entries"], e["uri"]) for e in rows]
        yield _table(title, most, listed)
    yield _table("What gave way", ("title", "to", "because", "kept by the rule"), [
        (e["title"], e["kept_title"], e["kind"], e["rule"]) for e in document["replaced"]
    ])  # fmt: skip
    yield _table("What is left out", ("title", "playlist", "place", "because"), [
        (e["title"], names[e["playlist"]], e["position"], e["reason"]) for e in document["left_out"]
    ])  # fmt: skip


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return f"<h2>{_text(title)}</h2><p>none</p>"
    cells = [_row("td", row) for row in rows[:_MOST_ROWS]]
    more = len(rows) - len(cells)
    note = f"<p>and {more:,} more, which the JSON beside this page has</p>" if more > 0 else ""
    first = [
        value if isinstance(rows[0][n], str) else _Number(value) for n, value in enumerate(head)
    ]
    return (
        f'<h2>{_text(title)}</h2><div class="wide"><table><thead>{_row("th", first)}</thead>'
        f"<tbody>{''.join(cells)}</tbody></table></div>{note}"
    )


class _Number(str):
    """A title over numbers."""

    __slots__ = ()


def _row(kind: str, values: Iterable[object]) -> str:
    return "<tr>" + "".join(_cell(kind, value) for value in values) + "</tr>"


def _cell(kind: str, value: object) -> str:
    if isinstance(value, int):
        return f'<{kind} class="number">{value:,}</{kind}>'
    if isinstance(value, _Number):
        return f'<{kind} class="number">{_text(value)}</{kind}>'
    return f"<{kind}>{_text(value)}</{kind}>"


def _text(value: object) -> str:
    return escape(page_text(str(value)))
