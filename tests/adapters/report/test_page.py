"""The page as a file: nothing but itself, harmless whatever the library is called, and not too large."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest

from syncengine.adapters.report import render
from syncengine.core.page_text import page_text
from syncengine.core.report import CallsOf, Drift, Rendered
from tests.adapters.report.test_html import Reader, read
from tests.drawn_reports import hostile, usual
from tests.made_reports import HOSTILE, empty_report, made_report

ALLOWED = frozenset(
    "html head meta title style body div header h1 h2 h3 p dl dt dd nav ul li a main section figure "
    "figcaption svg g path rect line circle text defs clippath details summary table caption thead "
    "tbody tr th td button label input output footer script".split()
)


def seen(made: Rendered) -> Reader:
    return read(made.page.decode("utf-8"))


@pytest.mark.parametrize("made", [usual, hostile])
def test_it_refers_to_nothing_outside(made: object) -> None:
    assert callable(made)
    tags = seen(made()).tags
    assert {tag for tag, _ in tags} <= ALLOWED
    for tag, attributes in tags:
        for name, value in attributes:
            assert name not in {"src", "srcset", "style", "data", "action", "xlink:href", "ping"}
            assert not name.startswith("on")
            if name == "href":
                assert (tag, str(value)[0]) == ("a", "#")
    style = made().page.decode().partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("made", [usual, hostile])
def test_its_policy_forbids_all_but_its_own_style_and_script(made: object) -> None:
    assert callable(made)
    page = made().page.decode()
    policy = next(
        dict(attributes)["content"]
        for tag, attributes in seen(made()).tags
        if tag == "meta" and dict(attributes).get("http-equiv") == "Content-Security-Policy"
    )
    said = dict(part.strip().split(" ", 1) for part in str(policy).split(";"))
    assert said["default-src"] == said["base-uri"] == said["form-action"] == "'none'"
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert said[f"{tag}-src"] == f"'sha256-{digest}'"


def test_hostile_names_are_names() -> None:
    told = seen(hostile()).said
    for name in HOSTILE:
        assert page_text(name)[:150] in told
    page = hostile().page.decode()
    assert page.count("<script") == page.count("</script") == 1
    assert "\x00" not in page
    assert "\u202e" not in page


def test_drawings_with_hostile_names_only_draw() -> None:
    drawn = {*"svg g path rect line circle text title defs clipPath".split()}
    drawings = re.findall("<svg.*?</svg>", hostile().page.decode(), re.DOTALL)
    assert len(drawings) == 2 * len(hostile().charts)
    for drawing in drawings:
        nodes = list(Xml.fromstring(drawing).iter())
        assert {node.tag for node in nodes} <= drawn
        assert not any(name.startswith("on") for node in nodes for name in node.attrib)


def test_the_same_report_is_the_same_file() -> None:
    report = replace(empty_report(), trends=made_report(months=2, playlists=3, rows=0).trends)
    assert render(report).page == render(report).page


def test_every_chart_has_a_text_in_its_place() -> None:
    tags = seen(usual()).tags
    pictures = [dict(attributes) for tag, attributes in tags if tag == "svg"]
    assert len(pictures) == 2 * len(usual().charts)
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(str(picture["aria-label"])) > 40
    kinds = [tag for tag, _ in tags]
    assert kinds.count("figcaption") == kinds.count("details") == len(usual().charts)


def test_ids_are_there_once_and_links_lead_somewhere() -> None:
    tags = seen(usual()).tags
    ids = [value for _, attributes in tags for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = {
        str(value).removeprefix("#")
        for _, attributes in tags
        for name, value in attributes
        if name in {"href", "for", "aria-labelledby"}
    }
    assert named <= set(ids)


def test_colours_are_the_themes_only() -> None:
    page = usual().page.decode()
    for drawing in re.findall("<svg.*?</svg>", page, re.DOTALL):
        assert not re.search(r'(fill|stroke)="(?!none)', drawing)
        assert not re.search(r"#[0-9a-f]{6}|rgb\(", drawing)


def test_the_pictures_are_png() -> None:
    assert list(usual().pictures) == [chart.name for chart in usual().charts]
    for picture in usual().pictures.values():
        assert picture.startswith(b"\x89PNG\r\n")
        assert int.from_bytes(picture[16:20]) == pytest.approx(2 * 960, abs=120)
    assert hostile().pictures == {}


def test_a_library_of_which_nothing_is_known_has_a_report() -> None:
    made = render(empty_report())
    assert (list(made.charts), list(made.tables)) == ([], [])
    assert "No playlist has anything in it." in seen(made).said


def test_it_says_what_it_holds_and_what_it_cuts_off() -> None:
    held = {table.name: (table.rows, table.shown) for table in usual().tables}
    assert held == {
        "playlists": (12, 12), "movers": (40, 40), "duplicates": (12, 12), "vanished": (12, 12),
    }  # fmt: skip


def test_twenty_thousand_tracks_of_ten_years_stay_below_three_megabytes() -> None:
    long = [f"A name that is rather longer than names usually are, {n:03}" * 2 for n in range(300)]
    made = render(made_report(months=120, names=long, playlists=600, tracks=20_000, rows=1_000))
    assert len(made.page) < 3_000_000
    held = {table.name: (table.rows, table.shown) for table in made.tables}
    assert held["duplicates"] == (1_000, 500)
    assert "500 of 1,000 rows are shown here, the surest first." in seen(made).said


def test_progress_is_told_chart_by_chart() -> None:
    told: list[tuple[int, int]] = []
    report = replace(empty_report(), calls=[CallsOf("2025-01", 1, 2, 3)], drift=Drift([(1, 2)], 0))
    render(report, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
