"""Where files are, while they are moved: known at once, and written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.jobs.file_book import KeptFiles
from tests.builders import NOW, make_database


def made(path: str) -> AudioFile:
    return AudioFile(path, Stat(1, 2, 3, 4), None, Tags(title=path))


def test_who_comes_to_a_path_takes_it_from_whom_it_was_of(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    with database.unit() as unit:
        one, two = unit.audio_files.add([made("/a"), made("/b")], NOW)
        unit.commit()
    book = KeptFiles(database.unit, lambda: NOW)
    book.moved(one, replace(made("/a"), path="/b"))
    book.moved(one, replace(made("/a"), path="/c"))
    book.moved(two, made("/a"))
    there = {one: replace(made("/a"), path="/c"), two: made("/a")}
    assert dict(book.files()) == there
    book.forget()
    assert dict(book.files()) == there
    assert book.file(3) is None
