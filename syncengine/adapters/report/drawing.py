"""Vega-Lite specifications drawn by vl-convert, and the drawings made fit for a page.

vl-convert (https://github.com/vega/vl-convert) is the Vega project's own renderer: Vega in a library of
Rust, without browser or network. It is imported on first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as Xml

from syncengine.adapters.report.html import Html, element, text, trusted
from syncengine.adapters.report.theme import CARD, NAMES
from syncengine.errors import InvariantBroken, UserError

Spec = dict[str, Any]
"""A specification in Vega-Lite's JSON."""
VEGA_LITE = "6.1"
"""The version that the specifications are written for; vl-convert carries several."""
INSTALL = "python -m pip install 'syncengine[report]'"
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "defs", "clipPath"})
_ATTRIBUTES = frozenset(
    "d transform width height x y x1 y1 x2 y2 r cx cy rx ry opacity fill-opacity stroke-opacity "
    "stroke-width stroke-dasharray stroke-linecap stroke-linejoin font-size font-weight font-style "
    "text-anchor".split()
)
_DEFAULTS = {"opacity": "1", "stroke-width": "1", "font-size": "12px", "text-anchor": "start"}
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_NOTHING = frozenset({"M0,0h0v0h0Z", ""})
_NOWHERE = "translate(0,0)"


def require() -> None:
    """Raise UserError where charts cannot be drawn, and say what to install."""
    try:
        import vl_convert  # noqa: F401 -- whether it is there is the question
    except ImportError as error:
        raise UserError(
            "a report needs vl-convert-python, which draws its charts and is not installed here; "
            f"{INSTALL} does that"
        ) from error


def draw(spec: Spec) -> str:
    """Return a specification as SVG in the light theme; nothing is fetched from anywhere.

    Raises InvariantBroken for one that cannot be drawn.
    """
    import vl_convert

    try:
        return vl_convert.vegalite_to_svg(
            spec, vl_version=VEGA_LITE, show_warnings=False, allowed_base_urls=[]
        )
    except ValueError as error:
        raise InvariantBroken(f"a chart cannot be drawn: {error}") from error


def to_picture(drawing: str) -> bytes:
    """Return a drawing as PNG on the light theme's ground, two points for each of its units."""
    import vl_convert

    head, _, rest = drawing.partition(">")
    ground = f'<rect width="100%" height="100%" fill="{CARD}"/>'
    return vl_convert.svg_to_png(f"{head}>{ground}{rest}", scale=2)


def to_markup(drawing: str, name: str, label: str, *, tips: bool = True) -> Html:
    """Return a drawing for the page: every colour one of the theme's, named ``label`` for who hears it.

    What is not on the lists of elements and attributes is left out, so that nothing in it can load, link
    or run. ``name`` keeps its ids apart from those of other drawings. Where ``tips``, what Vega calls
    the description of a mark is shown when somebody points at it.
    """
    root = Xml.fromstring(drawing)  # noqa: S314 -- drawn by vl-convert in this process
    # Vega counts on from drawing to drawing; the same report is to be the same file.
    ids: dict[str, str] = {}
    for node in root.iter():
        if given := node.get("id"):
            ids[given] = f"{name}-{len(ids) + 1}"
    content = "".join(_node(child, ids, tips=tips) for child in root)
    return element(
        "svg",
        trusted(content),
        viewBox=root.get("viewBox"),
        role="img",
        aria_label=label,
        class_="chart",
    )


def _node(node: Xml.Element, ids: Mapping[str, str], *, tips: bool) -> str:
    tag = node.tag.removeprefix(_SVG)
    if tag not in _ELEMENTS or _is_invisible(tag, node):
        return ""
    said = _attributes(node, ids)
    inner = "".join(_node(child, ids, tips=tips) for child in node)
    if tag == "text":
        inner = text(node.text or "")
    elif tip := node.get("aria-label") if tips and tag == "path" else None:
        inner = element("title", tip)
    if tag == "g" and (not inner or not said):
        return inner
    return f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>"


def _is_invisible(tag: str, node: Xml.Element) -> bool:
    if node.get("display") == "none" or node.get("opacity") == "0":
        return True
    if tag == "path":
        if node.get("d", "") in _NOTHING:
            return True
        return node.get("class") == "background" and not (node.get("fill") or node.get("stroke"))
    return tag == "text" and not node.text


def _attributes(node: Xml.Element, ids: Mapping[str, str]) -> str:
    said: dict[str, str] = {}
    classes: list[str] = []
    for key, value in node.attrib.items():
        if key in {"fill", "stroke"}:
            if value in {"none", "transparent"}:
                said[key] = "none"
            else:
                classes.append(f"{key[0]}-{_colour(value)}")
        elif key == "id":
            said[key] = ids[value]
        elif key == "clip-path":
            said[key] = f"url(#{ids[value.removeprefix('url(#').removesuffix(')')]})"
        elif key in _ATTRIBUTES and _DEFAULTS.get(key) != value:
            said[key] = _NUMBER.sub(_rounded, value)
    if said.get("transform") == _NOWHERE:
        del said["transform"]
    if classes:
        said["class"] = " ".join(classes)
    return "".join(f' {key}="{text(value)}"' for key, value in said.items())


def _colour(value: str) -> str:
    try:
        return NAMES[value]
    except KeyError:
        raise InvariantBroken(f"a chart has a colour that is not the theme's: {value}") from None


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")
