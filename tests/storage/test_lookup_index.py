"""The index of one connection: names, ISRCs and words, with the database's own full text and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.core.identity import TrackKey
from syncengine.core.track import Artist, Claim, Recording, Release
from syncengine.storage.lookup_index import LookupIndex
from syncengine.storage.unit_of_work import Database
from tests.builders import Row, Seen, make_database, observe, track

SONGS = [
    ("Déjà Vu", "Beyoncé, Jay-Z", "B'Day", 90, "USSM10603618"),
    ("Deja Vu", "Somebody Else", "Again", 10, None),
    ("Vulture", "Déjà", "Birds", 50, None),
    ("100% Pure_Love", "Crystal Waters", "Storyteller", 40, None),
    ("Ænima", "Tool", "Ænima", 70, None),
    ("東京", "くるり", "さよなら", 30, None),
]


def row(
    number: int, title: str, artists: str, album: str, popularity: int, isrc: str | None
) -> Row:
    credited = tuple(Artist(name) for name in artists.split(", "))
    claim = Claim(track(number), Recording(title, credited, 200_000), Release(album), isrc=isrc)
    return Row(track(number), popularity=popularity, claim=claim)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = make_database(tmp_path)
    with made.unit() as unit:
        seen = [row(number, *song) for number, song in enumerate(SONGS)]
        observe(unit.memory, Seen("csv:mix", 1_000, seen))
        gone = row(9, "Déjà Vu", "Beyoncé", "Old", 99, None)
        observe(unit.memory, Seen("csv:other", 1_000, [gone]))
        observe(unit.memory, Seen("csv:other", 2_000, [seen[3]]))
        unit.commit()
    return made


@pytest.fixture(params=[True, False], ids=["full text", "word by word"])
def index(database: Database, request: pytest.FixtureRequest) -> Iterator[LookupIndex]:
    with database.reading() as unit:
        yield LookupIndex(unit.connection, full_text=request.param)


def found(index: LookupIndex, text: str, limit: int = 10) -> list[int]:
    return [int(key.rpartition(":")[2]) for key in index.search(text, limit)]


def test_words_are_found_without_case_and_accents(index: LookupIndex) -> None:
    assert found(index, "DEJA VU beyonce") == [0, 9]
    assert found(index, "déjà vu somebody") == [1]
    assert found(index, "Ænima") == [4]
    assert found(index, "東京") == [5]


def test_the_last_word_may_be_unfinished(index: LookupIndex) -> None:
    assert found(index, "somebody el") == [1]
    assert found(index, "crys") == [3]


def test_marks_are_no_commands(index: LookupIndex) -> None:
    assert found(index, '100% "pure') == [3]
    assert found(index, "pure_love") == [3]
    for text in ("", "  ", "*", '"', "% _", "AND OR NOT", "title:vu", "deja NEAR(vu)", "-vu ^x"):
        found(index, text)
    assert found(index, '"*') == []


def test_the_better_known_comes_first_and_what_is_gone_last(index: LookupIndex) -> None:
    assert found(index, "deja vu") == [0, 1, 2, 9]
    assert len(found(index, "deja", limit=2)) == 2


def test_names_are_equal_and_lengths_near(index: LookupIndex) -> None:
    def named(*asked: str, length: int | None = None) -> list[int]:
        return [int(each.key[-2:]) for each in index.named(asked[0], asked[1], length)]

    assert named("deja vu", "jay-z") == [0]
    assert named("DÉJÀ VU", "Beyonce, Jay-Z") == [0]
    assert named("deja vu", "beyonce") == [0, 9]
    assert named("deja vu", "beyonce", length=202_000) == [0, 9]
    assert named("deja vu", "beyonce", length=202_001) == []
    assert named("deja", "beyonce") == []


def test_isrcs_are_found_however_written(index: LookupIndex) -> None:
    assert [each.key for each in index.with_isrc("ussm10603618")] == [track(0)]
    assert index.with_isrc("NONE") == []


def test_it_is_made_anew_once_it_is_forgotten(index: LookupIndex, database: Database) -> None:
    assert found(index, "newcomer") == []
    index._connection.rollback()
    with database.unit() as unit:
        new = row(20, "Newcomer", "Somebody", "New", 5, None)
        observe(unit.memory, Seen("csv:new", 3_000, [new]))
        unit.commit()
    assert found(index, "newcomer") == []
    index._connection.rollback()
    index.forget()
    assert found(index, "newcomer") == [20]
    assert index.search("newcomer", 10) == [TrackKey(track(20))]
