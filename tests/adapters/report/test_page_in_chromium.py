"""The page in a real browser: what it looks like to a reader, and that nothing else happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncengine.adapters.report.theme import COLOURS
from tests import drawn_reports
from tests.chromium import Page, browser, needs_chromium

pytestmark = needs_chromium

_TABLE = "document.querySelector('[data-table=playlists]')"
_ROWS = f"[...{_TABLE}.querySelectorAll('tbody tr')].filter(row => !row.hidden)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as running:
        yield running.page()


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usual") / "report.html"
    path.write_bytes(drawn_reports.usual().page)
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_bytes(drawn_reports.hostile().page)
    return path


def colour(page: Page, of: str) -> Any:
    return page.run(f"getComputedStyle(document.querySelector('{of}')).backgroundColor")


def rgb(hexadecimal: str) -> str:
    return "rgb({}, {}, {})".format(*(int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5)))


@pytest.mark.parametrize("which", ["usual", "hostile"])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1100])
def test_it_loads_alone_and_says_nothing(
    page: Page, which: str, dark: bool, width: int, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(which)
    page.show(path, width=width, dark=dark)
    assert page.requests == [path.as_uri()]
    assert (page.refused, page.complaints) == ([], [])
    assert page.run("document.documentElement.scrollWidth") == width
    assert colour(page, "body") == rgb(COLOURS["page"][dark])
    assert page.run("getComputedStyle(document.querySelector('.chart .f-a1')).fill") == rgb(
        COLOURS["a1"][dark]
    )


def test_names_are_shown_and_do_nothing(page: Page, hostile: Path) -> None:
    page.show(hostile)
    names = page.run(f"{_ROWS}.map(row => row.cells[0].textContent)")
    assert "<script>alert(1)</script>" in names
    assert "</script><img src=x onerror=alert(1)>" in names
    assert page.run("document.querySelectorAll('img, image, iframe, object, link').length") == 0
    assert page.run("document.scripts.length") == 1


def test_its_policy_stops_what_somebody_would_put_in(page: Page, usual: Path) -> None:
    page.show(usual)
    page.run(
        "document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src="https://example.com/x.png" onerror="window.ran = 1">\')'
    )
    added = "Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'})"
    page.run(f"document.body.append({added})")
    refused = page.run("fetch('https://example.com/').then(() => false, () => true)")
    assert refused
    assert page.run("window.ran === undefined")
    assert page.requests == [usual.as_uri()]
    assert any("Content Security Policy" in each for each in page.complaints)


def test_one_drawing_of_each_is_shown_as_fits_the_window(page: Page, usual: Path) -> None:
    seen = (
        "[...document.querySelectorAll('figure')].every(figure =>"
        " [...figure.querySelectorAll('svg')].filter(svg => svg.checkVisibility()).length === 1)"
    )
    for width, shown in ((360, ".narrow"), (1100, ".wide")):
        page.show(usual, width=width)
        assert page.run(seen)
        assert page.run(f"document.querySelector('{shown}').checkVisibility()")
        small = "Math.min(...[...document.querySelectorAll('.chart text')]"
        small += ".filter(text => text.checkVisibility())"
        small += ".map(text => text.getBoundingClientRect().height))"
        assert page.run(small) >= 10, "letters that nobody can read"


def test_a_header_sorts_and_says_so(page: Page, usual: Path) -> None:
    page.show(usual)
    numbers = f"{_ROWS}.map(row => Number(row.cells[1].dataset.value ?? row.cells[1].textContent))"
    names = f"{_ROWS}.map(row => row.cells[0].textContent)"
    sorts = f"[...{_TABLE}.querySelectorAll('th')].map(head => head.getAttribute('aria-sort'))"
    button = f"{_TABLE}.querySelectorAll('th button')"
    before = page.run(numbers)
    page.run(f"{button}[1].click()")
    assert page.run(sorts)[:2] == ["none", "descending"]
    assert page.run(numbers) == sorted(before, reverse=True)
    page.run(f"{button}[1].click()")
    assert page.run(sorts)[:2] == ["none", "ascending"]
    assert page.run(numbers) == sorted(before)
    page.run(f"{button}[0].click()")
    assert page.run(sorts)[:2] == ["ascending", "none"]
    assert page.run(names) == [f"List {n}" for n in range(12)], "2 comes before 10"


def test_what_is_not_known_comes_last_either_way(page: Page, usual: Path) -> None:
    page.show(usual)
    column = f"{_ROWS}.map(row => row.cells[4].textContent)"
    for _ in range(2):
        page.run(f"{_TABLE}.querySelectorAll('th button')[4].click()")
        told = page.run(column)
        known = told.index("–")
        assert set(told[known:]) == {"–"}
        assert "–" not in told[:known]


def test_the_field_filters_and_counts(page: Page, usual: Path) -> None:
    page.show(usual)

    def type_in(text: str) -> list[str]:
        page.run(f"{_TABLE}.querySelector('input').value = {text!r}")
        page.run(f"{_TABLE}.querySelector('input').dispatchEvent(new Event('input'))")
        found: list[str] = page.run(f"{_ROWS}.map(row => row.cells[0].textContent)")
        return found

    assert type_in("2025-02-03 LIST") == ["List 10", "List 5", "List 0"]
    assert page.run(f"{_TABLE}.querySelector('output').textContent") == "3 of 12"
    assert type_in("nothing is called that") == []
    assert len(type_in("")) == 12
    assert page.run(f"{_TABLE}.querySelector('output').textContent") == ""


def test_headers_can_be_reached_by_keyboard(page: Page, usual: Path) -> None:
    page.show(usual)
    page.run(f"{_TABLE}.querySelector('th button').focus()")
    for kind in ("keyDown", "keyUp"):
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        page.call("Input.dispatchKeyEvent", type=kind, **key)
    assert page.run(f"{_TABLE}.querySelector('th').getAttribute('aria-sort')") == "ascending"


def test_charts_have_names_for_who_cannot_see_them(page: Page, usual: Path) -> None:
    page.show(usual)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    pictures = [n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "image"]
    assert any(name.startswith("Library growth. Tracks went from") for name in pictures)
    assert len(pictures) == page.run("document.querySelectorAll('figure').length")
    fields = [n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "searchbox"]
    assert "Filter: All playlists" in fields


def test_paper_is_light(page: Page, usual: Path) -> None:
    page.show(usual, dark=True)
    page.look(width=1100, dark=True, media="print")
    assert page.run("getComputedStyle(document.querySelector('figure')).backgroundColor") == rgb(
        COLOURS["card"].light
    )
    assert page.run("getComputedStyle(document.querySelector('nav')).display") == "none"
