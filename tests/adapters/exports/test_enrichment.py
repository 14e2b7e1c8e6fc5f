"""Enrichment files as spreadsheets save them, and as nobody should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syncengine.adapters.exports.enrichment import read_enrichment, write_enrichment
from syncengine.core.enrichment import HEADER
from syncengine.errors import MalformedExport
from tests.builders import track

KEY = track(1)
BARE = KEY.removeprefix("spotify:track:")
LINES = [",".join(HEADER), f"{KEY},{BARE},70,ZZTST2400001", f"{track(2)},,,"]
CELLS = [(2, [KEY, BARE, "70", "ZZTST2400001"]), (3, [track(2), "", "", ""])]


def read(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    file = path / "f.csv"
    file.write_bytes(content)
    return [(each.line, list(each.cells)) for each in read_enrichment(file).rows]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    content = write_enrichment([(KEY, BARE, 70, "ZZTST2400001"), (track(2), "", None, None)])
    assert content.decode() == "\n".join(LINES) + "\n"
    assert read(tmp_path, content) == CELLS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_make_of_it(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    text = "".join(line.replace(",", delimiter) + end for line in LINES)
    assert read(tmp_path, text.encode(encoding)) == CELLS


def test_quotes_empty_lines_and_empty_cells_behind(tmp_path: Path) -> None:
    header, first, second = LINES
    quoted = ",".join(f'"{cell}"' for cell in first.split(","))
    found = read(tmp_path, f"{header},,\n\n{quoted},,\n,,,\n{second}\n".encode())
    assert found == [(3, [*CELLS[0][1], "", ""]), (5, CELLS[1][1])]


def test_another_header_is_told_as_it_stands(tmp_path: Path) -> None:
    for content in (b"", b"\n", b"track_id,isrc\n", b"Track URI,Track Name\nx,y\n"):
        with pytest.raises(MalformedExport, match="line 1: the header is") as caught:
            read(tmp_path, content)
        assert ",".join(HEADER) in str(caught.value)
    with pytest.raises(MalformedExport, match="the header is"):
        read(tmp_path, ",".join([*HEADER, "note"]).encode())


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", b"PK\x03\x04xxxx", b"\xff\xfe", b"track_id" + b"x" * 300_000]
)
def test_what_is_no_text_ends_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(MalformedExport):
        read(tmp_path, content)


def test_a_quote_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    text = f'{LINES[0]}\n{LINES[1]}\n"{track(2)},,,\n{track(3)},,,\n'
    with pytest.raises(MalformedExport, match="line 3: is no CSV from here on"):
        read(tmp_path, text.encode())


def test_a_pipe_and_a_folder_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for place in ("pipe.csv", "", "nothing.csv"):
        with pytest.raises(MalformedExport):
            read_enrichment(tmp_path / place)
