"""What archives may hold: members that are refused with what to do, and those beside them imported."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.adapters.exports import Exports, archive
from syncengine.core.ports import Quarantined
from syncengine.errors import MalformedExport
from tests.hostile.attempt import import_beside, refusals
from tests.made_exports import HEADER, songs, write
from tests.shell import Shell

CONTENT = "\n".join([HEADER, *(song.line() for song in songs(7, 8))]).encode() + b"\n"
DATE = (2026, 1, 10, 12, 0, 0)
Change = Callable[[bytearray], None]


def member(name: str, **attributes: object) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info


def pack(path: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as target:
        for info, content in members:
            target.writestr(info, content)
    return path


def entry(content: bytes, at: int, size: str, value: int) -> bytes:
    """Change a field of the first entry of an archive's directory (APPNOTE 4.3.12)."""
    place = content.index(b"PK\x01\x02") + at
    return content[:place] + struct.pack(size, value) + content[place + struct.calcsize(size) :]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../Slip.csv", "leads out of the archive; unpack it and import the folder"),
        ("a/../../Slip.csv", "leads out of the archive"),
        ("..\\Slip.csv", "leads out of the archive"),
        ("/etc/Slip.csv", "absolute"),
        ("\\\\host\\share\\Slip.csv", "absolute"),
        ("C:\\Slip.csv", "absolute"),
        ("c:Slip.csv", "absolute"),
        ("Inner.zip", "an archive inside an archive is not opened; unpack it first"),
    ],
)
def test_members_by_name(shell: Shell, tmp_path: Path, name: str, reason: str) -> None:
    bad = member("x.csv")
    bad.filename = name
    folder = tmp_path / "in"
    pack(folder / "a.zip", (bad, CONTENT), (member("Fine.csv"), CONTENT))
    found = import_beside(shell, folder)
    [told] = refusals(found).values()
    assert reason in told
    assert found["a.zip/Fine.csv"]["imported"] == 2
    assert sorted(p.name for p in tmp_path.rglob("*Slip*")) == []


@pytest.mark.parametrize(
    ("attributes", "content", "reason"),
    [
        ({"external_attr": 0o120777 << 16}, b"/etc/passwd", "a link"),
        ({"external_attr": 0o010644 << 16}, b"", "a link or device"),
        ({"compress_type": zipfile.ZIP_BZIP2}, CONTENT, "method 12"),
        ({"compress_type": zipfile.ZIP_LZMA}, CONTENT, "method 14"),
        ({}, b"\0" * 60_000_000, "200 times its size"),
    ],
)
def test_members_by_kind(
    shell: Shell, tmp_path: Path, attributes: dict[str, object], content: bytes, reason: str
) -> None:
    pack(
        tmp_path / "in" / "a.zip",
        (member("Bad.csv", **attributes), content),
        (member("Fine.csv"), CONTENT),
    )
    found = import_beside(shell, tmp_path / "in")
    assert reason in refusals(found)["a.zip/Bad.csv"]
    assert found["a.zip/Fine.csv"]["imported"] == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: entry(c, 24, "<I", 0xFFFFFFF0), "times its size"),
        (lambda c: entry(c, 24, "<I", len(CONTENT) - 1), "cannot be unpacked"),
        (lambda c: entry(c, 24, "<I", len(CONTENT) + 1), "cannot be unpacked|declares"),
        (lambda c: entry(c, 20, "<I", 7), "cannot be unpacked"),
        (lambda c: entry(c, 16, "<I", zlib.crc32(b"")), "CRC"),
        (lambda c: entry(c, 10, "<H", 99), "method 99"),
        (lambda c: entry(c, 8, "<H", 1), "encrypted; unpack it with its password"),
        (lambda c: entry(c, 42, "<I", 0x7FFFFFFF), "cannot be unpacked|zip archive"),
        (lambda c: c.replace(b"PK\x03\x04", b"PK\x03\x05", 1), "cannot be unpacked"),
    ],
)
def test_members_that_lie(
    shell: Shell, tmp_path: Path, change: Callable[[bytes], bytes], reason: str
) -> None:
    path = pack(
        tmp_path / "in" / "a.zip", (member("Bad.csv"), CONTENT), (member("Fine.csv"), CONTENT)
    )
    path.write_bytes(change(path.read_bytes()))
    found = import_beside(shell, tmp_path / "in")
    told = refusals(found)["a.zip/Bad.csv"]
    assert any(each in told for each in reason.split("|")), told
    assert ";" in told
    assert found["a.zip/Fine.csv"]["imported"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c[: len(c) // 2],
        lambda c: c[:-10],
        lambda c: c[10:],
        lambda c: c[: c.index(b"PK\x01\x02")],
        lambda c: b"",
        lambda c: b"PK\x05\x06" + b"\xff" * 18,
        lambda c: entry(c, 6, "<H", 99),
    ],
)
def test_archives_that_are_none(
    shell: Shell, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = pack(tmp_path / "in" / "a.zip", (member("Fine.csv"), CONTENT))
    path.write_bytes(change(path.read_bytes()))
    [told] = refusals(import_beside(shell, tmp_path / "in")).values()
    assert told.endswith(
        ("unpack it and import the folder", "unpack it and import the folder, or export again")
    )


def test_members_that_overlap_are_refused(shell: Shell, tmp_path: Path) -> None:
    """The way in which 10 MB unpack to 281 TB: many entries for one stretch of bytes."""
    path = pack(tmp_path / "in" / "a.zip", (member("Aa.csv"), CONTENT))
    content = path.read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    one = content[start:end]
    many = b"".join(one.replace(b"Aa.csv", f"{n:02}.csv".encode()) for n in range(50))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 50, 50, len(many), start, 0)
    path.write_bytes(content[:start] + many + tail)
    told = refusals(import_beside(shell, tmp_path / "in"))
    assert sorted("zip bomb" in each for each in told.values()) == [False] + [True] * 49


def test_the_sum_of_all_members_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 3 * len(CONTENT))
    path = pack(tmp_path / "a.zip", *((member(f"{n}.csv"), CONTENT) for n in range(5)))
    found = Exports().find([path])
    assert [isinstance(each, Quarantined) for each in found] == [False] * 3 + [True] * 2


def test_many_members_cost_little_time(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        for number in range(20_000):
            target.writestr(f"notes/{number}.txt", b"")
        for number in range(300):
            target.writestr(f"{number}.csv", CONTENT)
    began = time.perf_counter()
    found = list(Exports().find([path]))
    assert len(found) == 300
    for each in found:
        assert not isinstance(each, Quarantined)
        assert each.read() == CONTENT
    assert time.perf_counter() - began < 5


def test_a_directory_without_end_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 10_000)
    path = pack(tmp_path / "a.zip", *((member(f"{n}.csv"), b"") for n in range(1000)))
    [found] = Exports().find([path])
    assert isinstance(found, Quarantined)
    assert "its directory is too large" in found.reason


def test_an_archive_that_vanished_or_became_another_is_malformed(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", (member("A.csv"), CONTENT))
    other = pack(tmp_path / "b.zip", (member("B.csv"), CONTENT))
    one, two = Exports().find([path, other])
    path.unlink()
    assert not isinstance(one, Quarantined)
    assert not isinstance(two, Quarantined)
    assert two.read() == CONTENT
    with pytest.raises(MalformedExport, match="No such file"):
        one.read()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_in_other_encodings_and_odd_times(shell: Shell, tmp_path: Path) -> None:
    def named(raw: bytes, date: tuple[int, int, int, int, int, int] = DATE) -> zipfile.ZipInfo:
        info = member("x" * len(raw))
        info.date_time = date
        return info

    names = (b"caf\xc3\xa9.csv", b"caf\x82s.csv", b"nul\xff.csv", b"A.csv", b"A.csv", b".csv")
    dates = (DATE, (1980, 0, 0, 0, 0, 0), (2107, 12, 31, 23, 59, 58), DATE, DATE, DATE)
    path = pack(
        tmp_path / "in" / "a.zip",
        *((named(raw, date), CONTENT) for raw, date in zip(names, dates, strict=True)),
    )
    content = path.read_bytes()
    for raw in names:
        content = content.replace(b"x" * len(raw), raw, 1)
    for raw in names:
        head, _, directory = content.partition(b"PK\x01\x02")
        content = head + b"PK\x01\x02" + directory.replace(b"x" * len(raw), raw, 1)
    path.write_bytes(content)
    found = import_beside(shell, tmp_path / "in")
    assert {"a.zip/café.csv", "a.zip/cafés.csv", "a.zip/A.csv", "a.zip/.csv"} <= set(found)
    assert refusals(found) == {}


def test_zip64_is_read(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with (
        zipfile.ZipFile(path, "w") as target,
        target.open(member("Fine.csv"), "w", force_zip64=True) as stream,
    ):
        stream.write(CONTENT)
    assert import_beside(shell, path.parent)["a.zip/Fine.csv"]["imported"] == 2


def test_an_empty_archive_is_nothing(shell: Shell, tmp_path: Path) -> None:
    pack(tmp_path / "in" / "a.zip")
    write(tmp_path / "in" / "Good.csv", songs(1))
    assert set(import_beside(shell, tmp_path / "in")) == {"Good.csv"}
