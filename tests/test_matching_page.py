"""The page about matching says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from syncengine.core import match
from syncengine.core.likeness import PENALTIES
from syncengine.core.version_words import KINDS

PAGE = (Path(__file__).parents[1] / "docs" / "matching.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|*]+) \| (\d\.\d+)", re.MULTILINE)


def test_the_page_names_every_penalty_with_its_size() -> None:
    said = {name: float(size) for name, size in ROW.findall(PAGE.partition("## The penalties")[2])}
    for name, size in PENALTIES.items():
        rows = [row for row in said if re.match(rf"{re.escape(name)}( \(|, (and|which)|$)", row)]
        assert [said[row] for row in rows] == [size], name
    assert len(said) == len(PENALTIES)


def test_the_page_names_the_tiers() -> None:
    assert f"| certain | {match.CERTAIN} | {match.GAP_CERTAIN} less" in PAGE
    assert f"| likely | {match.LIKELY} | {match.GAP_LIKELY} less" in PAGE
    assert f"| unsure | {match.UNSURE} |" in PAGE


def test_the_page_names_every_kind_of_version() -> None:
    words = PAGE.partition("## Version words")[2].partition("\nA remix,")[0]
    named = re.split(r"\s*[·,:]\s*|\n+", words)
    assert [kind for kind in KINDS if kind not in named] == []
