"""What is found under music folders: every file once, in a stable order, and nothing is opened."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from syncengine.adapters.folders import Folders
from syncengine.core.music_folder import TRY_AGAIN, FoundFile
from tests.audio import make


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(str(path).encode())
    return path


def found(*folders: Path, playlists: Path | None = None) -> list[str]:
    return [each.path for each in Folders(folders, playlists).walk().files]


def test_files_are_found_by_their_endings_in_a_stable_order(tmp_path: Path) -> None:
    names = ["b/x.MP3", "a.flac", "b/a/deep.opus", "c.m4a", "B.wav", "z.aif", "y.ogg", "b/x.aac"]
    for name in reversed(names):
        touch(tmp_path / name)
    for other in ("cover.jpg", "song.mp3.part", "list.m3u8", "mp3", ".mp3", "song.part.mp3"):
        touch(tmp_path / other)
    expected = ["B.wav", "a.flac", "c.m4a", "y.ogg", "z.aif", "b/x.MP3", "b/x.aac", "b/a/deep.opus"]
    assert found(tmp_path) == [str(tmp_path / name) for name in expected]


def test_what_is_hidden_unfinished_or_no_music_is_passed_over(tmp_path: Path) -> None:
    for name in (
        ".a.mp3", "._a.mp3", "~$a.mp3", ".cache/a.mp3", "@eaDir/a.mp3", "$RECYCLE.BIN/a.mp3",
        "a.temp.mp3", "a.tmp.flac", "a.mp3.crdownload",
    ):  # fmt: skip
        touch(tmp_path / name)
    assert found(tmp_path) == []
    assert found(tmp_path / ".cache") == [str(tmp_path / ".cache" / "a.mp3")]  # named by a person


def test_the_folder_for_playlists_is_passed_over_by_whatever_name(tmp_path: Path) -> None:
    music, playlists = tmp_path / "music", tmp_path / "music" / "playlists"
    own = touch(music / "a.mp3")
    inside = touch(playlists / "Rock" / "b.mp3")
    (music / "link").symlink_to(playlists, target_is_directory=True)
    (music / "deep").symlink_to(playlists / "Rock", target_is_directory=True)
    (music / "b.mp3").symlink_to(inside)
    (tmp_path / "other").symlink_to(playlists, target_is_directory=True)
    assert found(music, playlists=playlists) == [str(own)]
    assert found(music, playlists=tmp_path / "other") == [str(own)]
    assert found(music, playlists=music) == []
    inbox = touch(playlists / "inbox" / "c.mp3")
    assert found(playlists / "inbox", playlists=playlists) == [str(inbox)]


def test_every_file_is_found_once_and_by_its_own_path(tmp_path: Path) -> None:
    music = tmp_path / "music"
    real = touch(music / "z" / "a.mp3")
    outside = touch(tmp_path / "outside" / "b.mp3")
    os.link(real, music / "z" / "hard.mp3")
    (music / "a-link").symlink_to(music / "z", target_is_directory=True)
    (music / "a.mp3").symlink_to(real)
    (music / "b.mp3").symlink_to(outside)
    (music / "z" / "loop").symlink_to(music, target_is_directory=True)
    (music / "nothing.mp3").symlink_to(tmp_path / "nowhere")
    (music / "itself.mp3").symlink_to(music / "itself.mp3")
    folders = Folders([music, music / "z", music, tmp_path / "music"])
    walk = folders.walk()
    assert [each.path for each in walk.files] == [str(real), str(music / "b.mp3")]
    assert set(walk.repeated) == {
        str(music / "z" / "hard.mp3"),
        str(music / "z"),
        str(music / "a-link"),
        str(music / "a.mp3"),
        str(music / "z" / "loop"),
    }
    assert folders.folders == (str(music), str(music / "z"))
    assert walk.unseen == []


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.mp3").mkdir()
    inside = touch(tmp_path / "folder.mp3" / "a.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "pipe-link.mp3").symlink_to(tmp_path / "pipe.mp3")
    (tmp_path / "null.mp3").symlink_to("/dev/null")
    os.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as wire:
        wire.bind("wire.mp3")
        assert found(tmp_path) == [str(inside)]
        # Put there after the walk, they are still not waited for.
        stat = Folders([tmp_path]).walk().files[0].stat
        walked = [
            FoundFile(str(tmp_path / name), stat)
            for name in ("pipe.mp3", "wire.mp3", "folder.mp3", "null.mp3", "gone.mp3")
        ]
        read = list(Folders([tmp_path]).read(walked))
    assert [Path(each.path).name for each in read] == [
        "pipe.mp3",
        "wire.mp3",
        "folder.mp3",
        "null.mp3",
    ]
    assert all(each.problem and each.stat.modified_ns == TRY_AGAIN for each in read)


@pytest.mark.parametrize(
    "name",
    [b"new\nline.mp3", b"\xff\xfe broken.mp3", "日本語.mp3".encode(), b" -rf .mp3", b"a'\"\\;.mp3"],
)
def test_any_name_is_found_and_read(tmp_path: Path, name: bytes) -> None:
    path = make(tmp_path / "plain.mp3", "mp3", title="T")
    target = tmp_path / os.fsdecode(b"\xf0dir") / os.fsdecode(name)
    target.parent.mkdir()
    path.rename(target)
    music = Folders([tmp_path])
    (file,) = music.read(music.walk().files)
    assert os.fsencode(file.path) == os.fsencode(target)
    assert (file.tags.title, file.problem) == ("T", None)


def test_folders_that_are_missing_or_cannot_be_looked_into_are_told(tmp_path: Path) -> None:
    (tmp_path / "away").symlink_to(tmp_path / "unplugged", target_is_directory=True)
    file = touch(tmp_path / "file.mp3")
    walk = Folders([tmp_path / "none", tmp_path / "away", file]).walk()
    assert walk.files == []
    assert walk.missing == [str(tmp_path / "none")]
    assert [each.path for each in walk.unseen] == [str(tmp_path / "away"), str(file)]


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A folder of somebody's who may not read everything, as root may."""
    import_module("mutagen.mp3")  # while it can be read
    with TemporaryDirectory() as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65_534, 65_534)
            os.seteuid(65_534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)


def test_what_may_not_be_read_is_told_and_tried_again(plain_user: Path) -> None:
    closed, file = plain_user / "closed", make(plain_user / "a.mp3", "mp3", title="T")
    touch(closed / "b.mp3")
    closed.chmod(0)
    file.chmod(0)
    music = Folders([plain_user])
    walk = music.walk()
    assert [each.path for each in walk.unseen] == [str(closed)]
    (read,) = music.read(walk.files)
    assert read.problem == "it cannot be read: Permission denied"
    assert read.stat.modified_ns == TRY_AGAIN
    closed.chmod(0o700)


def test_very_deep_folders(tmp_path: Path) -> None:
    place = tmp_path
    for _ in range(400):
        place /= "d"
    place.mkdir(parents=True)
    assert found(tmp_path) == []
    touch(place / "a.mp3")
    assert found(tmp_path) == [str(place / "a.mp3")]


def test_paths_have_no_two_slashes(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp3")
    assert found(Path(f"//{str(tmp_path)[1:]}/../{tmp_path.name}/")) == [str(tmp_path / "a.mp3")]
