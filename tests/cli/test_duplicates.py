"""``duplicates``: what is found, shown, counted, decided, and what is asked wrongly."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.identity import TrackKey
from syncengine.core.track import Artist, Claim, Recording, Release
from tests import schemas
from tests.builders import Row, Seen, make_database, observe, track
from tests.shell import Shell

ISRC = "QZABC2000001"
ONE, TWO, THREE, FOUR = (track(number) for number in range(1, 5))


def row(number: int, title: str = "Kettle Waltz", added: int | None = None, **said: Any) -> Row:
    key = said.get("key", track(number))
    recording = Recording(
        title, (Artist("The Otters"),), said.get("ms", 200_000), said.get("explicit", False)
    )
    release = Release(said.get("album", "Tea"), release_date="2001-05-04")
    claim = Claim(key, recording, release, isrc=said.get("isrc"))
    return Row(key, added or 1_000 * number, claim=claim, popularity=said.get("popularity"))


def fill(shell: Shell, **playlists: list[Row]) -> None:
    database = make_database(shell.path.parent)
    with database.unit() as unit:
        seen = [Seen(f"csv:{key}", 5_000_000, rows, name=key) for key, rows in playlists.items()]
        observe(unit.memory, *seen)
        unit.commit()


@pytest.fixture
def kettle(shell: Shell) -> Shell:
    """A library in which the Kettle Waltz stands under several ids."""
    fill(
        shell,
        brew=[
            row(1, isrc=ISRC),
            row(2, isrc=ISRC, album="Hits"),
            row(1, added=9_000),
            row(4, "Polka"),
        ],
        pour=[
            row(3, explicit=True),
            row(1, isrc=ISRC),
            row(5, "Kettle Waltz - Live", album="Rome"),
        ],
    )
    return shell


def test_an_empty_library_has_none(shell: Shell) -> None:
    found = schemas.check("duplicates", shell.json("duplicates"))
    assert (found["within"], found["across"], found["entries"]) == ([], [], 0)
    assert "within playlists: no duplicates" in shell("duplicates").out
    assert shell("duplicates", "--csv").out.count("\n") == 1


def test_each_group_has_its_reason_confidence_and_the_one_to_keep(kettle: Shell) -> None:
    found = schemas.check("duplicates", kettle.json("duplicates"))
    assert [(each["kind"], each["confidence"]) for each in found["within"]] == [
        ("same-id", "certain"),
        ("same-isrc", "certain"),
        ("clean-explicit", "likely"),
    ]
    same = found["within"][1]
    assert (same["keep"], same["rule"]) == (ONE, "it was added first")
    assert same["tracks"] == [ONE, TWO]
    assert same["reason"] == "ISRC, names and length agree; they are on other albums."
    assert [(each["uri"], each["position"]) for each in same["where"]] == [
        (ONE, 0),
        (ONE, 2),
        (TWO, 1),
    ]
    assert [each["kind"] for each in found["across"]] == ["same-isrc", "clean-explicit"]
    assert found["shared"] == 1
    assert found["totals"]["within"] == {"certain": 2, "likely": 1, "unsure": 0}
    assert found["tracks"][TWO]["album"] == "Hits"
    assert track(5) not in found["tracks"]


def test_the_text_counts_first_and_says_all_of_a_group(kettle: Shell) -> None:
    out = kettle("duplicates").out
    assert out.startswith(
        "7 entries in 2 playlists\n"
        "within playlists: 2 certain, 1 likely\n"
        "across playlists: 1 certain, 1 likely\n"
        "1 track in several playlists under one id"
    )
    assert (
        f"""
in brew
  certain same-id: The Otters – Kettle Waltz
    {ONE}  One id stands here 2 times.
    keep brew #1 of 1970-01-01 (it was added first), not brew #3 of 1970-01-01
  certain same-isrc: The Otters – Kettle Waltz
    keep  {ONE}  brew #1 of 1970-01-01, brew #3 of 1970-01-01  (it was added first)
    same  {TWO}  brew #2 of 1970-01-01  ISRC, names and length agree; they are on other albums.
"""
        in out
    )


def test_the_surest_are_shown_first_and_the_rest_is_counted(kettle: Shell) -> None:
    out = kettle("duplicates", "--limit", 1, "--within").out
    assert out.count("certain same-id") == 1
    assert "and 2 more within playlists (--limit N shows more; --json and --csv list all)" in out
    assert "clean-explicit" not in out


def test_what_is_asked_for_is_all_that_is_listed(kettle: Shell) -> None:
    found = kettle.json("duplicates", "--within", "--min-confidence", "certain")
    assert (len(found["within"]), found["across"], list(found["totals"])) == (2, [], ["within"])
    found = kettle.json("duplicates", "--kind", "clean-explicit")
    assert [each["kind"] for each in (*found["within"], *found["across"])] == ["clean-explicit"] * 2
    found = kettle.json("duplicates", "--playlist", "brew")
    assert [each["kind"] for each in found["within"]] == ["same-id", "same-isrc"]
    assert (found["across"], len(found["playlists"])) == ([], 1)
    both = kettle.json("duplicates", "--playlist", "csv:brew", "--playlist", "Pour", "--across")
    assert (both["within"], len(both["across"])) == ([], 2)
    shared = kettle.json("duplicates", "--across", "--kind", "same-id")["across"]
    assert [(each["kind"], each["keep"]) for each in shared] == [("same-id", ONE)]


def test_csv_has_one_line_for_each_track_of_a_group(kettle: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(kettle("duplicates", "--csv", "--within").out)))
    assert [(each["group"], each["uri"], each["keep"]) for each in rows] == [
        ("1", ONE, "yes"), ("2", ONE, "yes"), ("2", TWO, "no"), ("3", ONE, "yes"), ("3", THREE, "no"),
    ]  # fmt: skip
    assert rows[2]["isrc"] == ISRC
    assert rows[0]["places"] == "brew #1 of 1970-01-01; brew #3 of 1970-01-01"


def test_names_of_the_library_steer_no_terminal(shell: Shell) -> None:
    evil = 'Kettle\x1b[31m\n"Waltz",\u202e[bold]=1+1'
    fill(shell, **{"a\x1b]0;x": [row(1, evil, isrc=ISRC), row(2, evil, isrc=ISRC)]})
    for said in (shell("duplicates"), shell("duplicates", "--csv")):
        assert "\x1b" not in said.out
        assert "\u202e" not in said.out
        assert "[bold]" in said.out
    rows = list(csv.DictReader(io.StringIO(shell("duplicates", "--csv").out)))
    assert len(rows) == 2
    assert shell.json("duplicates")["tracks"][ONE]["title"] == evil


def test_a_track_without_an_id_is_found_too(shell: Shell) -> None:
    local = TrackKey("spotify:local:The+Otters:Tea:Kettle+Waltz:200")
    fill(shell, brew=[row(1), row(2, key=local, added=10)])
    (told,) = shell.json("duplicates")["within"]
    assert set(told["tracks"]) == {ONE, local}
    assert told["keep"] == local


def test_what_left_its_playlist_is_no_duplicate(kettle: Shell) -> None:
    with make_database_at(kettle.path).unit() as unit:
        observe(unit.memory, Seen("csv:brew", 6_000_000, [row(1, isrc=ISRC)], name="brew"))
        unit.commit()
    assert kettle.json("duplicates", "--playlist", "brew")["within"] == []


def make_database_at(path: Path) -> Any:
    from syncengine.storage.unit_of_work import Database
    from tests.builders import NOW

    return Database(f"sqlite:///{path}", lambda: NOW)


# Decisions


def test_different_stays_until_it_is_decided_otherwise(kettle: Shell) -> None:
    said = kettle("duplicates", "--decide", TWO, ONE, "different")
    assert said.out == (
        f"noted: The Otters – Kettle Waltz ({ONE}) and The Otters – Kettle Waltz ({TWO}) "
        "are different recordings\n"
        f"(to decide otherwise: syncengine duplicates --decide {ONE} {TWO} same)\n"
    )
    for _ in range(2):
        found = kettle.json("duplicates")["within"]
        assert "same-isrc" not in [each["kind"] for each in found]
    told = schemas.check(
        "duplicates-decide", kettle.json("duplicates", "--decide", ONE, TWO, "same")
    )
    assert (told["verdict"], told["uris"], told["overruled"]) == ("same", [ONE, TWO], [])
    found = kettle.json("duplicates")["within"]
    assert [(each["kind"], each["confidence"]) for each in found][:2] == [
        ("same-id", "certain"), ("decided", "certain")
    ]  # fmt: skip


def test_same_joins_what_no_rule_would(kettle: Shell) -> None:
    url = f"https://open.spotify.com/track/{FOUR[14:]}"
    kettle("duplicates", "--decide", url, ONE, "same")
    found = kettle.json("duplicates", "--kind", "decided")["within"]
    assert set(found[0]["tracks"]) == {ONE, TWO, FOUR}
    assert found[0]["keep"] == ONE


def test_of_decisions_that_contradict_by_way_of_others_the_later_holds(kettle: Shell) -> None:
    kettle("duplicates", "--decide", ONE, FOUR, "same")
    kettle("duplicates", "--decide", FOUR, THREE, "same")
    said = kettle("duplicates", "--decide", ONE, THREE, "different")
    assert f"({ONE}) and The Otters – Polka ({FOUR}) are same no longer holds" in said.err
    found = kettle.json("duplicates", "--kind", "decided", "--across")["across"]
    assert [set(each["tracks"]) for each in found] == [{THREE, FOUR}]


def test_a_decision_leaves_plans_and_matches_as_they_are(kettle: Shell) -> None:
    before = kettle.json("reconcile", "--dry-run")["base"]
    kettle("duplicates", "--decide", ONE, TWO, "different")
    assert kettle.json("reconcile", "--dry-run")["base"] == before


def test_a_track_that_no_playlist_holds_is_decided_with_a_warning(kettle: Shell) -> None:
    with make_database_at(kettle.path).unit() as unit:
        observe(unit.memory, Seen("csv:brew", 6_000_000, [row(1, isrc=ISRC)], name="brew"))
        unit.commit()
    said = kettle("duplicates", "--decide", ONE, TWO, "same")
    assert f"no playlist holds {TWO} at present; the decision waits for it" in said.err


def test_wrong_calls_say_what_is_wrong(kettle: Shell) -> None:
    assert "is not known" in kettle.error("duplicates", "--kind", "nope", code=2)
    assert "is not known" in kettle.error("duplicates", "--min-confidence", "sure", code=2)
    assert "no number" in kettle.error("duplicates", "--limit", "x", code=2)
    assert "no number" in kettle.error("duplicates", "--limit", "²", code=2)
    assert "no playlist 'nope'" in kettle.error("duplicates", "--playlist", "nope")
    assert "is not known" in kettle.error("duplicates", "--decide", ONE, TWO, "maybe", code=2)
    assert "is no track" in kettle.error("duplicates", "--decide", "x", TWO, "same", code=2)
    assert "one track" in kettle.error("duplicates", "--decide", ONE, ONE, "same", code=2)
    assert "never seen" in kettle.error("duplicates", "--decide", ONE, track(99), "same")
    assert "stands alone" in kettle.error(
        "duplicates", "--within", "--decide", ONE, TWO, "same", code=2
    )
    kettle.error("duplicates", "--decide", ONE, TWO, code=2)
    assert "exclude" in kettle.json("duplicates", "--csv", code=2)["message"]
    assert kettle.json("duplicates")["within"]
