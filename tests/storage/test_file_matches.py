"""Answers and decisions come back as they went in, and old decisions give way to new ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.file_decision import (
    FileDecision,
    decisions_on,
    marks_of,
    marks_of_copies,
)
from syncengine.core.file_match import FileMatch, basis_of, tracks_with_a_file
from syncengine.core.match import NO_DECISIONS
from syncengine.core.moment import Instant
from syncengine.storage.bulk import CHUNK
from syncengine.storage.repositories.file_decisions import judge_file, take_back_file
from syncengine.storage.unit_of_work import UnitOfWork
from tests.builders import NOW, make_database, track
from tests.statements import counting

ONE, TWO, THREE = track(1), track(2), track(3)
LATER = Instant(NOW + 60)


def made(number: int, digest: str | None = None) -> AudioFile:
    return AudioFile(f"/a/{number}.mp3", Stat(1, 2, 3, number), digest, Tags(title="T"))


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[UnitOfWork]:
    with make_database(tmp_path).unit() as unit:
        unit.audio_files.add([made(1, "aa"), made(2, "aa"), made(3, None)], NOW)
        yield unit


MATCHES = [
    FileMatch(1, "certain", ONE, "isrc", 0.99, "So.", (TWO, THREE), "b" * 32, "//dcff"),
    FileMatch(2, "unsure", TWO, "names", 0.7, "Hm.", (), "c", "n"),
    FileMatch(3, "none", None, None, 0.0, "No.", (), "d", ""),
]


def test_answers_come_back_as_they_went_in(unit: UnitOfWork) -> None:
    unit.file_matches.save(MATCHES, NOW)
    assert unit.file_matches.stored() == {each.file: each for each in MATCHES}
    assert unit.file_matches.counts() == {"certain": 1, "likely": 0, "unsure": 1, "none": 1}
    better = FileMatch(3, "likely", ONE, "names", 0.9, "Now.", (), "e", "m")
    unit.file_matches.save([better], LATER)
    assert unit.file_matches.stored() == {1: MATCHES[0], 2: MATCHES[1], 3: better}
    unit.file_matches.forget([1, 3])
    assert list(unit.file_matches.stored()) == [2]
    assert [each.acts for each in (*MATCHES, better)] == [True, False, False, True]


def test_counts_are_of_what_is_there(unit: UnitOfWork) -> None:
    unit.file_matches.save(MATCHES, NOW)
    unit.audio_files.mark_gone([1], LATER)
    assert unit.file_matches.counts()["certain"] == 0
    assert len(unit.file_matches.stored()) == 3


def test_many_answers_take_few_statements(unit: UnitOfWork) -> None:
    numbers = unit.audio_files.add([made(n) for n in range(10, 10 + 2 * CHUNK)], NOW)
    many = [FileMatch(number, "none", None, None, 0.0, "No.") for number in numbers]
    with counting() as sent:
        unit.file_matches.save(many, NOW)
        assert len(unit.file_matches.stored()) == len(many)
    assert len(sent) <= 3


def test_tracks_with_a_file() -> None:
    likely = FileMatch(4, "likely", TWO, "names", 0.9, "So.")
    assert tracks_with_a_file([*MATCHES, likely]) == {ONE: [1], TWO: [1, 4], THREE: [1]}


def test_the_basis_is_of_tags_and_decisions() -> None:
    tags = Tags("T", ("A",), None, None, None, 1)
    found = [
        basis_of(tags, None, ()),
        basis_of(tags._replace(title="U"), None, ()),
        basis_of(tags._replace(duration_ms=2), None, ()),
        basis_of(tags, ONE, ()),
        basis_of(tags, None, [ONE]),
        basis_of(tags, None, [ONE, TWO]),
    ]
    assert len(set(found)) == len(found)
    assert basis_of(tags, None, [TWO, ONE]) == found[-1]


def test_decisions_come_back_in_order_and_can_be_taken_back(unit: UnitOfWork) -> None:
    library = unit.library.digest()
    judge_file(unit.connection, marks_of(1, "aa"), ONE, "same", NOW)
    judge_file(unit.connection, marks_of(3, None), TWO, "different", NOW)
    assert unit.file_matches.decisions() == [
        FileDecision("file:1", "same", ONE),
        FileDecision("audio:aa", "same", ONE),
        FileDecision("file:3", "different", TWO),
    ]
    assert unit.library.digest() == library
    assert take_back_file(unit.connection, marks_of(1, "aa"), TWO, LATER) == 0
    assert take_back_file(unit.connection, marks_of(1, "aa"), ONE, LATER) == 2
    assert [each.file for each in unit.file_matches.decisions()] == ["file:3"]
    assert take_back_file(unit.connection, marks_of(3, None), None, LATER) == 1
    assert unit.file_matches.decisions() == []


def test_a_file_is_one_track_at_most_and_never_both(unit: UnitOfWork) -> None:
    files = {1: made(1, "aa")}
    for track_, verdict in ((ONE, "same"), (TWO, "same"), (THREE, "different"), (TWO, "different")):
        judge_file(unit.connection, marks_of(1, "aa"), track_, verdict, NOW)  # type: ignore[arg-type]
    found = decisions_on(files, unit.file_matches.decisions())
    assert (dict(found.same), dict(found.other)) == ({}, {"1": frozenset({TWO, THREE})})
    judge_file(unit.connection, marks_of(1, "aa"), THREE, "same", NOW)
    found = decisions_on(files, unit.file_matches.decisions())
    assert (dict(found.same), dict(found.other)) == ({"1": THREE}, {"1": frozenset({TWO})})


def test_copies_share_what_was_decided_and_the_later_word_holds(unit: UnitOfWork) -> None:
    files = unit.audio_files.present()
    judge_file(unit.connection, marks_of(1, "aa"), ONE, "same", NOW)
    found = decisions_on(files, unit.file_matches.decisions())
    assert found.same == {"1": ONE, "2": ONE}
    copies = marks_of_copies(2, "aa", files.items())
    assert copies == {"file:1", "file:2", "audio:aa"}
    judge_file(unit.connection, marks_of(2, "aa"), TWO, "same", LATER, copies=copies)
    found = decisions_on(files, unit.file_matches.decisions())
    assert found.same == {"1": TWO, "2": TWO}
    take_back_file(unit.connection, copies, TWO, LATER)
    assert decisions_on(files, unit.file_matches.decisions()) == NO_DECISIONS


def test_what_was_decided_of_a_number_before_its_file_came_is_not_about_it(
    unit: UnitOfWork,
) -> None:
    judge_file(unit.connection, ("file:1", "file:99"), ONE, "same", Instant(NOW - 1))
    assert unit.file_matches.decisions() == []
    judge_file(unit.connection, ("file:2",), ONE, "same", NOW)
    assert [each.file for each in unit.file_matches.decisions()] == ["file:2"]
