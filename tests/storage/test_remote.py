"""What is remembered of many lists of a service is written and dropped in a few statements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.storage.bulk import CHUNK
from syncengine.storage.repositories.remote import FORBIDDEN, VERSION, Note, RemoteBook
from tests.builders import NOW, Row, Seen, make_database, observe, track
from tests.statements import counting

MANY = 2 * CHUNK + 1
SUBJECTS = [f"list {number}" for number in range(MANY)]


def of(version: str) -> dict[str, Note]:
    return {subject: Note(version, NOW) for subject in SUBJECTS}


def test_the_last_word_stands_and_other_subjects_kinds_and_systems_are_left(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        book, other = unit.remote("spotify"), unit.remote("other")
        other.note_all(VERSION, of("theirs"))
        book.note_all(FORBIDDEN, of(""))
        book.note(VERSION, "alone", "v0", NOW)
        book.note_all(VERSION, of("v1"))
        book.note_all(VERSION, of("v2"))
        book.forget_all(VERSION, SUBJECTS[1:])
        assert book.notes(VERSION) == {"alone": Note("v0", NOW), SUBJECTS[0]: Note("v2", NOW)}
        assert other.notes(VERSION) == of("theirs")
        book.forget(VERSION)
        assert book.notes(VERSION) == {}
        assert book.notes(FORBIDDEN) == of("")


def test_pages_of_named_lists_are_dropped_and_others_kept(tmp_path: Path) -> None:
    with make_database(tmp_path).unit() as unit:
        book = unit.remote("spotify")
        for key in ("a", "b", "c"):
            book.keep_page(key, "v", 0, b"{}", NOW)
        book.drop_pages(["a", "c", "nobody's"])
        assert set(book.kept_versions()) == {"b"}
        book.drop_pages([])
        assert set(book.kept_versions()) == {"b"}
        book.drop_pages()
        assert book.kept_versions() == {}


@pytest.mark.parametrize(
    "act",
    [
        lambda book: book.note_all(VERSION, of("v")),
        lambda book: book.forget_all(VERSION, SUBJECTS),
        lambda book: book.drop_pages(SUBJECTS),
    ],
)
def test_many_take_a_statement_a_chunk(tmp_path: Path, act: Callable[[RemoteBook], None]) -> None:
    with make_database(tmp_path).unit() as unit, counting() as sent:
        act(unit.remote("spotify"))
    assert len(sent) <= 5


def test_moments_of_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    rows = [Row(track(1))]
    with make_database(tmp_path).unit() as unit:
        memory = unit.memory
        observe(memory, Seen("a", 10, rows), Seen("b", 10, rows))
        observe(memory, Seen("a", 20, rows), Seen("b", 15, rows))
        ids = {key: row.id for key, row in memory.timeline.keys().items()}
        with counting() as sent:
            found = memory.timeline.moments_since({*ids.values(), 99}, Instant(15))
    a, b = ids[PlaylistKey("a")], ids[PlaylistKey("b")]
    assert found == {a: {20}, b: {15}, 99: set()}
    assert len(sent) == 1
