"""Files that are damaged, cut off, or made to hurt: a sentence each, soon, and nothing worse."""

from __future__ import annotations

import os
import random
import struct
import time
from pathlib import Path

import pytest

from syncengine.adapters.folders.reader import read_audio
from syncengine.adapters.folders.scanner import at
from syncengine.core.audio_file import AudioFile, Tags
from tests import audio_bytes
from tests.audio import KINDS, ending, make

SOON = 2.0
"""Seconds for one file, on a busy machine; most take a thousandth."""


def read(path: Path) -> AudioFile:
    began = time.perf_counter()
    (found,) = at([str(path)])
    file = read_audio(found)
    assert time.perf_counter() - began < SOON
    assert file is not None
    assert file.stat == found.stat
    if file.problem is not None:
        assert file.tags == Tags()
        assert file.problem.startswith("it ")
        assert "Traceback" not in file.problem
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_cut_off_anywhere(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / f"a{ending(kind)}", kind, title="Title", artists=["A", "B"])
    content = path.read_bytes()
    assert read(path).problem is None
    for length in range(0, len(content), 37):
        path.write_bytes(content[:length])
        read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_anywhere(tmp_path: Path, kind: str) -> None:
    chance = random.Random(f"damage {kind}")
    path = make(tmp_path / f"a{ending(kind)}", kind, title="Title", artists=["A", "B"])
    content = path.read_bytes()
    for _ in range(250):
        damaged = bytearray(content)
        reach = chance.choice([64, 400, len(content)])
        for _ in range(chance.choice([1, 3, 30])):
            place = chance.randrange(min(reach, len(content)))
            damaged[place] = chance.choice([0, 255, chance.randrange(256)])
        path.write_bytes(damaged)
        read(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"", b"\0", b"Dear diary,\n" * 500, b"\xff" * 70_000])
def test_what_is_no_audio_is_told(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / f"a{ending(kind)}"
    path.write_bytes(content)
    assert read(path).problem


def test_what_is_cut_off_says_so(tmp_path: Path) -> None:
    for kind in ("wav", "aiff", "m4a", "alac"):
        path = make(tmp_path / f"{kind}{ending(kind)}", kind, seconds=30)
        path.write_bytes(path.read_bytes()[:-200])
        assert "cut off" in (read(path).problem or ""), kind


@pytest.mark.parametrize("kind", KINDS)
def test_two_gigabytes_of_nothing(tmp_path: Path, kind: str) -> None:
    empty = tmp_path / f"empty{ending(kind)}"
    with empty.open("wb") as file:
        file.truncate(2 << 30)
    assert read(empty).problem
    begun = make(tmp_path / f"begun{ending(kind)}", kind, title="T")
    os.truncate(begun, 2 << 30)
    read(begun)


def syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def test_a_million_tags(tmp_path: Path) -> None:
    frames = b"".join(b"TIT2" + struct.pack(">IH", 2, 0) + b"\0x" for _ in range(500_000))
    path = make(tmp_path / "a.mp3", "mp3")
    path.write_bytes(b"ID3\x04\0\0" + syncsafe(len(frames)) + frames + path.read_bytes())
    assert "more tags" in (read(path).problem or "")

    comments = struct.pack("<I", 0) + struct.pack("<I", 1_000_000) + b"\0\0\0\0" * 1_000_000
    flac = make(tmp_path / "a.flac", "flac")
    made = flac.read_bytes()
    block = b"\x04" + len(comments).to_bytes(3, "big") + comments
    flac.write_bytes(made[:4] + b"\0" + made[5:42] + block + b"\x81\0\0\0" + made[42:])
    assert "more parts" in (read(flac).problem or "")

    ape = b"\0\0\0\0\0\0\0\0k\0" * 400_000
    foot = b"APETAGEX" + struct.pack("<IIII8x", 2000, len(ape) + 32, 400_000, 0)
    last = make(tmp_path / "b.mp3", "mp3")
    last.write_bytes(last.read_bytes() + ape + foot)
    assert "more tags" in (read(last).problem or "")

    opus = make(tmp_path / "a.opus", "opus")
    made = opus.read_bytes()
    second = made.index(b"OggS", 4)
    middle = audio_bytes.page(1, 0, 0, [(b"OpusTags" + comments)[:60_000]])
    opus.write_bytes(made[:second] + middle + made[made.index(b"OggS", second + 4) :])
    assert "more tags" in (read(opus).problem or "")


def test_a_million_boxes(tmp_path: Path) -> None:
    boxes = b"\0\0\0\x08free" * 1_000_000
    path = make(tmp_path / "a.m4a", "m4a")
    whole = path.read_bytes()
    path.write_bytes(whole + boxes)
    read(path)
    path.write_bytes(whole + audio_bytes.box(b"moov", boxes))
    read(path)
    path.write_bytes(audio_bytes.box(b"ftyp", b"M4A ") + audio_bytes.box(b"moov", boxes))
    assert read(path).problem
    nested = b""
    for _ in range(5_000):
        nested = audio_bytes.box(b"udta", nested)
    path.write_bytes(audio_bytes.box(b"ftyp", b"M4A ") + audio_bytes.box(b"moov", nested))
    assert read(path).problem


def test_a_million_chunks(tmp_path: Path) -> None:
    for kind in ("wav", "aiff"):
        path = make(tmp_path / f"a.{kind}", kind)
        path.write_bytes(path.read_bytes() + b"junk\0\0\0\0" * 1_000_000)
        assert read(path).problem is None


def test_a_file_that_grows_is_read_again_the_next_time(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3", title="T")
    (found,) = at([str(path)])
    with path.open("ab") as file:
        file.write(b"more")
    read_now = read_audio(found)
    assert read_now is not None
    assert read_now.stat.size == found.stat.size + 4  # as it was when it was read
    path.unlink()
    assert read_audio(found) is None


def test_times_that_no_database_takes(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3")
    for second in (-10_000_000_000, 0, 10_000_000_000):
        try:
            os.utime(path, (second, second))
        except OverflowError:
            continue
        assert -(2**63) < read(path).stat.modified_ns < 2**63
