"""What a remediation found as one HTML page that needs nothing else: no network, no script, light and dark.

Whatever the library holds is text here: every value is escaped, and the page forbids itself to load or run
anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from syncengine.cli.text import safe
from syncengine.core.finding import KINDS, Finding, Fix
from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import Value

if TYPE_CHECKING:
    from syncengine.cli.remediating import Outcome

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notion and the library</title>
<style>
:root { color-scheme: light dark; --line: #d0d4da; --page: #fff; --text: #14181d;
  --head: #f1f3f6 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a414b; --page: #14181d; --text: #e8ebef; --head: #20262e }
}
body { margin: 0 auto; padding: 1rem; max-width: 90rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; min-width: 4rem }
th { background: var(--head) }
a { color: inherit }
</style>
</head>
<body>
"""
_END = "</body>\n</html>\n"
_COLUMNS = ("what", "title", "field", "there", "library", "says so", "what became of it")


def is_ours(start: bytes) -> bool:
    """Tell whether a file that begins so is such a page."""
    return start.startswith(_HEAD[: _HEAD.index("</title>")].encode())


def to_page(outcome: Outcome, at: Instant) -> bytes:
    """Return the page in UTF-8; ``at`` is when it is made."""
    return "".join(_parts(outcome, at)).encode()


def _parts(outcome: Outcome, at: Instant) -> Iterator[str]:
    yield _HEAD
    yield "<h1>Notion and the library</h1>\n"
    basis = {
        "notion": "Notion as it is",
        "agreed": "what Notion was last known to hold",
        "nothing": "nothing: Notion was never filled from here",
    }[outcome.basis]
    why = f" ({_text(outcome.why)})" if outcome.why else ""
    yield f"<p>{_text(to_iso(at))}: the library is held beside {basis}{why}.</p>\n"
    count = len(outcome.faults)
    yield f"<p>{count:,} found, {outcome.fixed:,} put right.</p>\n"
    rows = list(outcome.rows)
    titles = outcome.judged.titles
    for kind, words in KINDS.items():
        some = [row for row in rows if row[0].kind == kind and not row[0].theirs]
        yield from _section(f"{words}: {len(some):,}", some, titles)
    yield from _names(outcome)
    own = [row for row in rows if row[0].theirs]
    yield from _section(f"yours, and left as they are: {len(own):,}", own, titles)
    if outcome.compared is not None:
        yield f"<p>Spotify: {outcome.compared.asked:,} asked about, {outcome.compared.left:,} left.</p>\n"
    yield _END


def _section(
    heading: str, rows: Sequence[tuple[Finding, Fix]], titles: Mapping[str, str]
) -> Iterator[str]:
    if rows:
        yield f"<h2>{_text(heading)}</h2>\n"
        yield from _table(_COLUMNS, heading, (_row(found, fix, titles) for found, fix in rows))


def _row(found: Finding, fix: Fix, titles: Mapping[str, str]) -> tuple[str, ...]:
    from syncengine.bootstrap.remediation import page_url, shown_name

    url = page_url(found.address) if found.address else None
    title = _text(found.title)
    name = shown_name(found.field) if found.field else ""
    said = (found.source, None if found.since is None else to_iso(found.since))
    became = f"{fix.status}: {fix.reason}" if fix.reason else fix.status
    return (
        _text(found.entity),
        f'<a rel="noreferrer" href="{_text(url)}">{title}</a>' if url else title,
        _text(name),
        _value(found.there, titles),
        _value(found.ours, titles),
        _text(", ".join(filter(None, said))),
        _text("; ".join(filter(None, (found.detail, became)))),
    )


def _names(outcome: Outcome) -> Iterator[str]:
    names = outcome.judged.names
    if not names:
        return
    heading = f"names that Spotify and exports tell otherwise: {len(names):,}"
    yield f"<h2>{_text(heading)}</h2>\n"
    rows = (
        tuple(map(_text, (each.track, each.field, each.api, each.csv, each.csv_source)))
        for each in names
    )
    yield from _table(("track", "field", "Spotify", "export", "exporter"), heading, rows)


def _table(heads: Sequence[str], label: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table without its empty columns; cells are HTML."""
    listed = list(rows)
    kept = [place for place in range(len(heads)) if any(row[place] for row in listed)]
    yield f'<div class="wide"><table aria-label="{_text(label)}">\n<thead><tr>'
    yield "".join(f'<th scope="col">{_text(heads[place])}</th>' for place in kept)
    yield "</tr></thead>\n<tbody>\n"
    for row in listed:
        yield f"<tr>{''.join(f'<td>{row[place]}</td>' for place in kept)}</tr>\n"
    yield "</tbody></table></div>\n"


def _value(value: Value, titles: Mapping[str, str]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(_text(titles.get(each, each)) for each in value)
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    return escape(safe(text), quote=True)
