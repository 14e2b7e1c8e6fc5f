"""What a service says otherwise of a track: real differences, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from syncengine.core.compare_facts import compare_facts
from syncengine.core.finding import plain_name
from syncengine.core.moment import Instant
from syncengine.core.track import Artist, Claim, Facts, Provenance, Recording, Release
from tests.builders import track

RECORDING = Recording("Title, One", (Artist("A"), Artist("B")), 200_000, False)
RELEASE = Release("Album", release_date="2020-01", label="Label")
FACTS = Facts(
    track(1), RECORDING, RELEASE, isrc="GBAYE0000001",
    sources={"recording": Provenance("exportify.net", Instant(5))},
)  # fmt: skip


def compared(popularity: int | None = 50, rated: int | None = 50, **said: Any) -> dict[str, str]:
    recording = RECORDING._replace(**{k: v for k, v in said.items() if k in Recording._fields})
    release = RELEASE._replace(**{k: v for k, v in said.items() if k in Release._fields})
    claim = Claim(track(1), recording, release, isrc=said.get("isrc", "GBAYE0000001"))
    return {each.field or "": each.kind for each in compare_facts(FACTS, popularity, claim, rated)}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"title": None, "artists": (), "isrc": None, "label": None, "rated": None},
        {"duration_ms": 201_900},
        {"release_date": "2020-01-31"},
        {"release_date": "2020"},
        {"isrc": "gb-aye-00-00001"},
        {"rated": 54},
        {"artists": (Artist("A, B"),)},
        {"title": "Title,  One"},
    ],
)
def test_the_same_said_otherwise_is_no_difference(said: dict[str, Any]) -> None:
    assert compared(**said) == {}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": "Title One"}, "title"),
        ({"artists": (Artist("A"),)}, "artists"),
        ({"duration_ms": 203_000}, "duration_ms"),
        ({"release_date": "2021"}, "release_date"),
        ({"explicit": True}, "explicit"),
        ({"isrc": "GBAYE0000002"}, "isrc"),
        ({"rated": 55}, "popularity"),
        ({"label": "Another"}, "label"),
    ],
)
def test_a_difference(said: dict[str, Any], field: str) -> None:
    assert compared(**said) == {field: "differing-value"}


def test_what_the_library_lacks_is_missing_and_the_source_is_told() -> None:
    assert compared(popularity=None) == {"popularity": "missing-field"}
    (found,) = compare_facts(FACTS, None, Claim(track(1), Recording("Other")), None)
    assert (found.source, found.since, found.cure) == ("exportify.net", 5, None)


def test_names_are_compared_without_what_old_exporters_delete() -> None:
    assert plain_name("e\u0301") == plain_name("é")
    assert plain_name('Say "Hi", you', spoilt=True) == plain_name("Say Hi you", spoilt=True)
    assert plain_name('Say "Hi"') != plain_name("Say Hi")
