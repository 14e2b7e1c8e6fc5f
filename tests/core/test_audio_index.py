"""A file keeps its number as long as its audio can be told to be the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.audio_index import KnownFile, Recognised, Recognition
from syncengine.core.music_folder import FoundFile, is_under

SONG = Tags("Song", ("A",), duration_ms=200_000)


def file(
    path: str,
    audio: str | None,
    *,
    size: int = 10,
    time: int = 1,
    inode: int = 0,
    tags: Tags = SONG,
) -> AudioFile:
    """Return a made-up file; without ``inode`` it has one that follows from its path."""
    return AudioFile(path, Stat(size, time, 1, inode or sum(path.encode()) + 1000), audio, tags)


def known(*files: AudioFile, gone: tuple[int, ...] = ()) -> list[KnownFile]:
    return [KnownFile(n, each, n in gone) for n, each in enumerate(files, 1)]


def compare(
    was: list[KnownFile], now: list[AudioFile], held: tuple[str, ...] = ()
) -> tuple[Recognised, list[str]]:
    """Return what was recognised, and which paths had to be read for it."""
    recognition = Recognition(was)
    wanted = {each.path for each in recognition.look([FoundFile(f.path, f.stat) for f in now])}
    read = [each for each in now if each.path in wanted]
    result = recognition.settle(read, lambda path: path in held)
    return result, sorted(wanted)


def numbers(result: Recognised) -> dict[str, int]:
    """Return where each known file is, of those that are not as they were."""
    every = result.renewed | result.changed | result.moved
    return {each.path: number for number, each in every.items()}


def test_what_is_as_it_was_is_not_read() -> None:
    result, read = compare(
        known(file("/a", "x"), file("/b", "y")), [file("/b", "y"), file("/a", "x")]
    )
    assert (sorted(result.kept), read, numbers(result), result.missing) == ([1, 2], [], {}, [])


def test_another_inode_alone_is_noted_and_not_read() -> None:
    """As after a drive was plugged in again, or a folder was restored with its times."""
    result, read = compare(known(file("/a", "x", inode=1)), [file("/a", "x", inode=2)])
    assert read == []
    assert result.renewed[1].stat.inode == 2


def test_a_move_on_one_file_system_is_not_read() -> None:
    was = known(file("/a", "x", inode=7), file("/b", "y", inode=8))
    result, read = compare(was, [file("/c", "x", inode=7), file("/a", "y", inode=8)])
    assert read == []
    assert numbers(result) == {"/c": 1, "/a": 2}


def test_a_number_of_a_deleted_file_that_is_given_out_again_moves_nothing() -> None:
    result, read = compare(known(file("/a", "x", inode=7)), [file("/c", "z", inode=7, time=2)])
    assert read == ["/c"]
    assert [each.path for each in result.new] == ["/c"]
    assert [each.id for each in result.missing] == [1]


def test_a_move_to_another_file_system_with_new_tags_is_known_by_its_audio() -> None:
    moved = file("/c", "x", size=99, time=9, tags=Tags("Other"))
    result, read = compare(known(file("/a", "x"), file("/b", "y")), [moved, file("/b", "y")])
    assert read == ["/c"]
    assert result.moved == {1: moved}


def test_one_audio_in_two_new_places_is_not_guessed_but_by_name() -> None:
    was = known(file("/old/a.mp3", "x"))
    result, _ = compare(was, [file("/new/b.mp3", "x"), file("/new/c.mp3", "x")])
    assert len(result.new) == 2
    assert [each.id for each in result.missing] == [1]
    result, _ = compare(was, [file("/new/b.mp3", "x"), file("/new/a.mp3", "x")])
    assert numbers(result) == {"/new/a.mp3": 1}


def test_doubles_that_move_together_are_told_by_their_names() -> None:
    was = known(file("/old/a", "x"), file("/old/b", "x"))
    result, _ = compare(was, [file("/new/b", "x"), file("/new/a", "x")])
    assert numbers(result) == {"/new/a": 1, "/new/b": 2}


def test_a_copy_beside_its_original_is_a_new_file() -> None:
    result, _ = compare(known(file("/a", "x")), [file("/a", "x"), file("/b", "x")])
    assert (result.kept, [each.path for each in result.new]) == ([1], ["/b"])


def test_new_tags_at_the_same_path() -> None:
    """Whether written in place or into a new file that took the old one's name."""
    for inode in (7, 8):
        now = file("/a", "x", size=12, time=2, inode=inode, tags=Tags("New title"))
        result, read = compare(known(file("/a", "x", inode=7)), [now])
        assert read == ["/a"]
        assert result.changed == {1: now}


def test_the_same_song_in_another_form_at_the_same_path_keeps_its_number() -> None:
    now = file("/a", "better", time=2, tags=SONG._replace(duration_ms=201_000, title="SONG"))
    assert compare(known(file("/a", "x")), [now])[0].changed == {1: now}


def test_another_song_at_the_same_path_is_another_file() -> None:
    for tags in (Tags("Other", ("A",)), Tags("Song", ("B",)), SONG._replace(duration_ms=90_000)):
        result, _ = compare(known(file("/a", "x")), [file("/a", "y", time=2, tags=tags)])
        assert [each.path for each in result.new] == ["/a"]
        assert [each.id for each in result.missing] == [1]


def test_files_that_changed_places_keep_their_numbers() -> None:
    was = known(file("/a", "x", inode=1, time=1), file("/b", "y", inode=2, time=2))
    by_inode, read = compare(was, [file("/a", "y", inode=2, time=2), file("/b", "x", inode=1)])
    assert (numbers(by_inode), read) == ({"/a": 2, "/b": 1}, [])
    by_audio, read = compare(
        was, [file("/a", "y", inode=3, time=3), file("/b", "x", inode=4, time=4)]
    )
    assert (numbers(by_audio), read) == ({"/a": 2, "/b": 1}, ["/a", "/b"])


def test_files_of_one_size_and_time_that_changed_places_are_told_by_their_inodes() -> None:
    was = known(file("/a", "x", inode=1), file("/b", "y", inode=2))
    result, read = compare(was, [file("/a", "y", inode=2), file("/b", "x", inode=1)])
    assert (numbers(result), read) == ({"/a": 2, "/b": 1}, [])


def test_what_cannot_be_read_any_more_keeps_its_number() -> None:
    now = replace(file("/a", None, time=-1, tags=Tags()), problem="it is damaged")
    assert compare(known(file("/a", "x")), [now])[0].changed == {1: now}
    again = file("/a", "x", time=3)
    assert compare(known(now), [again])[0].changed == {1: again}


def test_what_was_gone_comes_back_with_its_number() -> None:
    was = known(file("/a", "x"), file("/b", "y"), gone=(1, 2))
    result, read = compare(was, [file("/a", "x"), file("/c", "y", time=5)])
    assert read == ["/c"]
    assert result.renewed.keys() == {1}
    assert result.moved.keys() == {2}
    assert result.missing == []


def test_the_missing_is_believed_before_the_gone() -> None:
    was = known(file("/gone", "x"), file("/a", "x"), gone=(1,))
    assert numbers(compare(was, [file("/c", "x")])[0]) == {"/c": 2}


def test_what_may_still_be_at_its_path_is_no_other_file() -> None:
    was = known(file("/closed/a", "x"))
    result, _ = compare(was, [file("/open/a", "x")], held=("/closed/a",))
    assert [each.path for each in result.new] == ["/open/a"]
    assert [each.id for each in result.missing] == [1]


@given(
    st.permutations(range(6)),
    st.sets(st.integers(0, 5)),
    st.sets(st.integers(0, 5)),
    st.sets(st.integers(0, 5)),
)
def test_however_files_are_moved_retagged_and_deleted_numbers_follow_the_audio(
    places: list[int], copied: set[int], tagged: set[int], deleted: set[int]
) -> None:
    """Files go to each other's paths, some as copies with another inode, some with other tags."""
    was = [file(f"/{n}", f"audio {n}", size=n + 10, inode=n + 1) for n in range(6)]
    now = []
    for n, place in enumerate(places):
        if n in deleted:
            continue
        each = replace(was[n], path=f"/{place}")
        if n in copied:
            each = replace(each, stat=each.stat._replace(inode=100 + n, modified_ns=50 + n))
        if n in tagged:
            each = replace(each, tags=Tags("new"), stat=each.stat._replace(modified_ns=80 + n))
        now.append(each)
    result, read = compare(known(*was), now)
    found = numbers(result) | {f"/{number - 1}": number for number in result.kept}
    assert found == {f"/{place}": n + 1 for n, place in enumerate(places) if n not in deleted}
    assert result.new == []
    assert {each.id for each in result.missing} == {n + 1 for n in deleted}
    assert len(read) <= len((copied | tagged) - deleted)


def test_paths_under_folders() -> None:
    assert is_under("/music/a.mp3", "/music")
    assert is_under("/a.mp3", "/")
    assert is_under("D:\\Music\\a.mp3", "D:\\Music")
    assert not is_under("/music2/a.mp3", "/music")
    assert not is_under("/music", "/music")
