"""A made-up library and files of it with known answers: hardly any is missed, none is certain and wrong."""

from __future__ import annotations

import pytest

from benchmarks.made_files import MadeSet, Score, made_set, score
from syncengine.core.match import Matcher


@pytest.fixture(scope="module", params=[1, 2])
def made(request: pytest.FixtureRequest) -> MadeSet:
    return made_set(seed=request.param, tracks=3_000, files=3_000)


@pytest.fixture(scope="module")
def outcome(made: MadeSet) -> Score:
    return score(made.files, Matcher(made.tracks).match_all(each.file for each in made.files))


def test_no_certain_match_is_wrong(outcome: Score) -> None:
    assert outcome.wrong_certain == []


def test_hardly_a_likely_match_is_wrong(outcome: Score) -> None:
    assert outcome.share_wrong <= 0.01
    assert outcome.likely > 300


def test_nearly_all_findable_files_are_found(outcome: Score) -> None:
    assert outcome.share_found >= 0.99
    assert outcome.findable > 1_500


def test_every_way_of_spoiling_has_findable_files_but_those_that_mislead(made: MadeSet) -> None:
    ways = {each.spoilt for each in made.files}
    findable = {each.spoilt for each in made.files if each.findable}
    assert ways - findable == {"off wildly", "wrong id", "wrong isrc"}
    assert len(ways) == 19


def test_one_seed_makes_one_set() -> None:
    one, other = (made_set(seed=5, tracks=200, files=100) for _ in range(2))
    assert one == other
