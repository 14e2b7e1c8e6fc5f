"""The command line as a process: signals, broken pipes, what is imported, completion."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROBE = """
import sys, time
from typing import Annotated
import typer
from syncengine.cli.context import CliContext

EXAMPLES = ()

def command(cli: CliContext, lines: Annotated[int, typer.Option("--lines")] = 0) -> None:
    '''Write many lines, or wait.'''
    try:
        for number in range(lines):
            cli.line(str(number))
        if not lines:
            cli.say("waiting")
            time.sleep(60)
    finally:
        cli.say("tidied up")
"""
START = """
import sys
from syncengine.cli.app import run
from syncengine.cli.registry import Entry
sys.exit(run(commands=(Entry("probe", "", room="room"),)))
"""


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").touch()
    (tmp_path / "room" / "probe.py").write_text(PROBE, "utf-8")

    def start_with(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", START, "probe", *arguments],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
        )

    return start_with


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_in_good_order(
    start: Callable[..., subprocess.Popen[str]], number: int, code: int
) -> None:
    with start("--json") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert "tidied up" in err
    assert "Traceback" not in err
    assert json.loads(out)["code"] == code


def test_a_reader_that_goes_away_is_no_error(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    with start("--lines", "200000") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert process.returncode == 0
    assert err == "tidied up\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_result_that_cannot_be_written_is_an_error(
    start: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    for arguments in (["--lines", "3"], ["--lines", "3", "--json"]):
        full = os.open("/dev/full", os.O_WRONLY)
        try:
            with start(*arguments, stdout=full) as process:
                assert process.stderr is not None
                err = process.stderr.read()
        finally:
            os.close(full)
        assert process.returncode == 1
        assert "cannot be written" in err
        assert "Traceback" not in err


def loaded_by(*arguments: str) -> set[str]:
    """Return the names of all modules that one run imports."""
    program = (
        "import sys\n"
        f"sys.argv = ['syncengine', *{arguments!r}]\n"
        "from syncengine.__main__ import main\n"
        "code = main()\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return set(done.stderr.split())


def test_version_imports_nothing() -> None:
    assert not loaded_by("--version") & {"typer", "re", "dataclasses", "syncengine.cli"}


@pytest.mark.parametrize("line", ["--help", "help", "history --help", "help exit-codes -q --db x"])
def test_start_up_imports_nothing_heavy(line: str) -> None:
    heavy = {"rich", "pydantic", "sqlalchemy", "alembic", "platformdirs", "click", "msgspec"}
    assert not loaded_by(*line.split()) & heavy


def test_completion_knows_commands_and_options_without_loading_them() -> None:
    def complete(words: str, position: int) -> list[str]:
        surroundings = {
            "PYTHONPATH": str(ROOT),
            "_SYNCENGINE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(position),
        }
        done = subprocess.run(
            [sys.executable, "-m", "syncengine"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **surroundings},
        )
        return done.stdout.split()

    assert complete("syncengine hi", 1) == ["history"]
    assert complete("syncengine history d", 2) == ["diff", "drop"]
    assert "--json" in complete("syncengine help --j", 2)
