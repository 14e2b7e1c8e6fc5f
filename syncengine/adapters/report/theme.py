"""The colours of the report, light and dark, each by the name that style sheet and charts share."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """One colour in both themes, as ``#rrggbb``; no two have the same light value."""

    light: str
    dark: str


COLOURS = {
    "page": Colour("#f6f5f8", "#131218"),
    "card": Colour("#ffffff", "#1c1b23"),
    "ink": Colour("#1b1a22", "#f1eff7"),
    "soft": Colour("#5d5b69", "#aaa7b8"),
    "line": Colour("#d6d3de", "#3a3845"),
    "grid": Colour("#eceaf1", "#2a2833"),
    # Eight hues that stay apart for most who see colours differently, then the rest.
    "a1": Colour("#1b8f6a", "#3ccf9b"),
    "a2": Colour("#3565d4", "#7ba2ff"),
    "a3": Colour("#d5542f", "#ff8f6b"),
    "a4": Colour("#d99a12", "#f5c451"),
    "a5": Colour("#8250cf", "#b994ff"),
    "a6": Colour("#1f9db5", "#5fd2e8"),
    "a7": Colour("#cc4589", "#ff8cc3"),
    "a8": Colour("#6f8f2f", "#b3d26a"),
    "rest": Colour("#a5a2b1", "#6f6c7d"),
    # From nothing to much, for the calendar.
    "c0": Colour("#e9e7ee", "#292733"),
    "c1": Colour("#bfe6d5", "#1d4a3c"),
    "c2": Colour("#7fcbae", "#22795d"),
    "c3": Colour("#35a583", "#2cab83"),
    "c4": Colour("#0f6f52", "#5ff0bd"),
}
"""Fill and stroke of charts take no other colours, so that a picture can change its theme."""

HUES = tuple(COLOURS[f"a{number}"].light for number in range(1, 9))
LEVELS = tuple(COLOURS[f"c{number}"].light for number in range(5))
INK, SOFT, LINE, GRID = (COLOURS[each].light for each in ("ink", "soft", "line", "grid"))
REST = COLOURS["rest"].light
CARD = COLOURS["card"].light
GREEN, BLUE, RED = HUES[0], HUES[1], HUES[2]
NAMES = {colour.light: name for name, colour in COLOURS.items()}


def style_variables() -> str:
    """Return the colours as custom properties: light, dark where that is preferred, light on paper."""
    light = "".join(f"--{name}:{colour.light};" for name, colour in COLOURS.items())
    dark = "".join(f"--{name}:{colour.dark};" for name, colour in COLOURS.items())
    classes = "".join(
        f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in COLOURS
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"{classes}"
    )
