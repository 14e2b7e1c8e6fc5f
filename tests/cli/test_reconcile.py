"""``reconcile --dry-run``: the plan, its scope, its file, its exit codes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from syncengine.core.plan_file import from_json, to_json
from tests import made_exports as made
from tests import schemas
from tests.builders import track
from tests.made_exports import songs
from tests.plan_builders import agree as agreed_after
from tests.shell import Shell


@pytest.fixture
def sample(shell: Shell) -> Shell:
    shell.import_sample()
    return shell


def plan(shell: Shell, *line: object, code: int = 0) -> dict[str, Any]:
    return schemas.check("plan", shell.json("reconcile", "--dry-run", *line, code=code))


def agree(shell: Shell, *gone: str) -> None:
    """Write what the present plan would push as agreed, and tracks that the library no longer has."""
    saved = from_json(shell("--json", "reconcile", "--dry-run").out)
    rows = [
        (each.entity, each.key, each.digest, json.dumps(dict(each.properties)))
        for each in agreed_after(saved.sinks["notion"], [])
    ]
    rows += [("track", key, "gone", "{}") for key in gone]
    with sqlite3.connect(shell.path) as connection:
        connection.executemany(
            "INSERT INTO agreed_items (sink, entity, key, digest, properties, removed, agreed_at)"
            " VALUES ('notion', ?, ?, ?, ?, 0, 0)",
            rows,
        )


def test_a_first_plan_creates_everything(sample: Shell) -> None:
    found = plan(sample)
    notion = found["sinks"]["notion"]
    assert notion["summary"] == {
        "create": 464, "update": 0, "remove": 0, "conflict": 0, "unchanged": 0
    }  # fmt: skip
    assert len(notion["actions"]) == 464
    assert notion["estimate"]["calls"] >= 464
    assert notion["refusals"] == []
    assert found["base"]["snapshot"] == 2
    assert found["empty"] is False
    out = sample("reconcile", "--dry-run").out
    assert "not configured: planned as if Notion were empty" in out
    assert len(out.splitlines()) < 30


def test_a_plan_is_the_same_twice_and_another_after_an_import(
    sample: Shell, tmp_path: Path
) -> None:
    assert plan(sample) == plan(sample)
    before = plan(sample)["base"]
    sample("import-csv", made.write(tmp_path / "New.csv", songs(1)))
    assert plan(sample)["base"]["digest"] != before["digest"]


def test_an_empty_library_plans_nothing(shell: Shell) -> None:
    found = plan(shell, "--detailed-exitcode")
    assert found["empty"] is True
    assert found["base"]["snapshot"] is None


def test_pending_changes_end_in_4_if_asked(sample: Shell) -> None:
    assert plan(sample, "--detailed-exitcode", code=4)["empty"] is False
    sample("reconcile", "--dry-run", "--detailed-exitcode", code=4)
    sample("reconcile", "--dry-run")


def test_the_saved_plan_reads_back_as_it_was(sample: Shell, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    shown = plan(sample, "--out", out)
    saved = out.read_bytes()
    assert json.loads(saved) == shown
    assert json.loads(to_json(from_json(saved))) == shown
    assert [path.name for path in tmp_path.iterdir() if "plan" in path.name] == ["plan.json"]
    assert "the plan is in" in sample("reconcile", "--dry-run", "--out", out).err
    assert "cannot be saved" in sample.error(
        "reconcile", "--dry-run", "--out", tmp_path / "no/plan.json"
    )


def test_a_plan_can_be_limited(sample: Shell) -> None:
    whole = plan(sample)["sinks"]["notion"]["actions"]
    one = plan(sample, "--playlist", "Kettle Songs")["sinks"]["notion"]["actions"]
    kinds = {action["entity"] for action in one}
    assert "playlist" in kinds
    assert "track" in kinds
    assert len(one) < len(whole)
    kettle = set(sample.entries("Kettle Songs"))
    tracks = {action["key"] for action in one if action["entity"] == "track"}
    assert tracks == {key for key in kettle if key != "unavailable"}

    uri = sample.entries("Kettle Songs")[0]
    for way in (
        uri,
        uri.rpartition(":")[2],
        f"https://open.spotify.com/track/{uri.rpartition(':')[2]}",
    ):
        found = plan(sample, "--track", way)["sinks"]["notion"]["actions"]
        assert [a["key"] for a in found if a["entity"] == "track"] == [uri]

    album = next(action["key"] for action in whole if action["entity"] == "album")
    found = plan(sample, "--album", album)["sinks"]["notion"]["actions"]
    assert [a["key"] for a in found if a["entity"] == "album"] == [album]
    assert any(a["entity"] == "track" for a in found)


def test_a_scope_that_nobody_knows(sample: Shell) -> None:
    sample.error("reconcile", "--dry-run", "--playlist", "Nope")
    assert track(1) in sample.error("reconcile", "--dry-run", "--track", track(1))
    sample.error("reconcile", "--dry-run", "--track", "no track", code=2)
    sample.error("reconcile", "--dry-run", "--album", "no album", code=2)
    sample.error("reconcile", "--dry-run", "--sink", "fridge", code=2)
    sample.error("reconcile", code=2)


def test_what_was_agreed_is_not_planned_again(sample: Shell) -> None:
    agree(sample)
    found = plan(sample, "--detailed-exitcode")
    assert found["empty"] is True
    assert found["sinks"]["notion"]["summary"]["unchanged"] == 464


def test_a_mass_deletion_is_refused_until_it_is_lifted(sample: Shell) -> None:
    agree(sample, *(track(n) for n in range(60)))
    found = plan(sample, code=3)
    [refusal] = found["sinks"]["notion"]["refusals"]
    assert (refusal["guard"], refusal["lift"]) == ("mass-deletion", "--allow-removals")
    assert "--allow-removals" in refusal["message"]
    said = sample("reconcile", "--dry-run", "--detailed-exitcode", code=3)
    assert "--allow-removals" in said.out
    lifted = plan(sample, "--allow-removals", "--detailed-exitcode", code=4)
    assert lifted["sinks"]["notion"]["refusals"] == []
    assert lifted["sinks"]["notion"]["summary"]["remove"] == 60


def test_an_emptied_library_is_refused_until_it_is_lifted(shell: Shell) -> None:
    shell.import_sample()
    agree(shell)
    shell("history", "drop", "2", "--yes")
    shell("history", "drop", "1", "--yes")
    found = plan(shell, code=3)
    assert {r["guard"] for r in found["sinks"]["notion"]["refusals"]} == {"emptied-source"}
    plan(shell, "--allow-empty")
