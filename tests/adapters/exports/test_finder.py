from __future__ import annotations

import os
import struct
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from syncengine.adapters.exports import Exports, archive
from syncengine.core.ports import ExportFile, Quarantined
from syncengine.errors import MalformedExport, UserError
from tests.adapters.exports.samples import DATA

CSV = b"x"


def found(*paths: Path) -> list[str]:
    return [each.path for each in Exports().find(paths) if not isinstance(each, Quarantined)]


def refused(*paths: Path) -> dict[str, str]:
    quarantined = [each for each in Exports().find(paths) if isinstance(each, Quarantined)]
    return {each.path: each.reason for each in quarantined}


def only(path: Path) -> ExportFile:
    [file] = Exports().find([path])
    assert not isinstance(file, Quarantined)
    return file


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CSV)


def pack(path: Path, *names: str | zipfile.ZipInfo, content: bytes = CSV) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            target.writestr(name, content)
    return path


def test_a_backup_folder_is_searched_and_shown_relative_to_itself() -> None:
    files = Exports().find([DATA / "backup"])
    assert [file.path for file in files] == ["Liked_Songs.csv", "spotify_playlists/Morning_Mix.csv"]
    names = [file.stem for file in files if not isinstance(file, Quarantined)]
    assert names == ["Liked_Songs", "Morning_Mix"]


def test_only_exports_and_archives_are_looked_at(tmp_path: Path) -> None:
    make(tmp_path, "b.CSV", "a.csv", "notes.txt", "._a.csv", ".git/a.csv", "__MACOSX/a.csv")
    make(tmp_path, "old.csv/inner.csv")
    pack(tmp_path / "c.ZIP", "in.csv", "__MACOSX/._in.csv", "readme.md", "x/.hidden.csv")
    assert found(tmp_path) == ["a.csv", "b.CSV", "c.ZIP/in.csv", "old.csv/inner.csv"]
    assert refused(tmp_path) == {}


def test_a_file_that_is_named_is_tried_whatever_its_suffix(tmp_path: Path) -> None:
    make(tmp_path, "list.txt")
    assert found(tmp_path / "list.txt") == ["list.txt"]
    assert only(tmp_path / "list.txt").read() == CSV


def test_paths_that_do_not_exist_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError) as caught:
        Exports().find([tmp_path, tmp_path / "no", tmp_path / "dangling"])
    assert [problem.split()[0] for problem in caught.value.problems] == [
        str(tmp_path / "no"),
        str(tmp_path / "dangling"),
    ]


def test_times_are_cut_to_whole_seconds(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    os.utime(tmp_path / "a.csv", ns=(0, 1_700_000_000_999_999_999))
    assert only(tmp_path).modified_at == 1_700_000_000


def test_links_that_lead_back_end_the_walk(tmp_path: Path) -> None:
    make(tmp_path, "inner/a.csv")
    (tmp_path / "inner" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "inner" / "self").symlink_to(tmp_path / "inner", target_is_directory=True)
    assert found(tmp_path) == ["inner/a.csv"]


def test_a_pipe_is_not_opened_and_a_dangling_link_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    make(tmp_path, "sound.csv")
    assert set(refused(tmp_path)) == {"pipe.csv", "gone.csv"}
    assert found(tmp_path) == ["sound.csv"]
    assert "regular" in refused(tmp_path / "pipe.csv")["pipe.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    (tmp_path / "a.csv").chmod(0)
    assert set(refused(tmp_path)) == {"a.csv"}


def test_a_file_that_vanished_is_malformed(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    file = only(tmp_path)
    (tmp_path / "a.csv").unlink()
    with pytest.raises(MalformedExport, match=r"a\.csv"):
        file.read()


def test_paths_that_would_look_the_same_are_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "one/a.csv", "one/b.csv", "two/a.csv")
    assert found(tmp_path / "one", tmp_path / "two") == ["one/a.csv", "b.csv", "two/a.csv"]
    assert found(tmp_path / "one" / "a.csv", tmp_path / "two" / "a.csv") == [
        "one/a.csv",
        "two/a.csv",
    ]
    make(tmp_path, "x/same/a.csv", "y/same/a.csv")
    shown = found(tmp_path / "x" / "same", tmp_path / "y" / "same")
    assert shown == [f"{tmp_path.as_posix()}/{each}/same/a.csv" for each in "xy"]


def test_a_file_that_is_reached_twice_is_found_once(tmp_path: Path) -> None:
    make(tmp_path, "sub/a.csv")
    assert found(tmp_path, tmp_path / "sub", tmp_path / "sub" / "a.csv") == ["sub/a.csv"]


def test_an_archive_is_read_with_its_members_local_times(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("spotify_playlists/Mix.csv", (2026, 1, 2, 3, 4, 6))
    file = only(pack(tmp_path / "backup.zip", info))
    assert file.path == "backup.zip/spotify_playlists/Mix.csv"
    assert (file.stem, file.read()) == ("Mix", CSV)
    assert file.modified_at == datetime(2026, 1, 2, 3, 4, 6).astimezone().timestamp()


def test_a_member_without_a_date_has_the_archives_time(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", zipfile.ZipInfo("Mix.csv"))
    content = path.read_bytes()
    zero_date = struct.pack("<H", 0)
    start = content.index(b"PK\x01\x02")
    path.write_bytes(content[: start + 14] + zero_date + content[start + 16 :])
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert only(path).modified_at == 1_700_000_000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.csv", "leads out"),
        ("a/../../evil.csv", "leads out"),
        ("a\\..\\evil.csv", "leads out"),
        ("/etc/evil.csv", "absolute"),
        ("\\evil.csv", "absolute"),
        ("C:evil.csv", "absolute"),
        ("c:/evil.csv", "absolute"),
        ("inner.zip", "inside an archive"),
    ],
)
def test_members_that_could_do_harm_are_refused_and_the_rest_is_read(
    tmp_path: Path, name: str, words: str
) -> None:
    path = pack(tmp_path / "a.zip", name, "good.csv")
    assert found(path) == ["a.zip/good.csv"]
    [reason] = refused(path).values()
    assert words in reason


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", "secret.csv")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "encrypted" in refused(path)["a.zip/secret.csv"]


def test_a_member_that_grows_absurdly_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", "bomb.csv", content=bytes(archive.RATIO_FROM + 1))
    assert "200 times" in refused(path)["a.zip/bomb.csv"]
    small = pack(tmp_path / "b.zip", "long.csv", content=bytes(archive.RATIO_FROM))
    assert found(small) == ["b.zip/long.csv"]


def test_an_archive_is_read_up_to_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 10)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        for name, size in (("a.csv", 6), ("b.csv", 6), ("c.csv", 4)):
            target.writestr(name, bytes(size))
    assert found(path) == ["a.zip/a.csv", "a.zip/c.csv"]
    assert set(refused(path)) == {"a.zip/b.csv"}


@pytest.mark.parametrize("lie", [1, 1000])
def test_a_member_of_another_size_than_declared_is_malformed(tmp_path: Path, lie: int) -> None:
    path = pack(tmp_path / "a.zip", "a.csv", content=b"x" * 100)
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = struct.pack("<I", lie)
    path.write_bytes(content)
    with pytest.raises(MalformedExport):
        only(path).read()


def test_damage_in_a_member_is_malformed_and_its_neighbour_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("bad.csv", b"before")
        target.writestr("good.csv", b"sound")
    path.write_bytes(path.read_bytes().replace(b"before", b"after!"))
    bad, good = Exports().find([path])
    assert not isinstance(bad, Quarantined)
    assert not isinstance(good, Quarantined)
    with pytest.raises(MalformedExport, match="CRC"):
        bad.read()
    assert good.read() == b"sound"


def test_what_is_no_archive_is_refused_and_its_neighbour_is_read(tmp_path: Path) -> None:
    make(tmp_path, "broken.zip", "good.csv")
    assert set(refused(tmp_path)) == {"broken.zip"}
    assert found(tmp_path) == ["good.csv"]
