"""Whatever is planned, done by hand or cut off: nothing is lost, and all comes to be as wanted."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syncengine.core.path_text import path_text
from syncengine.core.plan import Value
from syncengine.core.writer import Change, Written
from syncengine.errors import Rejected, TryLater
from tests.audio import retag
from tests.playlist_folders import NOON, House, Killed, a_file

KEYS = ("m", "r", "l")
FOLDERS = ("Mix", "Rock", "Late", "Mix 2")
SONGS = 3
TROUBLE = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(["kill", "full"]), st.integers(0, 14), st.booleans()),
)


@dataclass
class Placed:
    """A file as it was agreed; ``version`` counts how often it was tagged."""

    held: dict[str, Value] = field(default_factory=dict)
    version: int = 1


class FoldersMachine(RuleBasedStateMachine):
    """Folders that are written, and those that live in them."""

    @initialize(
        link=st.sampled_from(["auto", "sym", "copy"]), apart=st.booleans(), hard=st.booleans()
    )
    def open(self, link: str, apart: bool, hard: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.house = House(self.folder, link)  # type: ignore[arg-type]
        self.house.apart = apart
        self.without_hard = not hard
        self.playlists: dict[str, dict[str, Value]] = {}
        self.files = {number: Placed() for number in range(1, SONGS + 1)}
        self.foreign: dict[Path, bytes] = {}
        self.edited: set[str] = set()
        self.left: set[str] = set()
        self.counter = 0
        for number in self.files:
            self.house.song(number)
        self.anew()
        for at, key in enumerate(KEYS[:2]):
            self.keep_playlist(key, at, at, None)
        for number in self.files:
            self.place_file(number, number, number - 1, "a", None)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def anew(self) -> None:
        self.house.anew()
        if self.without_hard:
            self.house.disk.without_hard = [self.house.root]

    # ----------------------------------------------------------------------------------- writing

    def write(self, change: Change, trouble: tuple[str, int, bool] | None) -> Written:
        """Make a change, whatever happens on the way, until it is made."""
        if trouble is not None:
            how, at, settles = trouble
            self.anew()
            self.house.disk.kill_at = at if how == "kill" else None
            self.house.disk.fail_at = at if how == "full" else None
            self.house.disk.failure = errno.ENOSPC
            try:
                self.house.writer.write(change)
            except (Killed, TryLater, Rejected):
                self.look_after()
            self.anew()
            if settles:
                list(self.house.writer.find(change.entity, {change.key}, NOON))
                self.look_after()
        for _ in range(5):
            try:
                return self.house.writer.write(change)
            except Rejected as error:
                self.look_after()
                self.give_way(change, error)
        raise AssertionError(f"{change} is not made")

    def give_way(self, change: Change, error: Rejected) -> None:
        """Do what the message says; there has to be something to do."""
        path = Path(error.address)
        if path in self.foreign:
            self.counter += 1
            new = path.with_name(f"mine {self.counter}.mp3")
            path.rename(new)
            self.foreign[new] = self.foreign.pop(path)
        elif path.suffix == ".m3u8" and change.key in self.edited:
            path.unlink()
            self.edited.discard(change.key)
        else:
            raise error

    # --------------------------------------------------------------------------------- playlists

    @rule(key=st.sampled_from(KEYS), at=st.integers(0, 9), size=st.integers(0, 3), trouble=TROUBLE)
    def keep_playlist(
        self, key: str, at: int, size: int, trouble: tuple[str, int, bool] | None
    ) -> None:
        taken = {
            each["Folder"] for other, each in self.playlists.items() if other != key
        } | self.left
        free = [each for each in FOLDERS if each not in taken]
        if not free:
            return
        wanted: dict[str, Value] = {
            "Name": key,
            "Folder": free[at % len(free)],
            "List": self.house.text(key, *[f"{each}.mp3" for each in range(size)]),
        }
        before = self.playlists.get(key, {})
        fields = {name: new for name, new in wanted.items() if before.get(name) != new}
        old = before.get("Folder")
        address = str(old) if old else None
        if key in self.edited and "List" not in fields:
            fields["List"] = wanted["List"]
        written = self.write(Change("playlist", key, address, fields, before=before), trouble)
        assert written.address == wanted["Folder"]
        self.playlists[key] = wanted
        if old and old != wanted["Folder"]:
            self.follow(str(old), str(wanted["Folder"]))

    def follow(self, old: str, new: str) -> None:
        root = self.house.root
        for path in [each for each in self.foreign if each.parent == root / old]:
            self.foreign[root / new / path.name] = self.foreign.pop(path)
        for placed in self.files.values():
            for name in ("Playlists", "Home"):
                there = placed.held.get(name)
                if isinstance(there, tuple):
                    placed.held[name] = tuple(new if each == old else each for each in there)

    @precondition(lambda self: self.playlists)
    @rule(at=st.integers(0, 9), trouble=TROUBLE)
    def forget_playlist(self, at: int, trouble: tuple[str, int, bool] | None) -> None:
        key = sorted(self.playlists)[at % len(self.playlists)]
        before = self.playlists[key]
        folder = str(before["Folder"])
        for number, placed in self.files.items():
            if placed.held and folder in self.folders_of(number):
                rest = [each for each in self.folders_of(number) if each != folder]
                self.keep_file(number, rest, None, str(placed.held["Name"]), None)
        change = Change("playlist", key, folder, dict.fromkeys(before), gone=True, before=before)
        self.write(change, trouble)
        del self.playlists[key]
        self.edited.discard(key)
        if any(each.parent.name == folder for each in self.foreign):
            self.left.add(folder)

    # ------------------------------------------------------------------------------------- files

    def folders_of(self, number: int) -> list[str]:
        held = self.files[number].held
        there = [held.get("Playlists") or (), held.get("Home") or ()]
        return list(
            dict.fromkeys(each for some in there if isinstance(some, tuple) for each in some)
        )

    @rule(
        number=st.integers(1, SONGS), chosen=st.integers(0, 7), home=st.integers(0, 3),
        letter=st.sampled_from("abA"), trouble=TROUBLE,
    )  # fmt: skip
    def place_file(
        self, number: int, chosen: int, home: int, letter: str,
        trouble: tuple[str, int, bool] | None,
    ) -> None:  # fmt: skip
        there = sorted(str(each["Folder"]) for each in self.playlists.values())
        folders = [each for at, each in enumerate(there) if chosen & 1 << at]
        lives = folders[home % len(folders)] if home and folders else None
        self.keep_file(number, folders, lives, f"{number} {letter}.mp3", trouble)

    def keep_file(
        self, number: int, folders: list[str], home: str | None, name: str,
        trouble: tuple[str, int, bool] | None,
    ) -> None:  # fmt: skip
        placed = self.files[number]
        wanted: dict[str, Value] = {
            "Name": name,
            "Playlists": tuple(folders) or None,
            "Home": (home,) if home else None,
            "File": str(placed.version),
        }
        fields = {key: new for key, new in wanted.items() if placed.held.get(key) != new}
        change = a_file(number, fields, placed.held)
        before = self.house.path(number)
        assert self.house.writer.keepsake(change).get("Path", str(before)) == str(before)
        written = self.write(change, trouble)
        assert written.address == name
        placed.held = {key: value for key, value in wanted.items() if value is not None}

    @precondition(lambda self: any(each.held for each in self.files.values()))
    @rule(at=st.integers(0, 9), trouble=TROUBLE)
    def forget_file(self, at: int, trouble: tuple[str, int, bool] | None) -> None:
        numbers = [number for number, each in self.files.items() if each.held]
        number = numbers[at % len(numbers)]
        placed = self.files[number]
        self.write(a_file(number, dict.fromkeys(placed.held), placed.held, gone=True), trouble)
        placed.held = {}

    @rule(number=st.integers(1, SONGS), trouble=TROUBLE)
    def take_back(self, number: int, trouble: tuple[str, int, bool] | None) -> None:
        """Bring a file that lives in a folder back to the music, as an undo does."""
        placed = self.files[number]
        if placed.held and placed.held.get("Home") is not None:
            path = path_text(str(self.house.music / f"{number}.mp3"))
            fields: dict[str, Value] = {"Home": None, "Path": path}
            if placed.held.get("File") != str(placed.version):
                fields["File"] = str(placed.version)
            self.write(a_file(number, fields, placed.held), trouble)
            assert str(self.house.path(number)) == path
            del placed.held["Home"]
            placed.held["File"] = str(placed.version)

    # -------------------------------------------------------------------------------- a person's doings

    @rule(number=st.integers(1, SONGS), anew=st.booleans())
    def tag(self, number: int, anew: bool) -> None:
        path = self.house.path(number)
        if any(
            each.name == path.name or each.name.startswith(f"{number} ") for each in self.foreign
        ):
            return  # then it cannot be told which of them is ours
        self.counter += 1
        if anew:
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)
        retag(path, "mp3", title=f"Title {self.counter}")
        # A clock that ticks: two files of one size and one time are told apart by reading them alone.
        os.utime(path, ns=(NOON * 10**9, NOON * 10**9 + 1_000 + self.counter))
        self.house.book.scan(number, path)
        self.files[number].version += 1
        self.anew()

    @precondition(lambda self: self.playlists)
    @rule(
        at=st.integers(0, 9), number=st.integers(1, SONGS), letter=st.sampled_from("abA"),
        chosen=st.integers(0, 7), home=st.integers(0, 3), stays=st.booleans(), trouble=TROUBLE,
    )  # fmt: skip
    def put_something_there(
        self, at: int, number: int, letter: str, chosen: int, home: int, stays: bool,
        trouble: tuple[str, int, bool] | None,
    ) -> None:  # fmt: skip
        """Put a file where ours is, or is to be with the next change."""
        there = sorted(str(each["Folder"]) for each in self.playlists.values())
        path = self.house.root / there[at % len(there)] / f"{number} {letter}.mp3"
        placed = self.files[number]
        is_renewed = placed.held and placed.held.get("File") != str(placed.version)
        if path == self.house.path(number) or path in self.foreign or is_renewed:
            return
        if path.exists() and path.stat().st_nlink < 2 and not path.is_symlink():
            return  # a copy: where the file was tagged, the last of its kind
        path.unlink(missing_ok=True)
        self.counter += 1
        self.foreign[path] = f"mine {self.counter}".encode()
        path.write_bytes(self.foreign[path])
        wanted = chosen | 1 << at % len(there) if stays else chosen
        self.place_file(number, wanted, home, letter, trouble)

    @precondition(lambda self: self.playlists)
    @rule(at=st.integers(0, 9))
    def edit_a_list(self, at: int) -> None:
        key = sorted(self.playlists)[at % len(self.playlists)]
        folder = str(self.playlists[key]["Folder"])
        with (self.house.root / folder / f"{folder}.m3u8").open("a") as file:
            file.write("mine.mp3\n")
        self.edited.add(key)

    # ----------------------------------------------------------------------------------- what holds

    def look_after(self) -> None:
        """Say what holds at every moment, also when a run was just killed."""
        files = [
            each for each in self.folder.rglob("*") if each.is_file() and not each.is_symlink()
        ]
        contents = {each.read_bytes() for each in files}
        for number in self.files:
            assert self.latest(number) in contents
        for content in self.foreign.values():
            assert content in contents

    def latest(self, number: int) -> bytes:
        if not hasattr(self, "bytes_of"):
            self.bytes_of: dict[tuple[int, int], bytes] = {}
        key = (number, self.files[number].version)
        if key not in self.bytes_of:
            self.bytes_of[key] = self.house.path(number).read_bytes()
        return self.bytes_of[key]

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        if not hasattr(self, "house"):
            return
        self.look_after()
        assert not self.house.partial()
        for path, content in self.foreign.items():
            assert path.read_bytes() == content
        root = self.house.root
        expected = {f"{name}/" for name in self.left} | {
            f"{each.relative_to(root)}" for each in self.foreign
        }
        for key, playlist in self.playlists.items():
            folder = str(playlist["Folder"])
            expected |= {f"{folder}/", f"{folder}/{folder}.m3u8"}
            if key not in self.edited:
                text = (root / folder / f"{folder}.m3u8").read_text()
                assert self.house.texts[key] == text
        for number, placed in self.files.items():
            for folder in self.folders_of(number):
                self.stands(number, root / folder / str(placed.held["Name"]))
                expected.add(f"{folder}/{placed.held['Name']}")
            if home := placed.held.get("Home"):
                assert isinstance(home, tuple)
                assert self.house.path(number).parent == root / home[0]
        there = {each for each in self.house.tree() if not each.startswith("Unassigned/")}
        assert there == expected

    def stands(self, number: int, path: Path) -> None:
        if path in self.foreign:
            return
        placed = self.files[number]
        is_link = path.samefile(self.house.path(number))
        if placed.held.get("File") == str(placed.version):
            assert is_link or path.read_bytes() == self.latest(number)

    @invariant()
    def what_is_read_is_what_stands(self) -> None:
        if not hasattr(self, "house"):
            return
        seen = {int(each.keys[0]): each for each in self.house.writer.everything("file")}
        for number, placed in self.files.items():
            folders = [
                each
                for each in self.folders_of(number)
                if self.house.root / each / str(placed.held["Name"]) not in self.foreign
            ]
            if folders:
                assert seen[number].address == placed.held["Name"]
                there = seen[number].fields["Playlists"]
                assert isinstance(there, tuple)
                assert set(there) == set(folders)
        lists = {
            each.keys[0]: each for each in self.house.writer.everything("playlist") if each.keys
        }
        assert lists.keys() == self.playlists.keys()
        for key, playlist in self.playlists.items():
            assert lists[key].fields["Folder"] == playlist["Folder"]
            assert (lists[key].fields["List"] == playlist["List"]) is (key not in self.edited)


TestFolders = FoldersMachine.TestCase
TestFolders.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
