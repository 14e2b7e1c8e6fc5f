"""Whatever bytes come: rows or a reason, a sound database, and the good file beside them imported."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.attempt import import_beside
from tests.hostile.seeds import archives, exports, several
from tests.hostile.targets import read_archive, read_export
from tests.shell import Shell

SEEDS = exports() + several() * 3
ARCHIVES = archives(SEEDS)
BITS = [b"\0", b'"', b'""', b",", b";", b"\n", b"\r", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae"]
BITS += [b"\xef\xbb\xbf", b"99999999999999999999", b"-1", b"1e999", b"undefined", b"\x1f", b"\t"]
slow = settings(
    max_examples=max(8, settings().max_examples // 8),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Draw a seed with some of its bytes flipped, cut, repeated or replaced."""
    content = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        match draw(st.sampled_from(["flip", "cut", "repeat", "put", "end", "swap"])):
            case "flip" if start < len(content):
                content[start] ^= draw(st.integers(1, 255))
            case "cut":
                del content[start:end]
            case "repeat":
                content[start:start] = content[start:end] * draw(st.integers(1, 5))
            case "put":
                content[start:end] = draw(st.sampled_from(BITS) | st.binary(max_size=8))
            case "end":
                del content[start:]
            case _:
                content = content.replace(b",", draw(st.sampled_from([b";", b"\t", b",,", b'","'])))
    return bytes(content)


def test_a_playlist_whose_name_looks_like_a_row_keeps_its_rows() -> None:
    """Found by fuzzing: cut out of its file, the name was read as one more row."""
    row = "Song\tAda\tAlbum\tspotify:track:0000000000000000000001\t2013-05-01"
    text = f"Playlists: \r\n\r\nFine\r\n{row}\r\n\r\n{row}\r\n{row}\r\n\r\n"
    assert read_export(text.encode()) == 2


def test_a_file_that_ends_in_the_middle_of_a_line_end_is_cut_and_read() -> None:
    """Found by fuzzing: half a line end was a row in the file, and none in its part."""
    assert read_export(b"Playlists: \r\n\r\nMix\r\nno row\r\n\r") == 1


def test_blanks_that_hang_over_are_not_taken_for_a_column_that_is_missing() -> None:
    """Found by fuzzing: the moment of adding was read from them."""
    assert read_export(b"Track URI,Track Name\nspotify:track:0000000000000000000001,Song, \n") == 1


@given(mutated(SEEDS) | st.binary(max_size=200))
def test_an_export_is_read_or_refused(content: bytes) -> None:
    read_export(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated(ARCHIVES) | st.binary(max_size=200))
def test_an_archive_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    read_archive(content, tmp_path / "a.zip")


@st.composite
def packed(draw: st.DrawFn) -> bytes:
    """Draw a sound archive with unsound members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(draw(st.integers(0, 3))):
            target.writestr(f"{number}.csv", draw(mutated(SEEDS)))
    return stream.getvalue()


@slow
@given(
    st.dictionaries(
        st.sampled_from(["Odd.csv", "odd.csv", "Odder.csv", "Good .csv"]),
        mutated(SEEDS) | st.binary(max_size=50),
        max_size=2,
    ),
    st.none() | mutated(ARCHIVES) | packed(),
)
def test_whatever_is_imported_the_good_file_is_too(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, bytes],
    archive: bytes | None,
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "in").mkdir()
    for name, content in files.items():
        (folder / "in" / name).write_bytes(content)
    if archive is not None:
        (folder / "in" / "a.zip").write_bytes(archive)
    import_beside(Shell(folder / "library.db", capsys), folder / "in")
