"""The package as a whole: versions agree, dependencies have reasons, every command is there and explained."""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from syncengine import __version__
from syncengine.cli.app import run
from syncengine.cli.lazy import build, load
from syncengine.cli.registry import COMMANDS, GROUPS, Entry

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
_NAME = re.compile(r"[A-Za-z0-9._-]+")

by_name = pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)


def test_one_version() -> None:
    assert PROJECT["project"]["version"] == __version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## .*{re.escape(__version__)}", changes, re.MULTILINE)


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["project"]["dependencies"],
        *(each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra),
    ],
)
def test_every_dependency_has_a_reason(wanted: str) -> None:
    name = _NAME.match(wanted)
    assert name is not None
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if re.match(rf"\| {re.escape(name[0])}\b", line)]
    assert rows, f"{name[0]} has no line in CONTRIBUTING.md"
    _, _, purpose, reason, *_ = (cell.strip() for cell in rows[0].split("|"))
    assert purpose
    assert len(reason) > 10
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.search(rf"^{re.escape(name[0])}==", lock, re.MULTILINE)


@by_name
def test_every_command_has_a_module(entry: Entry) -> None:
    module = import_module(entry.module)
    assert callable(getattr(module, entry.attribute))
    assert load(entry).help


def test_every_module_has_a_command() -> None:
    folder = ROOT / "syncengine" / "cli" / "commands"
    found = {f"syncengine.cli.commands.{path.stem}" for path in folder.glob("[!_]*.py")}
    assert found == {entry.module for entry in COMMANDS}


@by_name
def test_every_example_parses(entry: Entry) -> None:
    examples = import_module(entry.module).EXAMPLES
    assert examples
    root = build(COMMANDS, GROUPS, "")
    for example in examples:
        program, *words = shlex.split(example)
        assert program == "syncengine"
        at: Any = root
        context: Any = root.make_context("syncengine", list(words))
        while hasattr(at, "resolve_command"):
            # What click calls protected is where it keeps the words that it has not looked at yet.
            rest = [*context._protected_args, *context.args]
            name, command, rest = at.resolve_command(context, rest)
            at, context = command, command.make_context(name, rest, parent=context)
        assert context.command_path.removeprefix("syncengine ") == entry.name


@by_name
def test_every_command_explains_itself(entry: Entry, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*entry.words, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: syncengine {entry.name}")
    assert "Examples:" in out
    assert run(["help", *entry.words]) == 0
    assert capsys.readouterr().out.strip() == out.strip()


def test_property_tests_are_the_same_everywhere() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
