"""What files may hold: a clear reason for each, and everything good beside it imported."""

from __future__ import annotations

import random
import resource
import sys
from pathlib import Path

import pytest

from tests.hostile.attempt import import_beside, refusals, show_everything
from tests.made_exports import HEADER, Song, songs, write
from tests.processes import finish, start
from tests.shell import Shell

HEAD = HEADER.encode() + b"\n"
ROW = Song(7).line().encode() + b"\n"
BIG = 40_000_000
MOST_MEGABYTES = 400


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (random.Random(1).randbytes(5000), "line 1: "),
        (b"\0" * 5000, "NUL"),
        (b"", "the file is empty; export again"),
        (b"\xef\xbb\xbf", "the file is empty; export again"),
        (b"\n \n\n", "the file is empty; export again"),
        (HEAD + ROW.replace(b"Song 7", b"\xc3\xa9 Caf\xc3"), "line 2"),
        (HEAD + b'"\n' * 50_000, "no row could be read"),
        (HEAD + b"x" * BIG, "longer than 4 MB, which no row is: export again"),
        (HEAD + b"\n" * 4_100_000, "more than 2,000,000 lines"),
        (b"," * BIG, "longer than 4 MB"),
        (b"PK\x03\x04", "zip"),
        (b"\x7fELF" + b"\xff" * 99, "line 1"),
    ],
    ids=lambda value: value[:16].hex() if isinstance(value, bytes) else "",
)
def test_what_is_no_export_is_set_aside_with_its_reason(
    shell: Shell, tmp_path: Path, content: bytes, reason: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Bad.csv").write_bytes(content)
    assert reason in refusals(import_beside(shell, folder))["Bad.csv"]


@pytest.mark.parametrize(
    "content", [HEAD, HEAD.strip(), b"\xef\xbb\xbf" + HEAD.replace(b"\n", b"\r\n")]
)
def test_a_header_alone_is_an_empty_playlist(shell: Shell, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Nothing.csv").write_bytes(content)
    found = import_beside(shell, folder)["Nothing.csv"]
    assert (found["status"], found["rows"], found["warnings"]) == ("imported", 0, [])
    assert shell.library()["csv:nothing"] == []


def test_an_unbalanced_quote_costs_its_row_alone(shell: Shell, tmp_path: Path) -> None:
    lines = [Song(1).line(), Song(2).line().replace('"Song 2"', '"Song 2'), Song(3).line()]
    write(tmp_path / "in" / "Quote.csv", lines)
    found = import_beside(shell, tmp_path / "in")["Quote.csv"]
    assert (found["status"], found["imported"]) == ("imported", 2)
    assert [row["line"] for row in found["rejected"]] == [3]


def changed(old: str, new: str) -> str:
    line = Song(7).line()
    assert old in line
    return line.replace(old, new, 1)


ODD_VALUES = [
    *(("200000", text, False) for text in (str(2**63 - 1), str(2**63), "9" * 40, "-5", "1e400")),
    ("200000", "999999999999999", True),
    ("2020-01-01", "0000", True),
    ("2020-01-01", "0000-00-00", True),
    ("2020-01-01", "9999-12-31", True),
    *(("2020-01-01", text, False) for text in ("10000-01-01", "2020-13-45", "-1", "９９９９")),
    ("2025-06-01T12:00:00Z", "9999-12-31T23:59:59Z", True),
    ("2025-06-01T12:00:00Z", "9999-12-31T23:59:59-14:00", False),
    ("2025-06-01T12:00:00Z", "10000-01-01T00:00:00Z", False),
    ("2025-06-01T12:00:00Z", "0000-01-01T00:00:00Z", False),
    ("2025-06-01T12:00:00Z", "0001-01-01T00:00:00+14:00", False),
    (",50,", ",101,", False),
    (",50,", ",-1,", False),
    (",50,", ",٥,", False),
    ("0.5,0.5,5", "1e308,-1e308,5", True),
    ("0.5,0.5,5", "0.5,0.5," + "9" * 30, False),
    ("0.5,0.5,5", "inf,0.5,5", False),
    ("0.5,0.5,5", "0x10,0.5,5", False),
    ("Label", "L" * 300_000, True),
    ("Label", "L" * 1_100_000, False),
]


def test_values_out_of_range_cost_their_row_alone(shell: Shell, tmp_path: Path) -> None:
    lines = [Song(1).line(), *(changed(old, new) for old, new, _ in ODD_VALUES), Song(3).line()]
    write(tmp_path / "in" / "Odd.csv", lines)
    found = import_beside(shell, tmp_path / "in")["Odd.csv"]
    refused = [line for line, (_, _, is_kept) in enumerate(ODD_VALUES, 3) if not is_kept]
    assert [row["line"] for row in found["rejected"]] == refused
    assert found["imported"] == len(lines) - len(refused)
    show_everything(shell)


def test_a_stamp_in_the_far_future_does_not_date_the_file(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "in" / "Ahead.csv", [Song(1, added_at="2999-01-01T00:00:00Z")])
    found = import_beside(shell, tmp_path / "in")["Ahead.csv"]
    assert "added-at stamps are in the future" in found["warnings"][0]
    [snapshot] = shell.json("history", "list")["snapshots"]
    assert snapshot["taken_at"] == "2026-01-10T12:00:00Z"
    [entry] = shell.library()["csv:ahead"]
    assert entry["added_at"] == "2999-01-01T00:00:00Z"


@pytest.mark.skipif(sys.platform == "win32", reason="resource")
@pytest.mark.parametrize("filler", [b",", "𝄞".encode()], ids=["comma", "wide"])
def test_a_huge_line_costs_little_memory(tmp_path: Path, filler: bytes) -> None:
    folder = tmp_path / "in"
    write(folder / "Good.csv", songs(1, 2))
    (folder / "Huge.csv").write_bytes(HEAD + filler * (100_000_000 // len(filler)))

    def limit() -> None:
        most = MOST_MEGABYTES * 1024**2
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    code, out, err = finish(start(tmp_path / "l.db", "import-csv", folder, before=limit))
    assert (code, err) == (
        8,
        (
            "warning: Huge.csv was set aside: line 2: the line is longer than 4 MB, which no row is: "
            "export again\n"
        ),
    )
    assert "2 files (1 imported, 1 quarantined), 2 rows" in out
