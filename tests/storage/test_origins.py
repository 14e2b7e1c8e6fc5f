"""Who says what of tracks: sources, names that differ, numbers out of range; of tracks in playlists only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ranges import FEATURES
from syncengine.core.snapshot import Source
from syncengine.core.track import (
    API_RANK,
    OLD_RANK,
    Artist,
    Attestation,
    AudioFeatures,
    Claim,
    Dialect,
    Recording,
)
from syncengine.storage.repositories.answers import KeptAnswer, keep_answers
from syncengine.storage.unit_of_work import Database
from tests.builders import NET, Row, Seen, make_database, observe, track

API = Dialect("spotify", "test", API_RANK)
OLD = Dialect("exportify.net", "old", OLD_RANK, frozenset({"title"}))


def said(number: int, title: str, *artists: str, **rest: object) -> Row:
    credited = tuple(Artist(name) for name in artists or ("Somebody",))
    claim = Claim(track(number), Recording(title, credited), **rest)  # type: ignore[arg-type]
    return Row(track(number), claim=claim)


def told(database: Database, at: int, dialect: Dialect, *rows: Row, key: str = "csv:mix") -> None:
    source = Source.API if dialect is API else Source.CSV
    with database.unit() as unit:
        observe(unit.memory, Seen(key, at, rows, dialect=dialect, source=source))
        unit.commit()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return make_database(tmp_path)


def mismatches(database: Database, *tracks: TrackKey) -> list[tuple[str, str, str, str]]:
    with database.reading() as unit:
        found = unit.origins.name_mismatches(tracks or None)
    return [(each.track[-1], each.field, each.api, each.csv) for each in found]


def test_names_of_both_sides_are_compared_by_their_last_words(database: Database) -> None:
    told(database, 1_000, NET, said(1, "Old"), said(2, "Same"), said(3, "Alone"))
    assert mismatches(database) == []
    told(database, 2_000, API, said(1, "New"), said(2, "Same", "Another"), key="liked")
    assert mismatches(database) == [
        ("1", "title", "New", "Old"),
        ("2", "artists", "Another", "Somebody"),
    ]
    assert mismatches(database, track(2)) == [("2", "artists", "Another", "Somebody")]
    told(database, 3_000, NET, said(1, "New"), said(2, "Same", "Another"), said(3, "Alone"))
    assert mismatches(database) == []


def test_what_an_old_exporter_deletes_is_no_other_name(database: Database) -> None:
    told(database, 1_000, OLD, said(1, "Yes No", "A B"))
    told(database, 2_000, API, said(1, "Yes, No", "A", "B"), key="liked")
    assert mismatches(database) == []


def test_an_answer_to_a_lookup_is_a_word_of_the_service(database: Database) -> None:
    told(database, 1_000, NET, said(1, "Export"))
    claim = Claim(track(1), Recording("Answer", (Artist("Somebody"),)))
    with database.unit() as unit:
        answer = KeptAnswer(Attestation(Instant(2_000), API, claim), 5)
        keep_answers(unit.connection, {track(1): answer})
        unit.commit()
    assert mismatches(database) == [("1", "title", "Answer", "Export")]
    with database.reading() as unit:
        assert unit.origins.answered_at() == {track(1): 2_000}


def test_numbers_out_of_range_and_only_of_what_is_in_a_playlist(database: Database) -> None:
    sound = AudioFeatures(energy=1.0, key=-1, tempo=0.0)
    odd = sound._replace(energy=1.5, key=12)
    told(database, 1_000, NET, said(1, "Sound", features=sound), said(2, "Odd", features=odd))
    with database.reading() as unit:
        found = unit.origins.out_of_range(FEATURES)
        assert [(key[-1], title, *rest) for key, title, *rest in found] == [
            ("2", "Odd", "energy", 1.5),
            ("2", "Odd", "key", 12),
        ]
        assert unit.origins.tracks() == [track(1), track(2)]
    told(database, 2_000, NET, said(1, "Sound", features=sound))
    with database.reading() as unit:
        assert unit.origins.out_of_range(FEATURES) == []
        assert unit.origins.tracks() == [track(1)]


def test_sources_and_facts_of_a_few_tracks(database: Database) -> None:
    rows = [replace(said(number, f"Song {number}"), popularity=40) for number in (1, 2)]
    told(database, 1_000, NET, *rows)
    with database.reading() as unit:
        sources = unit.origins.sources([track(1), track(9)])
        assert list(sources) == [track(1)]
        assert sources[track(1)]["recording"] == ("exportify.net", 1_000)
        assert sources[track(1)]["popularity"].at == 1_000
        facts, popularity = unit.origins.facts([track(2)])[track(2)]
        assert (facts.recording.title, popularity) == ("Song 2", 40)
