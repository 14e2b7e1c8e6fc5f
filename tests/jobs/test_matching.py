"""Matching as it is remembered: what is asked again, and what keeps its answer."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from syncengine.core import match
from syncengine.core.identity import TrackKey
from syncengine.jobs import matching
from syncengine.jobs.matching import answers_now, match_files
from syncengine.storage.bulk import CHUNK
from tests.audio import make, make_many, retag
from tests.builders import track
from tests.filing_house import SECONDS, House, song
from tests.statements import counting

ONE, TWO, THREE = track(1), track(2), track(3)
KETTLE, BRASS = song(1, "Kettle Waltz"), song(2, "Brass for Breakfast")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.library(Mix=[KETTLE, BRASS])
    return house


def asked(house: House) -> list[str]:
    """Match, and return the statements that were sent."""
    with counting() as sent:
        house.match()
    return sent


def reads_tracks(sent: list[str]) -> bool:
    return any("recordings" in each for each in sent)


def test_what_is_found_is_remembered(house: House) -> None:
    kettle = house.file("a.mp3", 1, "Kettle Waltz")
    nothing = house.file("b.mp3", 2, "Quite Another Thing", "Nobody")
    near = house.file("c.mp3", 3, "Brass for Breakfast (Live)")
    broken = house.music / "d.mp3"
    broken.write_bytes(b"no audio")
    found = house.file_anew()
    assert found.tiers == {"certain": 1, "likely": 0, "unsure": 1, "none": 1}
    assert (found.anew, found.unchanged, house.told) == (3, False, [(3, 3)])
    answer = house.answer(kettle)
    assert (answer.track, answer.tier, answer.by, answer.acts) == (ONE, "certain", "names", True)
    assert (answer.name, answer.reason) == ("a", "Title, artists and length agree.")
    assert (house.answer(near).track, house.answer(near).acts) == (TWO, False)
    assert house.answer(nothing).track is None
    with house.database.reading() as unit:
        assert len(unit.file_matches.stored()) == 3


def test_where_nothing_changed_no_track_is_read(house: House) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    assert house.scan().read == 0
    with counting() as sent:
        found = house.match()
    assert (found.unchanged, found.anew, found.tiers["certain"]) == (True, 0, 1)
    assert not reads_tracks(sent)
    assert not [each for each in sent if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(sent) < 12


def test_a_file_that_moved_keeps_its_answer_unread(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    moved = house.music / "Another Song - Somebody Else.mp3"
    path.rename(moved)
    assert house.scan().moved == 1
    assert not reads_tracks(asked(house))
    assert house.answer(moved).track == ONE
    assert house.answer(moved).name == "a"


def test_an_answer_that_rests_on_a_name_outlives_the_name(house: House) -> None:
    """A sink calls files otherwise; what was likely by its old name stays so when the library changes."""
    path = house.file("03 - Kettle Waltz - The Otters.mp3", 1)
    house.file_anew()
    before = house.answer(path)
    assert before.tier == "likely"
    path.rename(house.music / "x.mp3")
    house.file_anew()
    house.library(More=[song(3, "Snail")])
    found = house.match()
    assert found.anew == 1
    assert house.answer(house.music / "x.mp3") == before


def test_a_file_without_a_track_is_asked_again_under_another_name(house: House) -> None:
    path = house.file("x.mp3", 1)
    house.file_anew()
    assert house.answer(path).tier == "none"
    better = path.rename(house.music / "The Otters - Kettle Waltz.mp3")
    assert house.file_anew().anew == 1
    assert house.answer(better).track == ONE


def test_changed_tags_are_matched_again_and_nothing_else(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file("b.mp3", 2, "Brass for Breakfast")
    house.file_anew()
    retag(path, "mp3", title="Brass for Breakfast")
    found = house.file_anew()
    assert found.anew == 1
    assert house.answer(path).track == TWO


def test_a_changed_library_asks_only_what_is_not_certain(house: House) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    late = house.file("b.mp3", 2, "Late Comer")
    unsure = house.file("c.mp3", 3, "Brass for Breakfast (Live)")
    house.file_anew()
    house.library(More=[song(3, "Late Comer"), song(4, "Brass for Breakfast (Live)")])
    assert house.match().anew == 2
    assert (house.answer(late).track, house.answer(unsure).track) == (THREE, track(4))


def test_a_track_that_left_is_looked_for_again(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.library(Mix=[song(5, "Kettle Waltz", album="Best of"), BRASS])
    house.match()
    assert house.answer(path).track == track(5)
    house.library(Mix=[BRASS])
    house.match()
    kept = house.answer(path)
    assert (kept.track, kept.tier, kept.twins) == (track(5), "certain", ())
    assert "in no playlist any more" in kept.reason
    retag(path, "mp3", title="Brass for Breakfast")
    house.file_anew()
    assert house.answer(path).track == TWO


def test_twins_are_told_and_stay_up_to_date(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    assert house.answer(path).twins == ()
    house.library(More=[song(5, "Kettle Waltz", album="Best of")])
    assert house.match().anew == 0
    assert (house.answer(path).track, house.answer(path).twins) == (ONE, (track(5),))
    house.library(More=[song(6, "Snail")])
    house.match()
    assert house.answer(path).twins == ()


def test_a_decision_holds_against_everything(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    other = house.file("b.mp3", 2, "Brass for Breakfast")
    house.file_anew()
    before = house.answer(other)
    house.decide(path, TWO)
    assert house.match().anew == 1
    assert (house.answer(path).track, house.answer(path).by) == (TWO, "decision")
    assert house.match().unchanged
    retag(path, "mp3", title="Something")
    house.file_anew()
    assert house.answer(path).track == TWO
    house.take_back(path)
    retag(path, "mp3", title="Kettle Waltz")
    house.file_anew()
    assert (house.answer(path).track, house.answer(path).by) == (ONE, "names")
    assert house.answer(other) == before


def test_what_a_file_is_not_is_no_twin_of_it_either(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.library(More=[song(5, "Kettle Waltz", album="Best of")])
    house.file_anew()
    house.decide(path, ONE, "different")
    house.match()
    assert (house.answer(path).track, house.answer(path).tier) == (track(5), "unsure")
    house.decide(path, track(5))
    house.match()
    assert (house.answer(path).track, house.answer(path).twins) == (track(5), ())


def test_a_decision_holds_for_copies_and_for_a_better_form(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.decide(path, TWO)
    house.match()
    copy = Path(shutil.copy(path, house.music / "copy.mp3"))
    retag(copy, "mp3", title="Nonsense")
    house.file_anew()
    assert house.answer(copy).track == TWO
    number = house.number(path)
    make(path, "mp3", seed=9, seconds=SECONDS, title="Kettle Waltz", artists="The Otters")
    house.file_anew()
    assert house.number(path) == number
    assert house.answer(path).track == TWO


def test_a_decision_outlives_the_rows_and_never_falls_on_a_stranger(house: House) -> None:
    path = house.file("b.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.decide(path, TWO)
    house.match()
    with house.database.unit() as unit:
        unit.connection.exec_driver_sql("DELETE FROM file_matches")
        unit.connection.exec_driver_sql("DELETE FROM audio_files")
        unit.commit()
    stranger = house.file("a.mp3", 2, "Kettle Waltz")
    house.file_anew()
    assert house.number(stranger) == 1
    assert (house.answer(stranger).track, house.answer(path).track) == (ONE, TWO)


def test_a_decision_for_a_track_of_no_playlist_waits_for_it(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file_anew()
    house.decide(path, track(77))
    house.match()
    assert (house.answer(path).track, house.answer(path).tier) == (track(77), "certain")
    house.library(More=[song(77, "Waiting")])
    house.match()
    assert house.answer(path).reason == "A person decided so."


def test_new_rules_match_all_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    house.file("b.mp3", 2, "Brass for Breakfast")
    house.file_anew()
    monkeypatch.setattr(matching, "RULES", match.RULES + 1)
    assert house.match().anew == 2
    assert house.match().unchanged


def test_what_is_forgotten_is_matched_again(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file("b.mp3", 2, "Brass for Breakfast")
    house.file_anew()
    with house.database.unit() as unit:
        unit.file_matches.forget([house.number(path)])
        unit.commit()
    house.match()
    assert house.answer(path).track == ONE


def test_what_is_rolled_back_leaves_no_trace(house: House) -> None:
    house.file("a.mp3", 1, "Kettle Waltz")
    house.scan()
    with house.database.unit() as unit:
        assert match_files(unit, lambda: house.now).anew == 1
    with house.database.reading() as unit:
        assert unit.file_matches.stored() == {}
        found = answers_now(unit)
        assert [each.track for each in found.matches.values()] == [ONE]
        assert found.changed == list(found.matches.values())
    assert house.match().anew == 1
    with house.database.reading() as unit:
        again = answers_now(unit)
    assert (again.matches, again.changed, again.anew) == (found.matches, [], 0)


def test_a_file_that_is_gone_and_comes_back_keeps_its_answer(house: House) -> None:
    path = house.file("a.mp3", 1, "Kettle Waltz")
    house.file("b.mp3", 2, "Brass for Breakfast")
    house.file_anew()
    away = path.rename(house.music.parent / "away.mp3")
    assert house.file_anew().tiers["certain"] == 1
    away.rename(path)
    found = house.file_anew()
    assert (found.tiers["certain"], found.anew) == (2, 0)


def test_the_same_track_under_a_better_key(house: House) -> None:
    meta = TrackKey("meta:0123456789abcdef01234567")
    house.library(Mix=[song(0, "Snail Song", key=meta), BRASS])
    path = house.file("a.mp3", 1, "Snail Song")
    house.file_anew()
    assert house.answer(path).track == meta
    house.library(More=[song(8, "Snail Song")])
    house.match()
    assert house.answer(path).track == track(8)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text(house: House) -> None:
    path = os.fsencode(house.music) + b"/\xff.mp3"
    house.file("a.mp3", 1, "Kettle Waltz").rename(os.fsdecode(path))
    assert house.file_anew().tiers["certain"] == 1
    assert house.answer(Path(os.fsdecode(path))).name == "//dcff"


def test_no_query_for_each_file(tmp_path: Path) -> None:
    def statements(count: int) -> int:
        place = tmp_path / str(count)
        place.mkdir()
        house = House(place)
        house.library(
            Mix=[
                song(n, f"Song {n:07}", f"Artist {n // 10:06}", album="Album", seconds=1)
                for n in range(count)
            ]
        )
        make_many(house.music, count, kinds=["mp3"])
        house.scan()
        sent = len(asked(house))
        assert house.match().tiers["certain"] == count
        house.library(More=[song(5_000, "Snail")])
        return sent + len(asked(house))

    few, many = statements(40), statements(CHUNK + 100)
    assert many - few <= 12


def test_a_library_that_changed_costs_no_match_of_what_is_certain(tmp_path: Path) -> None:
    """The twins of 1,000 certain files are told anew in less time than matching them took."""
    house = House(tmp_path)
    claims = [
        song(n, f"Song {n:07}", f"Artist {n // 10:06}", album="Album", seconds=1)
        for n in range(1_000)
    ]
    house.library(Mix=claims)
    make_many(house.music, 1_000, kinds=["mp3"])
    house.scan()
    assert house.match().tiers["certain"] == 1_000
    house.library(More=[song(5_000, "Snail")])
    began = time.perf_counter()
    assert house.match().anew == 0
    assert time.perf_counter() - began < 3
