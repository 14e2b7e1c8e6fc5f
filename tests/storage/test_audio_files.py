"""What is stored of audio files comes back as it was, whatever they are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.audio_index import KnownFile
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.path_text import path_of, path_text
from syncengine.storage.bulk import CHUNK
from syncengine.storage.models.music import audio_files
from tests.builders import NOW, make_database
from tests.statements import counting

LATER = Instant(NOW + 60)
TRACK = TrackKey("spotify:track:" + "1" * 22)


def made(path: str, number: int = 0) -> AudioFile:
    return AudioFile(path, Stat(1, 2, 3, number), f"{number:032x}", Tags(title=path))


FILES = [
    AudioFile(
        "/a/ü\n.mp3",
        Stat(1 << 40, -5, 2**64 - 1, 2**64 - 2),
        "0" * 32,
        Tags("T", ("A", "B"), "Al", "USRC17607839", TRACK, 1),
    ),
    AudioFile("/a/\udcff\udc80.mp3", Stat(0, -1, 0, 0), None, Tags(), "it is empty"),
    AudioFile("/a//dcff.mp3".replace("//", "/"), Stat(1, 1, 1, 1), None, Tags(title="\U0001f600")),
]


def test_files_come_back_as_they_went_in(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        files = unit.audio_files
        assert files.known() == []
        assert files.add(FILES, NOW) == [1, 2, 3]
        assert files.add([], NOW) == []
        assert files.known() == [KnownFile(n, each) for n, each in enumerate(FILES, 1)]
        assert files.add([made("/d")], NOW) == [4]
        assert files.present()[4] == made("/d")


@given(st.text(st.characters(exclude_characters="\0")))
def test_any_path_comes_back_and_is_text_meanwhile(name: str) -> None:
    path = "/" + name.replace("//", "/").strip("/").replace("//", "/")
    while "//" in path:
        path = path.replace("//", "/")
    path_text(path).encode()
    assert path_of(path_text(path)) == path


def test_files_that_are_gone_stay_known_and_leave_their_path(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        files = unit.audio_files
        files.add([made("/a", 1), made("/b", 2)], NOW)
        files.mark_gone([1], LATER)
        files.add([made("/a", 3)], LATER)
        assert files.present() == {2: made("/b", 2), 3: made("/a", 3)}
        assert [(each.id, each.gone) for each in files.known()] == [
            (2, False),
            (3, False),
            (1, True),
        ]
        files.mark_gone([3], LATER)
        files.renew({1: made("/a", 4)}, LATER)
        assert files.present() == {1: made("/a", 4), 2: made("/b", 2)}


def test_files_change_places(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        files = unit.audio_files
        files.add([made("/a", 1), made("/b", 2), made("/c", 3)], NOW)
        files.renew({1: made("/b", 1), 2: made("/c", 2), 3: made("/a", 3)}, LATER)
        assert files.present() == {1: made("/b", 1), 2: made("/c", 2), 3: made("/a", 3)}


def test_moments(tmp_path: Path) -> None:
    def moments(number: int) -> tuple[int, int, int | None]:
        a = audio_files.c
        row = unit.connection.execute(
            audio_files.select()
            .with_only_columns(a.first_seen_at, a.seen_at, a.gone_at)
            .where(a.id == number)
        ).one()
        return row[0], row[1], row[2]

    with make_database(tmp_path).unit() as unit:
        files = unit.audio_files
        files.add([made("/a"), made("/b"), made("/c"), made("/d")], NOW)
        files.mark_gone([4], NOW)
        files.mark_seen([1, 2, 3], LATER, except_for=())
        assert [moments(n) for n in (1, 4)] == [(NOW, LATER, None), (NOW, NOW, NOW)]
        last = Instant(LATER + 1)
        files.mark_seen([1], last, except_for=[2, 3])
        assert [moments(n)[1] for n in (1, 2, 3, 4)] == [last, LATER, LATER, NOW]
        files.renew({4: made("/d")}, last)
        assert moments(4) == (NOW, last, None)


def test_the_state_changes_when_a_plan_could(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        files = unit.audio_files
        files.add([made("/a", 1), made("/b", 2)], NOW)
        first = files.state()
        files.mark_seen([1, 2], LATER, except_for=())
        files.renew({1: replace(made("/a", 1), stat=Stat(1, 2, 99, 1))}, LATER)
        files.mark_gone(files.add([made("/gone", 3)], NOW), NOW)
        assert (
            files.state() == first
        )  # looked at again; another device number; gone before as after
        seen = {first}
        for changed in (
            made("/c", 1),
            replace(made("/a", 1), tags=Tags(title="x")),
            replace(made("/a", 1), digest=None),
            replace(made("/a", 1), problem="it is empty"),
            replace(made("/a", 1), stat=Stat(2, 2, 3, 1)),
            replace(made("/a", 1), stat=Stat(1, 3, 3, 1)),
            replace(made("/a", 1), stat=Stat(1, 2, 3, 9)),
        ):
            files.renew({1: changed}, LATER)
            assert files.state() not in seen
            seen.add(files.state())
        files.renew({1: made("/a", 1)}, LATER)
        assert files.state() == first
        files.mark_gone([2], LATER)
        assert files.state() not in seen


@pytest.mark.parametrize("many", [1, 2 * CHUNK + 1])
def test_no_statement_per_file(tmp_path: Path, many: int) -> None:
    with make_database(tmp_path).unit() as unit, counting() as sent:
        files = unit.audio_files
        files.add([made(f"/{n}", n) for n in range(many)], NOW)
        files.renew({n + 1: made(f"/x{n}", n) for n in range(many)}, NOW)
        files.mark_seen(range(1, many + 1), NOW, except_for=())
        files.mark_seen(range(1, many), NOW, except_for=[many])
        files.mark_gone(range(1, many + 1), NOW)
        files.known(), files.present(), files.state()
    assert len(sent) <= 13 + many // 100  # paths are looked up many at a time


def test_who_had_a_path_that_another_comes_to_is_gone(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        one, two = unit.audio_files.add([made("/a", 1), made("/b", 2)], NOW)
        unit.audio_files.renew({two: made("/a", 2)}, LATER)
        assert unit.audio_files.present() == {two: made("/a", 2)}
        unit.audio_files.renew({one: made("/b", 1), two: made("/c", 2)}, LATER)
        assert unit.audio_files.present() == {one: made("/b", 1), two: made("/c", 2)}
