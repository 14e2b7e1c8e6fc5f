"""Writing playlist folders: what comes to stand where, and what is refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from syncengine.adapters.folders.lists import list_digest
from syncengine.adapters.folders.writer import FoldersWriter
from syncengine.core.path_text import path_text
from syncengine.core.plan import Value
from syncengine.core.writer import Change, Writer
from syncengine.errors import Forbidden, Rejected, TryLater
from tests.audio import make, retag
from tests.playlist_folders import NOON, House, a_file

IN_MIX: dict[str, Value] = {"Name": "A.mp3", "Playlists": ("Mix",), "File": "1", "Track": "t"}
IN_BOTH: dict[str, Value] = {**IN_MIX, "Playlists": ("Mix", "Rock")}


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.playlist("m", "Mix")
    house.playlist("r", "Rock")
    house.song(1)
    house.anew()
    return house


def place(house: House, name: str = "Mix/A.mp3") -> Path:
    return house.root / name


def test_it_is_a_writer(house: House) -> None:
    writer: Writer = house.writer
    assert (writer.name, writer.in_flight, writer.in_steps) == ("folders", 32, True)
    house.writer.write(a_file(1, IN_BOTH))
    assert writer.calls == {"link": 2}


# -------------------------------------------------------------------------------------------- links


def test_links_are_hard_on_one_disk(house: House) -> None:
    written = house.writer.write(a_file(1, IN_BOTH))
    assert place(house).samefile(house.music / "1.mp3")
    assert not place(house).is_symlink()
    assert written.address == "A.mp3"
    assert written.holds == {"Name": "A.mp3", "Playlists": ("Mix", "Rock"), "Home": None}
    assert written.note is None


def test_links_lead_by_name_to_another_disk(house: House) -> None:
    house.disk.apart = [house.root]
    house.writer.write(a_file(1, IN_MIX))
    assert place(house).readlink() == house.music / "1.mp3"


def test_links_from_folder_to_folder_are_relative(house: House) -> None:
    house.link = "sym"
    house.anew().write(a_file(1, {**IN_BOTH, "Home": ("Rock",)}))
    assert place(house).readlink() == Path("../Rock/A.mp3")
    assert not place(house, "Rock/A.mp3").is_symlink()
    assert not (house.music / "1.mp3").exists()
    assert house.path(1) == place(house, "Rock/A.mp3")


def test_where_there_are_no_links_there_are_copies(house: House) -> None:
    house.disk.unlinked = [house.root]
    house.writer.write(a_file(1, IN_MIX))
    assert place(house).read_bytes() == (house.music / "1.mp3").read_bytes()
    assert place(house).stat().st_mtime_ns == (house.music / "1.mp3").stat().st_mtime_ns
    assert not house.partial()
    steps = len(house.disk.steps)
    house.writer.write(a_file(1, {"Track": "other"}, IN_MIX))
    assert not [each for each in house.disk.steps[steps:] if each[0] == "copy"]


@pytest.mark.parametrize("link", ["hard", "sym"])
def test_a_kind_of_link_that_a_disk_does_not_have(house: House, link: str) -> None:
    house.link = link  # type: ignore[assignment]
    house.anew()
    house.disk.unlinked = [house.root]
    with pytest.raises(Rejected, match="use --link auto"):
        house.writer.write(a_file(1, IN_MIX))
    assert not place(house).exists()


def test_a_file_that_was_tagged_anew_is_linked_anew(house: House) -> None:
    house.writer.write(a_file(1, IN_BOTH))
    song = house.music / "1.mp3"
    content = song.read_bytes()
    song.unlink()
    song.write_bytes(content)
    retag(song, "mp3", title="Another")
    house.book.scan(1, song)
    seen = list(house.writer.changed("file", NOON))
    assert seen[0].fields["Playlists"] == ("Mix", "Rock")  # its audio says what the links are
    house.writer.write(a_file(1, {"File": "2"}, IN_BOTH))
    assert place(house).samefile(song)
    assert place(house, "Rock/A.mp3").samefile(song)


def test_the_last_of_a_recording_that_was_replaced_is_kept(house: House) -> None:
    house.writer.write(a_file(1, IN_BOTH))
    song = house.music / "1.mp3"
    old = song.read_bytes()
    song.unlink()
    house.song(1, seed=77)
    written = house.writer.write(a_file(1, {"File": "2"}, IN_BOTH))
    assert place(house).samefile(song)
    assert place(house, "Rock/A.mp3").samefile(song)
    assert place(house, "Unassigned/A.mp3").read_bytes() == old
    assert "Unassigned/A.mp3" in (written.note or "")


def test_tags_that_a_person_wrote_in_a_copy_stay(house: House) -> None:
    house.link = "copy"
    house.anew().write(a_file(1, IN_BOTH))
    retag(place(house), "mp3", title="Mine")
    mine = place(house).read_bytes()
    house.writer.write(a_file(1, {"Playlists": ("Mix",)}, IN_BOTH))
    assert place(house).read_bytes() == mine
    written = house.writer.write(a_file(1, dict.fromkeys(IN_MIX), IN_MIX, gone=True))
    assert place(house, "Unassigned/A.mp3").read_bytes() == mine
    assert written.note


# ----------------------------------------------------------------------------------- what is not ours


@pytest.mark.parametrize("link", ["auto", "sym", "copy"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_a_person_put_there_is_never_touched(house: House, link: str, kind: str) -> None:
    house.link = link  # type: ignore[assignment]
    house.anew()
    theirs = place(house, "Rock/A.mp3")
    if kind == "file":
        theirs.write_bytes(b"mine")
    elif kind == "folder":
        theirs.mkdir()
    else:
        theirs.symlink_to("../elsewhere")
    before = house.tree()
    with pytest.raises(Rejected, match=r"Rock/A.mp3: .*move or rename it") as caught:
        house.writer.write(a_file(1, IN_BOTH))
    assert caught.value.address == str(theirs)
    assert caught.value.system == "folders"
    with pytest.raises(Rejected):
        house.writer.write(a_file(1, {**IN_BOTH, "Home": ("Rock",)}))
    assert house.tree() == before
    # Also where ours was, and is not to be any more.
    house.writer.write(a_file(1, dict.fromkeys(IN_BOTH), IN_BOTH, gone=True))
    assert kind == "link" or house.tree() == before


def test_a_file_that_took_the_place_of_ours_stays(house: House) -> None:
    house.writer.write(a_file(1, IN_BOTH))
    place(house).unlink()
    place(house).write_bytes(b"mine")
    with pytest.raises(Rejected, match=r"Mix/A.mp3"):
        house.writer.write(a_file(1, {"Track": "2"}, IN_BOTH))
    house.writer.write(a_file(1, {"Playlists": ("Rock",)}, IN_BOTH))
    assert place(house).read_bytes() == b"mine"


@pytest.mark.parametrize(
    "name", ["..", ".", "", "a/b", "/etc", "a\0b", ".syncengine-1.partial", "a\\b"]
)
def test_nothing_leads_out_of_the_root(house: House, name: str) -> None:
    before = house.tree()
    with pytest.raises(Rejected):
        house.writer.write(a_file(1, {**IN_MIX, "Playlists": (name,)}))
    with pytest.raises(Rejected):
        house.writer.write(a_file(1, {**IN_MIX, "Home": (name,)}))
    if name:
        with pytest.raises(Rejected):
            house.writer.write(a_file(1, {**IN_MIX, "Name": name}))
        with pytest.raises(Rejected):
            house.writer.write(house.a_playlist("x", name))
        with pytest.raises(Rejected):
            house.writer.write(a_file(1, {"Playlists": None}, {**IN_MIX, "Playlists": (name,)}))
        assert house.writer.at(name) is None or name == "a\\b"
    assert house.tree() == before


def test_a_folder_that_is_a_link_is_not_followed(house: House, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (house.root / "Away").symlink_to(tmp_path / "other")
    for change in (
        a_file(1, {**IN_MIX, "Playlists": ("Away",)}),
        house.a_playlist("x", "Away"),
        Change("playlist", "m", "Mix", {"Folder": "Away"}, before={"Folder": "Mix"}),
    ):
        with pytest.raises(Rejected, match="leads elsewhere"):
            house.writer.write(change)
    (tmp_path / "other" / "A.mp3").write_bytes(b"mine")
    house.writer.write(a_file(1, {"Playlists": None}, {**IN_MIX, "Playlists": ("Away",)}))
    assert [each.name for each in (tmp_path / "other").iterdir()] == ["A.mp3"]


# ------------------------------------------------------------------------------------------- moving


def test_a_file_that_lives_in_a_folder_is_never_deleted(house: House) -> None:
    held = {**IN_BOTH, "Home": ("Mix",)}
    house.writer.write(a_file(1, held))
    (house.root / "Unassigned").mkdir()
    (house.root / "Unassigned" / "A.mp3").write_bytes(b"mine")
    written = house.writer.write(a_file(1, dict.fromkeys(held), held, gone=True))
    assert house.path(1) == house.root / "Unassigned" / "A ~2.mp3"
    assert house.path(1).is_file()
    assert (house.root / "Unassigned" / "A.mp3").read_bytes() == b"mine"
    assert "Unassigned/A ~2.mp3" in (written.note or "")
    assert not place(house).exists()
    assert not place(house, "Rock/A.mp3").exists()


def test_a_link_that_has_become_the_last_name_is_kept(house: House) -> None:
    house.writer.write(a_file(1, IN_BOTH))
    (house.music / "1.mp3").unlink()
    house.writer.write(a_file(1, dict.fromkeys(IN_BOTH), IN_BOTH, gone=True))
    assert [*house.tree()][-1] == "Unassigned/A.mp3"


def test_a_file_that_vanished(house: House) -> None:
    (house.music / "1.mp3").unlink()
    with pytest.raises(Rejected, match="the next scan finds out"):
        house.writer.write(a_file(1, IN_MIX))
    house.writer.write(a_file(1, dict.fromkeys(IN_MIX), IN_MIX, gone=True))
    with pytest.raises(Rejected, match="no such file is known"):
        house.writer.write(a_file(7, IN_MIX))


def test_a_move_whose_old_name_cannot_be_taken_away_is_none(house: House) -> None:
    for apart in (False, True):
        house.apart = apart
        house.anew()
        house.disk.refused = {str(house.music / "1.mp3"): errno.EACCES}
        with pytest.raises(Rejected, match="rights"):
            house.writer.write(a_file(1, {**IN_MIX, "Home": ("Mix",)}))
        assert house.path(1) == house.music / "1.mp3"
        assert not place(house).exists()
        assert not house.partial()


def test_a_link_to_a_file_elsewhere_is_not_moved(house: House, tmp_path: Path) -> None:
    song = make(tmp_path / "far" / "x.mp3", "mp3", seed=9)
    (house.music / "link.mp3").symlink_to(song)
    house.book.scan(2, house.music / "link.mp3")
    with pytest.raises(Rejected, match="without --move"):
        house.writer.write(a_file(2, {**IN_MIX, "Home": ("Mix",)}))
    house.writer.write(a_file(2, IN_MIX))
    assert place(house).samefile(song)
    assert not place(house).is_symlink()


def test_a_move_is_taken_back(house: House) -> None:
    change = a_file(1, {**IN_BOTH, "Home": ("Mix",)})
    kept = house.writer.keepsake(change)
    assert kept == {"Path": str(house.music / "1.mp3")}
    house.writer.write(change)
    (house.music / "1.mp3").write_bytes(b"mine")
    back = a_file(1, {"Home": None, **kept}, {**IN_BOTH, "Home": ("Mix",)})
    with pytest.raises(Rejected, match=r"music/1.mp3"):
        house.writer.write(back)
    (house.music / "1.mp3").unlink()
    (house.music).rmdir()
    house.writer.write(back)
    assert house.path(1) == house.music / "1.mp3"
    assert place(house).samefile(house.path(1))
    for path in ("1.mp3", "/a/../b.mp3"):
        with pytest.raises(Rejected, match="whole path"):
            house.writer.write(a_file(1, {"Path": path}, IN_BOTH))


def test_two_files_change_names_in_any_order(tmp_path: Path) -> None:
    for order in ((1, 2), (2, 1)):
        house = House(tmp_path / str(order))
        house.playlist("m", "Mix")
        held: dict[int, dict[str, Value]] = {}
        for number, name in ((1, "A.mp3"), (2, "B.mp3")):
            house.song(number)
            held[number] = {"Name": name, "Playlists": ("Mix",), "Home": ("Mix",)}
            house.writer.write(a_file(number, held[number]))
        wanted = {1: "B.mp3", 2: "A.mp3"}
        names: dict[int, str] = {}
        for _ in range(2):
            for number in order:
                change = a_file(
                    number, {"Name": wanted[number]}, held[number], address=names.get(number)
                )
                written = house.anew().write(change)
                names[number] = written.address
                if "Name" not in written.left_out:
                    held[number]["Name"] = wanted[number]
                else:
                    assert "until the next run" in (written.note or "")
        assert {number: house.path(number).name for number in order} == wanted
        assert sorted(each for each in house.tree() if each.endswith(".mp3")) == [
            "Mix/A.mp3",
            "Mix/B.mp3",
        ]


# ---------------------------------------------------------------------------------------- playlists


def test_a_folder_takes_its_list_and_its_files_along(house: House) -> None:
    house.link = "sym"
    house.anew().write(a_file(1, {**IN_BOTH, "Home": ("Mix",)}))
    before = {"Folder": "Mix", "List": house.text("m")}
    place(house, "Mix/mine.txt").write_text("mine")
    written = house.writer.write(
        Change("playlist", "m", "Mix", {"Name": "New", "Folder": "New"}, before=before)
    )
    assert written.address == "New"
    assert written.holds == {"Folder": "New", "List": before["List"]}
    assert house.path(1) == place(house, "New/A.mp3")
    assert place(house, "Rock/A.mp3").readlink() == Path("../New/A.mp3")
    assert place(house, "New/New.m3u8").is_file()
    assert place(house, "New/mine.txt").read_text() == "mine"
    assert not place(house, "Mix").exists()


def test_a_folder_never_takes_the_place_of_another(house: House) -> None:
    place(house, "New").mkdir()
    before = {"Folder": "Mix", "List": house.text("m")}
    tree = house.tree()
    with pytest.raises(Rejected, match="another folder"):
        house.writer.write(Change("playlist", "m", "Mix", {"Folder": "New"}, before=before))
    assert house.tree() == tree


def test_two_playlists_change_names_in_any_order(tmp_path: Path) -> None:
    for order in ("mr", "rm"):
        house = House(tmp_path / order)
        house.playlist("m", "Mix")
        house.playlist("r", "Rock")
        house.song(1)
        house.writer.write(a_file(1, {**IN_MIX, "Home": ("Mix",)}))
        now = {"m": "Mix", "r": "Rock"}
        wanted = {"m": "Rock", "r": "Mix"}
        for _ in range(2):
            for key in order:
                before: dict[str, Value] = {
                    "List": house.text(key),
                    "Folder": "Mix" if key == "m" else "Rock",
                }
                change = Change("playlist", key, now[key], {"Folder": wanted[key]}, before=before)
                now[key] = house.anew().write(change).address
        assert now == wanted
        assert house.path(1) == house.root / "Rock" / "A.mp3"
        assert sorted(house.tree()) == [
            "Mix/",
            "Mix/Mix.m3u8",
            "Rock/",
            "Rock/A.mp3",
            "Rock/Rock.m3u8",
        ]


def test_a_new_playlist_has_the_name_of_one_that_is_still_to_go(house: House) -> None:
    change = house.a_playlist("n", "Mix", "x.mp3")
    written = house.writer.write(change)
    assert written.address.startswith("Mix ~")
    assert written.left_out == {"Folder"}
    house.writer.write(
        Change("playlist", "m", "Mix", {"Folder": None}, gone=True, before={"Folder": "Mix"})
    )
    again = Change(
        "playlist", "n", written.address, {"Folder": "Mix"}, before={"List": change.fields["List"]}
    )
    assert house.writer.write(again).address == "Mix"
    assert sorted(house.tree()) == ["Mix/", "Mix/Mix.m3u8", "Rock/", "Rock/Rock.m3u8"]


def test_a_list_that_a_person_edited_is_left(house: House) -> None:
    path = place(house, "Mix/Mix.m3u8")
    before: dict[str, Value] = {"Folder": "Mix", "List": list_digest(path.read_text())}
    edited = path.read_text() + "mine.mp3\n"
    path.write_text(edited)
    change = Change("playlist", "m", "Mix", {"List": house.text("m", "a.mp3")}, before=before)
    for each in (change, Change("playlist", "m", "Mix", {}, gone=True, before=before)):
        with pytest.raises(Rejected, match=r"Mix.m3u8: it was edited by hand"):
            house.writer.write(each)
    assert path.read_text() == edited
    path.write_text("#EXTM3U\nmine.mp3\n")
    with pytest.raises(Rejected):
        house.writer.write(change)
    path.write_text(house.texts["m"])  # what is wanted is there already
    house.writer.write(change)


def test_a_list_is_taken_back(house: House) -> None:
    old = place(house, "Mix/Mix.m3u8").read_text()
    before: dict[str, Value] = {"Folder": "Mix", "List": list_digest(old)}
    change = Change(
        "playlist", "m", "Mix", {"List": house.text("m", "//dcff/\udcff.mp3")}, before=before
    )
    assert house.writer.keepsake(change) == {"List": before["List"], "List text": old}
    house.writer.write(change)
    odd = house.texts["m"]
    assert b"\xff.mp3" in place(house, "Mix/Mix.m3u8").read_bytes()
    back = Change(
        "playlist", "m", "Mix", {"List": before["List"], "List text": old}, before=change.fields
    )
    kept = house.writer.keepsake(back)
    assert kept == {"List": change.fields["List"], "List text": path_text(odd)}
    house.writer.write(back)
    assert place(house, "Mix/Mix.m3u8").read_text() == old
    house.texts.clear()
    plain = house.text("m", "x\udcff.mp3")
    text = path_text(house.texts.pop("m"))
    house.writer.write(
        Change("playlist", "m", "Mix", {"List": plain, "List text": text}, before=before)
    )
    with pytest.raises(Rejected, match="run it again"):
        house.writer.write(Change("playlist", "m", "Mix", {"List": "other"}, before=before))


def test_a_folder_that_is_not_empty_stays(house: House) -> None:
    place(house, "Mix/mine.txt").write_text("mine")
    gone = Change("playlist", "m", "Mix", {"Folder": None}, gone=True, before={"Folder": "Mix"})
    assert "Mix is left" in (house.writer.write(gone).note or "")
    assert sorted(house.tree())[:2] == ["Mix/", "Mix/mine.txt"]
    place(house, "Mix/mine.txt").unlink()
    assert house.writer.write(gone).note is None
    assert not place(house, "Mix").exists()
    house.writer.write(gone)


# ------------------------------------------------------------------------------------------- refusals


def test_a_full_disk_waits(house: House) -> None:
    house.disk.fail_at, house.disk.failure = 0, errno.EDQUOT
    with pytest.raises(TryLater, match="is full: free some space") as caught:
        house.writer.write(a_file(1, IN_MIX))
    assert caught.value.not_before == NOON


def test_a_drive_that_is_away(house: House) -> None:
    house.root.rename(house.root.with_name("away"))
    for ask in (
        lambda: house.writer.write(a_file(1, IN_MIX)),
        lambda: list(house.writer.everything("file")),
        lambda: house.writer.at("Mix"),
    ):
        with pytest.raises(TryLater, match="is away"):
            ask()
    assert not house.root.exists()


def test_a_root_that_may_not_be_written(house: House) -> None:
    house.disk.fail_at, house.disk.failure = 0, errno.EROFS
    with pytest.raises(Forbidden, match="SYNCENGINE_PLAYLISTS_DIR") as caught:
        house.writer.write(a_file(1, IN_MIX))
    assert caught.value.everything


@pytest.mark.parametrize("number", [errno.EACCES, errno.EBUSY, errno.ENAMETOOLONG, errno.EFBIG])
def test_one_file_that_is_refused(house: House, number: int) -> None:
    house.disk.fail_at, house.disk.failure = 0, number
    with pytest.raises(Rejected, match=r"Mix/A.mp3: "):
        house.writer.write(a_file(1, IN_MIX))
    house.writer.write(a_file(1, IN_MIX))


def test_nothing_is_begun_after_a_stop(house: House) -> None:
    house.writer.stop()
    with pytest.raises(TryLater):
        house.writer.write(a_file(1, IN_MIX))


def test_other_things_are_refused(house: House) -> None:
    with pytest.raises(Rejected):
        house.writer.write(Change("track", "t", None, {}))
    for change in (
        a_file(1, {}),
        Change("file", "x", None, IN_MIX),
        Change("playlist", "p", None, {}),
    ):
        with pytest.raises(Rejected):
            house.writer.write(change)


def test_what_a_killed_run_left_half_made_is_removed(house: House) -> None:
    (house.root / "Mix" / ".syncengine-9.partial").write_bytes(b"half")
    (house.root / "Mix" / ".mine.partial").write_bytes(b"mine")
    house.writer.write(a_file(1, IN_MIX))
    assert [each.name for each in house.partial()] == [".mine.partial"]


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second disk")
def test_another_disk_for_real(house: House) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        if Path(folder).stat().st_dev == house.root.stat().st_dev:
            pytest.skip("that is the same disk")
        writer = FoldersWriter(folder, "auto", house.book, house.texts.get, lambda: NOON)
        song = house.music / "1.mp3"
        content, times = song.read_bytes(), song.stat().st_mtime_ns
        writer.write(house.a_playlist("m", "Mix"))
        writer.write(a_file(1, IN_BOTH))
        assert Path(folder, "Mix/A.mp3").is_symlink()
        writer.write(a_file(1, {"Home": ("Mix",)}, IN_BOTH))
        home = Path(folder, "Mix/A.mp3")
        assert house.path(1) == home
        assert (home.read_bytes(), home.stat().st_mtime_ns) == (content, times)
        assert home.samefile(Path(folder, "Rock/A.mp3"))
        assert not song.exists()
        writer.write(a_file(1, {"Home": None, "Path": str(song)}, {**IN_BOTH, "Home": ("Mix",)}))
        assert song.read_bytes() == content
        assert home.is_symlink()


def test_names_that_are_no_text(house: House) -> None:
    folder = os.fsdecode(b"Mi\xffx")
    (house.root / "Mix").rename(house.root / folder)
    (seen,) = house.writer.find("playlist", {"m"}, NOON)
    assert seen.address == "Mi//dcffx"
    written = house.writer.write(a_file(1, {**IN_MIX, "Playlists": (seen.address,)}))
    assert written.holds["Playlists"] == (seen.address,)
    assert (house.root / folder / "A.mp3").is_file()
