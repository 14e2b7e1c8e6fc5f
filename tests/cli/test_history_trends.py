"""``history trends``: as text, as JSON, and its tables as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from syncengine.cli.trends_tables import TABLES
from tests import history_schemas as schemas
from tests import made_exports as made
from tests.shell import FIRST_AT, SECOND_AT, Shell


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


def test_the_json_says_all_of_it(sample: Shell) -> None:
    found = schemas.check("trends", sample.json("history", "trends"))
    assert (found["end"], found["observed_from"]) == (SECOND_AT, FIRST_AT)
    last = found["months"][-1]
    assert (last["tracks"], last["entries"], last["playlists"]) == (319, 381, 9)
    assert last["removed"] == 6
    assert found["months"][0]["removed"] is None
    assert sum(each["added"] for each in found["days"]) == sum(m["added"] for m in found["months"])
    assert {each["playlist"] for each in found["playlists"]} >= {"Liked Songs", "Spring Cleaning"}
    assert found["popularity"]["winners"][0]["last"] > found["popularity"]["winners"][0]["first"]


def test_since_and_until_bound_what_is_told(sample: Shell) -> None:
    found = sample.json("history", "trends", "--since", "1", "--until", "latest")
    assert (found["start"], found["end"]) == (FIRST_AT, SECOND_AT)
    assert [each["month"] for each in found["months"]] == ["2026-01", "2026-02"]
    early = sample.json("history", "trends", "--until", "2026-01-31")
    assert early["months"][-1]["entries"] == 356
    assert all(each["removed"] in (0, None) for each in early["months"])


def test_a_person_gets_a_few_tables(sample: Shell) -> None:
    out = sample("history", "trends").out
    assert f"observed since {FIRST_AT}" in out
    assert "2026      319       381           9     35      6" in out
    assert "Rainy Tram Rides" in out
    assert "7.2%" in out
    assert "danceability, mean" in out
    assert "more popular:" in out
    assert len(out.splitlines()) < 60
    short = sample("history", "trends", "--since", "1").out
    assert "observed since" not in short
    assert "2026-01" in short


def test_every_table_is_csv_with_what_the_json_has(sample: Shell) -> None:
    found = sample.json("history", "trends")
    for name, table in TABLES.items():
        rows = list(csv.reader(io.StringIO(sample("history", "trends", "--csv", name).out)))
        assert tuple(rows[0]) == table.titles
        assert {len(row) for row in rows} == {len(rows[0])}
        if isinstance(found.get(name), list) and name != "features":
            assert len(rows) - 1 == len(found[name])


def test_calls_that_are_none(sample: Shell) -> None:
    assert "no table 'walls'" in sample.error("history", "trends", "--csv", "walls", code=2)
    assert "choose one" in sample.json("history", "trends", "--csv", "days", code=2)["message"]
    assert "nothing to tell" in sample.error("history", "trends", "--since", "latest", code=2)
    assert "no moment" in sample.error("history", "trends", "--since", "soon", code=2)
    assert "nothing is known" in sample.error("history", "trends", "--until", "2020-01-01")


def test_hostile_titles_and_names_are_harmless_in_every_form(shell: Shell, tmp_path: Path) -> None:
    title = "\x1b[31m=1+1 <script>\x07\u202e"
    for day, popularity in (("2026-01-01", 10), ("2026-02-01", 60)):
        song = made.Song(1, popularity=popularity, title=title)
        made.write(tmp_path / day / "[b]mix\x1b[2J.csv", [song], f"{day}T12:00:00Z")
        shell("import-csv", tmp_path / day)
    for arguments in ((), ("--csv", "popularity"), ("--csv", "playlists")):
        out = shell("history", "trends", *arguments).out
        assert "mix" in out or "=1+1 <script>" in out
        assert not set(out) & set("\x1b\x07\u202e")
    (winner,) = shell.json("history", "trends")["popularity"]["winners"]
    assert (winner["title"], winner["first"], winner["last"]) == (title, 10, 60)
