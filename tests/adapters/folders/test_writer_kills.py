"""A run that is killed between any two steps: made again, a write comes to the same end."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.adapters.folders.moving import LinkKind
from syncengine.core.path_text import path_text
from syncengine.core.plan import Value
from syncengine.core.writer import Change, Written
from syncengine.errors import Forbidden, Rejected, TryLater
from tests.playlist_folders import NOON, House, Killed, a_file

AB: dict[str, Value] = {
    "Name": "A - B.mp3",
    "Playlists": ("Mix", "Rock"),
    "File": "1",
    "Track": "t",
}
HOME: dict[str, Value] = {**AB, "Home": ("Mix",)}


def _folders(house: House) -> None:
    house.playlist("m", "Mix")
    house.playlist("r", "Rock")
    house.playlist("l", "Late")
    house.song(1)


def _create(house: House) -> Change:
    _folders(house)
    return a_file(1, AB)


def _create_home(house: House) -> Change:
    _folders(house)
    return a_file(1, HOME)


def _placed(house: House) -> None:
    _folders(house)
    house.writer.write(a_file(1, AB))


def _housed(house: House) -> None:
    _folders(house)
    house.writer.write(a_file(1, HOME))


def _rename_file(house: House) -> Change:
    _placed(house)
    return a_file(1, {"Name": "A - C.mp3"}, AB)


def _rename_home(house: House) -> Change:
    _housed(house)
    return a_file(1, {"Name": "A - C.mp3"}, HOME)


def _change_folders(house: House) -> Change:
    _placed(house)
    return a_file(1, {"Playlists": ("Late", "Rock")}, AB)


def _change_home(house: House) -> Change:
    _housed(house)
    return a_file(1, {"Playlists": ("Late", "Rock"), "Home": ("Late",)}, HOME)


def _everything_at_once(house: House) -> Change:
    _housed(house)
    fields: dict[str, Value] = {"Name": "C.mp3", "Playlists": ("Late",), "Home": ("Late",)}
    return a_file(1, fields, HOME)


def _move_in(house: House) -> Change:
    _placed(house)
    return a_file(1, {"Home": ("Rock",)}, AB)


def _stay_without_home(house: House) -> Change:
    _housed(house)
    return a_file(1, {"Home": None, "Playlists": ("Rock", "Late")}, HOME)


def _in_no_folder(house: House) -> Change:
    _housed(house)
    return a_file(1, {"Home": None, "Playlists": None}, HOME)


def _gone(house: House) -> Change:
    _placed(house)
    return a_file(1, dict.fromkeys(AB), AB, gone=True)


def _gone_from_home(house: House) -> Change:
    _housed(house)
    return a_file(1, dict.fromkeys(HOME), HOME, gone=True)


def _back(house: House) -> Change:
    before = path_text(str(house.song(1)))
    _housed(house)
    return a_file(1, {"Home": None, "Path": before}, HOME)


def _retagged(house: House) -> Change:
    _placed(house)
    path = house.path(1)
    path.rename(path.with_suffix(".old"))
    path.with_suffix(".old").unlink()
    house.song(1)
    content = path.read_bytes().replace(b"Song 1", b"Song X")
    path.write_bytes(content)
    house.book.scan(1, path)
    return a_file(1, {"File": "2"}, AB)


def _playlist(house: House) -> Change:
    return house.a_playlist("m", "Mix", "a.mp3")


def _rename_playlist(house: House) -> Change:
    _housed(house)
    before = {"Folder": "Mix", "List": house.text("m")}
    return Change(
        "playlist", "m", "Mix", {"Folder": "Mix 2", "List": house.text("m", "a.mp3")}, before=before
    )


def _rewrite(house: House) -> Change:
    _housed(house)
    before = {"Folder": "Mix", "List": house.text("m")}
    return Change(
        "playlist", "m", "Mix", {"List": house.text("m", "a.mp3", "b.mp3")}, before=before
    )


def _forget(house: House) -> Change:
    _folders(house)
    before = {"Folder": "Late", "List": house.text("l")}
    return Change("playlist", "l", "Late", dict.fromkeys(before), gone=True, before=before)


CHANGES: list[Callable[[House], Change]] = [
    _create, _create_home, _rename_file, _rename_home, _change_folders, _change_home,
    _everything_at_once, _move_in, _stay_without_home, _in_no_folder, _gone, _gone_from_home, _back,
    _retagged, _playlist, _rename_playlist, _rewrite, _forget,
]  # fmt: skip


WAYS = [("auto", False), ("auto", True), ("sym", False), ("copy", True)]
"""Kinds of links, and whether music and playlists are on two disks."""


def _ended(house: House) -> dict[str, object]:
    """Return all that a write came to: what stands where, and where the file is."""
    known = house.book.known.get(1)
    where = None if known is None else known.path.removeprefix(str(house.root.parent))
    there = {
        name: str(what).replace(str(house.root.parent), "") for name, what in house.tree().items()
    }
    return {
        "tree": there,
        "where": where,
        "music": sorted(each.name for each in house.music.iterdir()),
    }


def _same(one: Written, other: Written) -> bool:
    return one.address == other.address and one.holds == other.holds


@pytest.mark.parametrize(("link", "apart"), WAYS)
@pytest.mark.parametrize("prepare", CHANGES, ids=lambda each: each.__name__.strip("_"))
def test_killed_between_any_two_steps(
    tmp_path: Path, prepare: Callable[[House], Change], link: LinkKind, apart: bool
) -> None:
    def fresh(name: str) -> tuple[House, Change]:
        house = House(tmp_path / name, link)
        house.apart = apart
        house.anew()
        change = prepare(house)
        house.anew()
        return house, change

    house, change = fresh("whole")
    written = house.writer.write(change)
    steps = len(house.disk.steps)
    expected = _ended(house)
    assert steps > 0 or prepare is _retagged  # links by name need not be renewed
    assert not house.partial()
    house.anew()
    assert _same(house.writer.write(change), written)  # made twice it is the same
    assert _ended(house) == expected
    for at in range(steps):
        for settles in (False, True):
            house, change = fresh(f"{at} {settles}")
            before = house.contents()
            house.disk.kill_at = at
            with pytest.raises(Killed):
                house.writer.write(change)
            assert house.contents() >= before or prepare is _retagged or change.entity == "playlist"
            house.anew()
            if settles:
                list(house.writer.find(change.entity, {change.key}, NOON))
            again = house.writer.write(change)
            assert _same(again, written), (at, house.disk.steps)
            assert _ended(house) == expected, at
            assert not house.partial(), at


@pytest.mark.parametrize(("link", "apart"), WAYS)
@pytest.mark.parametrize("prepare", CHANGES, ids=lambda each: each.__name__.strip("_"))
def test_refused_at_any_step(
    tmp_path: Path, prepare: Callable[[House], Change], link: LinkKind, apart: bool
) -> None:
    def fresh(name: str) -> tuple[House, Change]:
        house = House(tmp_path / name, link)
        house.apart = apart
        house.anew()
        change = prepare(house)
        house.anew()
        return house, change

    house, change = fresh("whole")
    house.writer.write(change)
    expected = _ended(house)
    for at in range(len(house.disk.steps)):
        house, change = fresh(str(at))
        before = house.contents()
        house.disk.fail_at, house.disk.failure = at, (errno.ENOSPC, errno.EACCES)[at % 2]
        try:
            house.writer.write(change)
        except (TryLater, Rejected, Forbidden) as error:
            assert error.address  # noqa: PT017 -- that it fails at all is not said
        assert not [each for each in house.partial() if house.disk.steps[at][1] != str(each)], at
        assert house.contents() >= before or prepare is _retagged or change.entity == "playlist"
        house.anew()
        house.writer.write(change)
        assert _ended(house) == expected, at
        assert not house.partial(), at
