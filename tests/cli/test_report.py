"""``report`` on the sample library, and on one whose names mean harm."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from tests.adapters.report.test_html import read
from tests.builders import track
from tests.made_exports import Song, write
from tests.made_reports import HOSTILE
from tests.schemas import check
from tests.shell import Shell

NAME = "syncengine-report.html"
ADDED = "2025-12-24T12:00:00Z"


def test_the_sample_has_a_report(shell: Shell, tmp_path: Path) -> None:
    shell.import_sample()
    said = shell("report")
    assert re.fullmatch(rf"{NAME}: 12 charts and 3 tables of 319 tracks, 0\.\d MB\n", said.out), (
        said.out
    )
    told = read((tmp_path / NAME).read_text("utf-8")).said
    assert "Sunday Bread and Butter" in told
    assert "Tracks went from 4 to 319" in told
    assert [path.name for path in tmp_path.glob("*.partial")] == []


@pytest.fixture
def small(shell: Shell, tmp_path: Path) -> Shell:
    """A library of which so little is known that there are four charts."""
    rows = [f'{track(n)},"Song {n}","","Artist",,200000,,,,{ADDED},"",""{12 * ","}' for n in (1, 2)]
    write(tmp_path / "exports" / "List.csv", rows, "2026-01-10T12:00:00Z")
    shell("import-csv", tmp_path / "exports")
    return shell


def test_json_says_what_was_written(small: Shell, tmp_path: Path) -> None:
    shell = small
    told = shell.json("report", "--out", "mine.html", "--png", "charts/of mine")
    check("report", told)
    assert told["path"] == "mine.html"
    assert told["size"] == (tmp_path / "mine.html").stat().st_size
    assert (told["tracks"], told["entries"], told["playlists"]) == (2, 2, 1)
    names = [chart["name"] for chart in told["charts"]]
    assert names == ["growth", "movement", "calendar", "playlists"]
    assert told["pictures"] == [str(Path("charts/of mine") / f"syncengine-{n}.png") for n in names]
    written = sorted(path.name for path in (tmp_path / "charts/of mine").iterdir())
    assert written == sorted(f"syncengine-{name}.png" for name in names)
    # Again, over what is there.
    assert shell.json("report", "--out", "mine.html", "--png", "charts/of mine") == told


def test_standard_output_takes_the_page_alone(small: Shell, tmp_path: Path) -> None:
    shell = small
    shell("report")
    before = set(tmp_path.iterdir())
    assert shell("report", "--out", "-").out == (tmp_path / NAME).read_text("utf-8")
    assert set(tmp_path.iterdir()) == before
    told = shell.json("report", "--out", "-", code=2)
    assert "name a file" in told["message"]


def test_hostile_names_come_through_as_names(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    titles = [
        name.replace('"', '""') for name in HOSTILE if name.isprintable() and 1 < len(name) < 99
    ]
    songs = [Song(n, title=title) for n, title in enumerate(titles)]
    write(folder / "<script>alert(1)<_script>.csv", songs, "2026-01-10T12:00:00Z")
    write(folder / '"onload=alert(1) x=".csv', songs[:3], "2026-01-10T12:00:00Z")
    shell("import-csv", folder)
    moved = [Song(n, title=title, popularity=90 - n) for n, title in enumerate(titles)]
    write(folder / "<script>alert(1)<_script>.csv", moved[:-1], "2026-02-10T12:00:00Z")
    shell.any("import-csv", folder)
    shell("report")
    page = (tmp_path / NAME).read_text("utf-8")
    seen = read(page)
    assert "<script>alert(1)</script>" in seen.said
    assert "</script><img src=x onerror=alert(1)>" in seen.said
    assert "<script>alert(1)< script>" in seen.said
    assert page.count("<script") == page.count("</script") == 1
    assert not {"img", "iframe", "object", "link", "base"} & {tag for tag, _ in seen.tags}
    assert not [name for _, given in seen.tags for name, _ in given if name.startswith("on")]
    for drawing in re.findall("<svg.*?</svg>", page, re.DOTALL):
        Xml.fromstring(drawing)


def test_what_is_no_report_stays(small: Shell, tmp_path: Path) -> None:
    shell = small
    mine = tmp_path / NAME
    mine.write_text("<!doctype html><p>my page about syncengine report", "utf-8")
    assert "is there already and is no report" in shell.error("report")
    assert "my page" in mine.read_text("utf-8")
    shell("report", "--overwrite")
    assert "my page" not in mine.read_text("utf-8")
    shell("report")


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("nowhere/report.html", "there is no folder nowhere"),
        (".", "is no file"),
        (os.devnull, "is no file"),
    ],
)
def test_a_place_that_cannot_be_is_said_before_any_work(shell: Shell, out: str, why: str) -> None:
    assert why in shell.error("report", "--out", out, "--overwrite")
    assert not shell.path.exists()


def test_a_link_stays_a_link(small: Shell, tmp_path: Path) -> None:
    shell = small
    (tmp_path / "web").mkdir()
    (tmp_path / "mine.html").symlink_to(Path("web") / "index.html")
    shell("report", "--out", "mine.html")
    assert (tmp_path / "mine.html").is_symlink()
    assert (tmp_path / "web" / "index.html").stat().st_size > 10_000


def test_a_folder_for_pictures_that_is_a_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "charts").write_text("")
    assert "charts is no folder" in shell.error("report", "--png", "charts")


def test_an_empty_library_has_none(shell: Shell, tmp_path: Path) -> None:
    assert "import" in shell.error("report")
    assert not (tmp_path / NAME).exists()


def test_without_what_draws_it_says_how_to_install_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert "python -m pip install 'syncengine[report]'" in shell.error("report")
    assert not shell.path.exists()
