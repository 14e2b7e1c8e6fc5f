"""Drawings as they come into the page: only what draws, and only in the theme's colours."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree as Xml

import pytest

from syncengine.adapters.report import drawing
from syncengine.adapters.report.theme import COLOURS, NAMES, style_variables
from syncengine.errors import InvariantBroken, UserError
from tests.made_reports import HOSTILE

GREEN = COLOURS["a1"].light


def svg(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'


def shown(inside: str, *, tips: bool = True) -> str:
    made = drawing.to_markup(svg(inside), "n", "A label", tips=tips)
    Xml.fromstring(made)
    return made.partition(">")[2].removesuffix("</svg>")


def test_a_drawing_is_a_picture_with_a_name() -> None:
    made = drawing.to_markup(svg(""), "n", 'Says "so" & <more>')
    root = Xml.fromstring(made)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Says "so" & <more>'
    assert root.get("viewBox") == "0 0 9 9"


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<image href="https://example.com/x.png"/>',
        '<a href="https://example.com"><text>go</text></a>',
        "<foreignObject><p>x</p></foreignObject>",
        '<use href="https://example.com/#x"/>',
        "<style>@import url(https://example.com)</style>",
        '<animate attributeName="d"/>',
    ],
)
def test_what_could_load_link_or_run_is_left_out(bad: str) -> None:
    assert shown(bad) == ""


def test_attributes_that_draw_nothing_are_left_out() -> None:
    bad = f'<path d="M0,0h1" fill="{GREEN}" onclick="x()" style="color:red" href="https://e.com"/>'
    assert shown(bad) == '<path d="M0,0h1" class="f-a1"/>'


def test_colours_become_names_of_the_theme() -> None:
    assert (
        shown(f'<rect stroke="{GREEN}" fill="transparent"/>') == '<rect fill="none" class="s-a1"/>'
    )
    with pytest.raises(InvariantBroken, match="#123456"):
        shown('<rect fill="#123456"/>')


def test_ids_of_two_drawings_never_meet() -> None:
    made = shown(
        '<defs><clipPath id="c0"><rect/></clipPath></defs><g clip-path="url(#c0)"><rect/></g>'
    )
    assert 'id="n-1"' in made
    assert 'clip-path="url(#n-1)"' in made


def test_a_description_is_what_a_pointer_shows() -> None:
    mark = f'<path d="M0,0h1" fill="{GREEN}" aria-label="&lt;b&gt; 3"/>'
    assert "<title>&lt;b&gt; 3</title>" in shown(mark)
    assert "title" not in shown(mark, tips=False)


def test_what_nobody_sees_takes_no_room() -> None:
    assert shown('<g transform="translate(0,0)"><path d=""/><text opacity="0">x</text></g>') == ""
    assert shown('<text transform="translate(1.2345,2)">x</text>') == (
        '<text transform="translate(1.2,2)">x</text>'
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_drawn_as_what_it_is(name: str) -> None:
    from syncengine.adapters.report.charts.label import shortened

    label = shortened(name, 60)
    spec: drawing.Spec = {
        "data": {"values": [{"name": label}]},
        "mark": {"type": "text", "color": GREEN, "limit": 0},
        "encoding": {"text": {"field": "name", "type": "nominal"}},
        "config": {"background": "transparent", "aria": False, "view": {"stroke": None}},
    }
    root = Xml.fromstring(drawing.to_markup(drawing.draw(spec), "n", name))
    texts = [each.text for each in root.iter() if each.tag.endswith("text")]
    assert texts == ([label] if label.strip() else [])


def test_nothing_is_fetched_for_a_drawing() -> None:
    far: drawing.Spec = {"data": {"url": "http://127.0.0.1:9/x.json"}, "mark": "point"}
    with pytest.raises(InvariantBroken, match="not allowed"):
        drawing.draw(far)


def test_every_colour_has_two_faces_and_one_name() -> None:
    assert len(NAMES) == len(COLOURS)
    for colour in COLOURS.values():
        assert all(re.fullmatch("#[0-9a-f]{6}", each) for each in colour)
    style = style_variables()
    assert "@media screen and (prefers-color-scheme:dark)" in style
    assert all(f".f-{name}{{" in style and f".s-{name}{{" in style for name in COLOURS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(theme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 (1.4.3) asks of texts."""
    for name in ("ink", "soft"):
        for ground in ("page", "card"):
            colours = getattr(COLOURS[name], theme), getattr(COLOURS[ground], theme)
            high, low = sorted(map(_luminance, colours), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_without_the_renderer_the_command_to_install_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UserError, match=r"python -m pip install 'syncengine\[report\]'"):
        drawing.require()
