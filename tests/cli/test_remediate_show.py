"""What ``remediate`` shows: names and values that are out to do harm, in HTML, CSV, text and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests import made_exports as made
from tests import schemas
from tests.made_exports import Song
from tests.notion_shell import NotionShell, notion_shell
from tests.shell import Shell

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "+1",
    "-2+3",
    "  =1+1",
    "＝1+1",
    "\u202ebackwards",
    "\x1b[31mred",
    "& 'quoted' &amp;",
    "{{7*7}}",
)
_ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


@pytest.fixture
def notion(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NotionShell]:
    """A library of hostile names whose labels somebody edited to hostile values."""
    rows = [Song(number, title=title) for number, title in enumerate(HOSTILE)]
    for made_shell in notion_shell(shell, monkeypatch):
        made_shell.shell("import-csv", made.write(tmp_path / "Mix.csv", rows))
        made_shell.init()
        made_shell.json("reconcile", "--yes")
        made_shell.sleep(600)
        pages = made_shell.person.pages(made_shell.source("Tracks"))
        for page, label in zip(pages, HOSTILE, strict=True):
            made_shell.person.edit(page, {"Label": label})
        yield made_shell


class _Page(HTMLParser):
    """Reads a page as a browser would: its tags, where they lead, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "td":
            self._open = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open &= tag != "td"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.cells[-1] += data


def test_the_page_is_text_whatever_the_library_holds(notion: NotionShell, tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    notion.shell("remediate", "--html", place, code=8)
    text = place.read_text("utf-8")
    page = _Page(text)
    assert page.tags <= _ALLOWED
    hrefs = [value or "" for name, value in page.attributes if name == "href"]
    assert hrefs
    assert all(href.startswith("https://app.notion.com/p/") for href in hrefs)
    assert not {name for name, _ in page.attributes if name.startswith("on") or name == "src"}
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "color-scheme: light dark" in text
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[10]):
        assert page.cells.count(name) == 2  # as a title and as a value
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_no_cell_of_the_table_is_a_formula(notion: NotionShell, tmp_path: Path) -> None:
    place = tmp_path / "table.csv"
    notion.shell("remediate", "--csv", place, code=8)
    head, *rows = list(csv.reader(io.StringIO(place.read_text("utf-8"))))
    assert head[:8] == ["kind", "where", "entity", "title", "key", "field", "there", "library"]
    assert len(rows) == len(HOSTILE)
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        assert cell.isprintable()
    assert {row[6] for row in rows} >= {HOSTILE[0], "'=HYPERLINK(1)", "'-2+3", "'＝1+1"}
    out = notion.shell("remediate", "--csv", "-", code=8).out
    assert list(csv.reader(io.StringIO(out))) == [head, *rows]


def test_text_cannot_steer_a_terminal_and_json_has_what_is_there(notion: NotionShell) -> None:
    said = notion.shell("remediate", code=8)
    assert "differing values: 12" in said.out
    assert "and 2 more" in said.out
    assert "\x1b" not in said.out
    assert "exportify.net since 2026-01-10" in said.out
    told = schemas.check("remediation", notion.json("remediate", code=8))
    assert {each["there"] for each in told["findings"]} == set(HOSTILE)
    assert {(each["library"], each["source"]) for each in told["findings"]} == {
        ("Label", "exportify.net")
    }


def test_files_that_cannot_be_written_end_it_early(notion: NotionShell, tmp_path: Path) -> None:
    assert "no such folder" in notion.shell("remediate", "--html", tmp_path / "x/y", code=2).err
    notion.double.log.clear()
    notion.shell("remediate", "--csv", tmp_path / "x/y", code=2)
    assert notion.calls == 0
    assert "no remediation wrote it" in notion.shell("remediate", "--html", tmp_path, code=1).err
    assert notion.calls == 0


def test_a_file_of_something_else_is_not_written_over(notion: NotionShell, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    for option in ("--csv", "--html"):
        mine.write_text("a person's own")
        said = notion.shell("remediate", "--offline", option, mine, code=1)
        assert "--overwrite" in said.err
        assert mine.read_text() == "a person's own"
        notion.shell.any("remediate", "--offline", option, mine, "--overwrite")
        written = mine.read_bytes()
        assert b"person" not in written
        notion.shell.any("remediate", "--offline", option, mine)
        assert len(mine.read_bytes()) == len(written)
