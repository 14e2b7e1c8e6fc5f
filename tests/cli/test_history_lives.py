"""``history track`` and ``history playlist``: lives, as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from syncengine.cli.commands import history_track
from syncengine.cli.context import CliContext, Flags
from syncengine.cli.terminal import Terminal
from syncengine.core.moment import Instant, parse_utc
from syncengine.jobs.track_life import TrackLife
from tests import history_schemas as schemas
from tests import made_exports as made
from tests.builders import NOW, track
from tests.made_exports import UNAVAILABLE, Song, songs
from tests.shell import FIRST_AT, SECOND_AT, Shell

LEFT = "spotify:track:Vir4PcA2ak7AxcXTtTo8WU"
"""Stands in Rainy Tram Rides in the sample's first export."""


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def take(shell: Shell, folder: Path, at: str, lists: dict[str, list[Song | str]]) -> None:
    """Import playlists by the stem of their file."""
    where = folder / at[:10]
    for stem, listed in lists.items():
        made.write(where / f"{stem}.csv", listed, at)
    shell("import-csv", where, "--taken-at", at)


# track


def test_where_a_track_stood_and_which_snapshot_showed_it(sample: Shell) -> None:
    found = schemas.check("history-track", sample.json("history", "track", LEFT))
    assert (found["uri"], found["title"]) == (LEFT, "The Clockmaker's Goose Against the Wind")
    assert found["visits"] == [
        {
            "key": "csv:rainy_tram_rides",
            "playlist": "Rainy Tram Rides",
            "playlist_then": "Rainy Tram Rides",
            "playlist_at_end": "Rainy Tram Rides",
            "added_at": "2025-05-02T08:46:02Z",
            "seen_at": FIRST_AT,
            "seen_in": {"snapshot": 1, "source": "exportify.net"},
            "left_at": SECOND_AT,
            "left_in": {"snapshot": 2, "source": "exportify.net"},
            "parting": "removed",
            "other": None,
        }
    ]


@pytest.mark.parametrize("form", ["{id}", "https://open.spotify.com/track/{id}?si=1"])
def test_a_track_by_any_of_its_addresses(sample: Shell, form: str) -> None:
    text = form.format(id=LEFT.rsplit(":", 1)[1])
    assert sample.json("history", "track", text) == sample.json("history", "track", LEFT)


def test_a_renamed_playlist_by_its_names_then_and_now(sample: Shell) -> None:
    uri = sample.entries("Sunday Bread", "1")[0]
    (visit,) = [
        each
        for each in sample.json("history", "track", uri)["visits"]
        if each["key"] == "csv:sunday_bread_and_butter"
    ]
    assert (visit["playlist"], visit["playlist_then"]) == (
        "Sunday Bread and Butter",
        "Sunday Bread",
    )
    assert (visit["parting"], visit["left_at"], visit["left_in"]) == ("held", None, None)
    assert "Sunday Bread and Butter   Sunday Bread" in sample("history", "track", uri).out


def test_a_track_that_vanished_came_under_another_id_and_whose_playlist_ended(
    shell: Shell, tmp_path: Path
) -> None:
    stamps = [f"2025-06-0{day}T12:00:00Z" for day in range(1, 5)]
    a, b, c, d = (Song(n, stamp) for n, stamp in enumerate(stamps, 1))
    nothing = UNAVAILABLE.replace("2025-06-01T12:00:00Z", stamps[0])
    take(shell, tmp_path, "2026-01-01T12:00:00Z", {"mix": [a, b, c, d], "other": [b]})
    take(
        shell,
        tmp_path,
        "2026-02-01T12:00:00Z",
        {"mix": [nothing, Song(7, stamps[1]), d], "other": [b]},
    )
    folder = tmp_path / "last"
    made.write(folder / "mix.csv", [nothing, Song(7, stamps[1]), d])
    shell("import-csv", folder, "--taken-at", "2026-03-01T12:00:00Z", "--whole-library")

    def partings(number: int) -> list[tuple[str, str, str | None]]:
        visits = shell.json("history", "track", track(number))["visits"]
        return [(each["playlist"], each["parting"], each["other"]) for each in visits]

    assert partings(1) == [("mix", "vanished", None)]
    assert partings(2) == [("mix", "other-id", track(7)), ("other", "playlist-ended", None)]
    assert partings(3) == [("mix", "removed", None)]
    assert partings(4) == partings(7) == [("mix", "held", None)]
    ended = shell.json("history", "track", track(2))["visits"][1]
    assert (ended["left_at"], ended["left_in"]["snapshot"]) == ("2026-03-01T12:00:00Z", 3)
    out = shell("history", "track", track(2)).out
    assert f"now {track(7)}" in out
    assert "playlist gone" in out
    assert "nothing shown any more" in shell("history", "track", track(1)).out


def test_popularity_over_time_with_a_mark_for_each_change(shell: Shell, tmp_path: Path) -> None:
    for month, value in enumerate((40, 42, 42, 70, 55), 1):
        at = f"2026-0{month}-01T12:00:00Z"
        take(shell, tmp_path, at, {"mix": [Song(1, popularity=value), Song(2, popularity=month)]})
    found = shell.json("history", "track", track(1))
    assert [each["value"] for each in found["popularity"]] == [40, 42, 70, 55]
    assert found["popularity"][2]["at"] == "2026-04-01T12:00:00Z"
    out = shell("history", "track", track(1)).out
    assert (
        "popularity: first 40 on 2026-01-01, highest 70 on 2026-04-01, last 55 on 2026-05-01" in out
    )
    assert "2026-01-01  ▁▁█▅" in out


def test_many_changes_of_popularity_are_lines_that_say_when_they_begin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    series = [(Instant(parse_utc("2026-01-01") + n * 86_400), n % 100) for n in range(130)]
    life = TrackLife(track(1), (), "Fog", "Ada", (), (), series)
    cli = CliContext("history track", Flags(), Terminal(), lambda: NOW)
    history_track.show(cli, life)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"Ada – Fog  {track(1)}", "it was never seen in a playlist"]
    assert [(line.split()[0], len(line.split()[1])) for line in lines[-3:]] == [
        ("2026-01-01", 60),
        ("2026-03-02", 60),
        ("2026-05-01", 10),
    ]


def test_changed_facts_with_their_source_and_what_that_means(shell: Shell, tmp_path: Path) -> None:
    take(shell, tmp_path, "2026-01-01T12:00:00Z", {"mix": [Song(1, title="Fog"), Song(2)]})
    take(shell, tmp_path, "2026-02-01T12:00:00Z", {"mix": [Song(1, title="Mist"), Song(2)]})
    facts = shell.json("history", "track", track(1))["facts"]
    assert {each["turn"] for each in facts if each["at"] == "2026-01-01T12:00:00Z"} == {"known"}
    assert facts[-1] == {
        "at": "2026-02-01T12:00:00Z",
        "source": "exportify.net",
        "field": "title",
        "before": "Fog",
        "after": "Mist",
        "turn": "changed",
    }
    out = shell("history", "track", track(1)).out
    assert "exportify.net tells title, artists" in out
    assert "no fact has changed since" in shell("history", "track", track(2)).out


def test_ids_that_a_track_also_goes_by(shell: Shell, tmp_path: Path) -> None:
    bare = Song(1, uri="", title="Song 1")
    take(shell, tmp_path, "2026-01-01T12:00:00Z", {"mix": [bare, Song(2)]})
    named = shell.entries("mix")[0]
    assert named.startswith("meta:")
    assert shell.json("history", "track", named)["also"] == []
    take(shell, tmp_path, "2026-02-01T12:00:00Z", {"mix": [Song(1), Song(2)]})
    found = shell.json("history", "track", track(1))
    assert found["also"] == [named]
    assert [each["parting"] for each in found["visits"]] == ["held"]
    assert shell.json("history", "track", named) == found
    assert f"also known as {named}" in shell("history", "track", named).out


def test_a_track_as_csv_is_all_that_happened_in_order(sample: Shell) -> None:
    rows = table(sample("history", "track", LEFT, "--csv").out)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert {"entered", "removed", "known", "popularity"} == {row["event"] for row in rows}
    entered = next(row for row in rows if row["event"] == "entered")
    assert (entered["playlist"], entered["snapshot"]) == ("Rainy Tram Rides", "1")
    assert entered["added_at"] == "2025-05-02T08:46:02Z"


def test_tracks_and_playlists_that_are_none(sample: Shell) -> None:
    assert "never seen" in sample.error("history", "track", track(77))
    assert "no track" in sample.error("history", "track", "nonsense", code=2)
    assert "no playlist 'Nope'" in sample.error("history", "playlist", "Nope")
    for command, what in (("track", LEFT), ("playlist", "liked")):
        message = sample.json("history", command, what, "--csv", code=2)["message"]
        assert "choose one" in message


def test_an_empty_library_has_no_lives(shell: Shell) -> None:
    assert "the library is empty" in shell.error("history", "track", LEFT)
    assert "the library is empty" in shell.error("history", "playlist", "liked")
    assert "the library is empty" in shell.error("history", "trends")


# playlist


def test_a_playlists_life(sample: Shell) -> None:
    found = schemas.check(
        "history-playlist", sample.json("history", "playlist", "rainy tram rides")
    )
    assert found["key"] == "csv:rainy_tram_rides"
    assert found["spans"] == [{"since": FIRST_AT, "until": None}]
    assert (found["added"], found["removed"]) == (60, 6)
    assert [(each["month"], each["entries"]) for each in found["months"]][-2:] == [
        ("2026-01", 60),
        ("2026-02", 54),
    ]
    assert [each["removed"] for each in found["months"]][-3:] == [None, 0, 6]
    assert len(found["entries"]) == 60
    assert {each["uri"] for each in found["went_last"]} == {
        each["uri"] for each in found["entries"] if each["ending"] == "removed"
    }
    seconds = [each["seconds"] for each in found["longest"]]
    assert seconds == sorted(seconds, reverse=True)
    assert found["churn"] == pytest.approx(6 / (60 * 42 / 30.436875))
    assert found["half_life_days"] is not None


def test_a_playlist_agrees_with_trends(sample: Shell) -> None:
    trends = {each["key"]: each for each in sample.json("history", "trends")["playlists"]}
    for key, trend in trends.items():
        life = sample.json("history", "playlist", key)
        for name in ("playlist", "added", "removed", "churn", "half_life_days"):
            assert life[name] == trend[name]
        sizes = {each["month"]: each["entries"] for each in life["months"]}
        assert {each["month"]: each["entries"] for each in trend["sizes"]}.items() <= sizes.items()


def test_a_playlist_by_its_old_name_tells_its_names(sample: Shell) -> None:
    found = sample.json("history", "playlist", "Sunday Bread")
    assert found["names"] == [
        {"playlist": "Sunday Bread", "since": FIRST_AT, "until": SECOND_AT},
        {"playlist": "Sunday Bread and Butter", "since": SECOND_AT, "until": None},
    ]
    out = sample("history", "playlist", "Sunday Bread").out
    assert f"called Sunday Bread and Butter since {SECOND_AT}, Sunday Bread before" in out


def test_a_playlist_for_a_person(sample: Shell) -> None:
    out = sample("history", "playlist", "Rainy Tram Rides").out
    assert f"54 entries when last looked at, {SECOND_AT}; 60 came and 6 went, 7.2%" in out
    assert "size by month since 2025-04: ▁" in out
    for words in ("longest there", "came lately", "went lately"):
        assert words in out


def test_a_playlist_as_csv_is_every_entry_it_had(sample: Shell) -> None:
    rows = table(sample("history", "playlist", "Rainy Tram Rides", "--csv").out)
    assert len(rows) == 60
    left = next(row for row in rows if row["uri"] == LEFT)
    assert (left["left_at"], left["ending"], left["addition"]) == (SECOND_AT, "removed", "True")


def test_hostile_titles_are_harmless_in_every_form(shell: Shell, tmp_path: Path) -> None:
    title = "\x1b[31mred\x07 <script>, \u202ereversed"
    listed = [Song(1, title=title), *songs(2)]
    take(shell, tmp_path, "2026-01-01T12:00:00Z", {"mix": list(listed)})
    take(shell, tmp_path, "2026-02-01T12:00:00Z", {"mix": list(songs(2))})
    for arguments in (
        ("history", "track", track(1)),
        ("history", "track", track(1), "--csv"),
        ("history", "playlist", "mix"),
        ("history", "playlist", "mix", "--csv"),
    ):
        out = shell(*arguments).out
        assert "red" in out
        assert not set(out) & set("\x1b\x07\u202e")
    assert shell.json("history", "track", track(1))["title"] == title
