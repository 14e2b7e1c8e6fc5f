"""The frame of the command line: options anywhere, one error boundary, lean start-up."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer

from syncengine import __version__, errors
from syncengine.cli.app import run
from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.lazy import load
from syncengine.cli.registry import COMMANDS, Entry
from syncengine.core.moment import Instant

ROOT = Path(__file__).parents[2]
ROOM = "probe_commands"


@pytest.fixture(autouse=True)
def clean_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SYNCENGINE_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)


Call = Callable[..., int]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command made of one function: ``call(function, "--json", name="history diff")``."""

    def call_with(handler: Callable[..., Any], *arguments: str, name: str = "probe") -> int:
        entry = Entry(name, "A probe", room=ROOM)
        module = ModuleType(entry.module)
        vars(module).update(command=handler, EXAMPLES=("syncengine probe --json",))
        monkeypatch.setitem(sys.modules, ROOM, ModuleType(ROOM))
        monkeypatch.setitem(sys.modules, entry.module, module)
        return run(arguments, clock=lambda: Instant(5), commands=(entry,))

    return call_with


def tell_flags(
    cli: CliContext,
    words: Annotated[list[str] | None, typer.Argument()] = None,
    name: Annotated[str, typer.Option("--name")] = "",
    limit: Annotated[int, typer.Option("--limit")] = 50,
) -> ExitCode:
    """Tell what arrived."""
    flags = cli.flags
    told: dict[str, object] = {"db": flags.db, "quiet": flags.quiet, "verbose": flags.verbose}
    told |= {"words": words or [], "name": name, "limit": limit, "command": cli.command}
    cli.emit("probe", told | {"now": cli.clock(), "no_progress": flags.no_progress})
    return ExitCode.DONE


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    out = capsys.readouterr().out
    assert out.count("\n") == 1, out
    found: dict[str, Any] = json.loads(out)
    assert list(found)[:2] == ["format_version", "kind"]
    return found


# Global options


@pytest.mark.parametrize(
    "line",
    [
        "--db sqlite:///x.db --json -q --no-progress history diff a b",
        "history diff a b --json --quiet --no-progress --db sqlite:///x.db",
        "history --json diff -q a --no-progress b --db=sqlite:///x.db",
        "--json history -q --db sqlite:///x.db diff --no-progress a b",
        "--db sqlite:///old.db history diff a b --json -q --no-progress --db sqlite:///x.db",
    ],
)
def test_global_options_work_anywhere(
    call: Call, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert call(tell_flags, *line.split(), name="history diff") == 0
    found = told(capsys)
    assert found["db"] == "sqlite:///x.db"
    assert (found["quiet"], found["verbose"], found["no_progress"]) == (True, False, True)
    assert found["words"] == ["a", "b"]
    assert found["command"] == "history diff"
    assert found["now"] == 5


def test_option_values_and_what_follows_two_dashes_are_no_options(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tell_flags, "probe", "--name", "--json", "--limit", "7", "--", "--quiet", "--db")
    found = told(capsys)
    assert (found["name"], found["words"], found["limit"]) == ("--json", ["--quiet", "--db"], 7)
    assert (found["quiet"], found["db"]) == (False, None)


def test_of_quiet_and_verbose_the_later_holds(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tell_flags, "-q", "probe", "-v")
    assert told(capsys)["quiet"] is False
    call(tell_flags, "-v", "probe", "-q")
    assert told(capsys)["verbose"] is False


def test_an_empty_db_is_not_the_default_database(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tell_flags, "probe", "--db", "") == 2
    assert "--db" in capsys.readouterr().err


def test_the_database_of_the_option_reaches_the_settings(
    call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(cli: CliContext) -> None:
        """Tell the database."""
        cli.line(cli.settings.database_url)

    monkeypatch.setenv("SYNCENGINE_DATABASE_URL", "sqlite:///environ.db")
    assert call(command, "probe", "--db", "sqlite:///option.db") == 0
    assert capsys.readouterr().out == "sqlite:///option.db\n"


# Help


@pytest.mark.parametrize("line", ["--help", "history --help", "history diff --help", "help help"])
def test_every_help_shows_the_global_options(
    call: Call, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    if line == "help help":
        assert run(line.split()) == 0
    else:
        assert call(tell_flags, *line.split(), name="history diff") == 0
    out = capsys.readouterr().out
    for option in ("--db", "--json", "-q, --quiet", "-v, --verbose", "--no-progress", "--version"):
        assert option in out
    assert out.count("Global options:") == 1


def test_a_commands_help_ends_in_its_examples(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tell_flags, "probe", "--help")
    assert capsys.readouterr().out.endswith("Examples:\n  syncengine probe --json\n")


def test_the_top_help_lists_every_command_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for entry in COMMANDS:
        if len(entry.words) == 1:
            assert f"{entry.about}\n" in out


def test_without_arguments_help_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: syncengine")


def test_help_lists_topics_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    assert "exit-codes" in capsys.readouterr().out
    assert run(["help", "exit-codes"]) == 0
    assert (
        "  7  another run holds the lock (after five seconds of waiting): skip"
        in capsys.readouterr().out
    )
    assert run(["help", "exit-codes", "--json"]) == 0
    assert [each["code"] for each in told(capsys)["exit_codes"]] == [int(code) for code in ExitCode]
    assert run(["help", "settings"]) == 0
    assert "SPOTIFY_DAILY_CALL_BUDGET" in capsys.readouterr().out
    assert run(["help", "times"]) == 0
    assert "latest" in capsys.readouterr().out
    assert run(["help", "nonsense"]) == 2


def test_a_group_runs_its_stand_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = tuple(
        Entry(name, "A probe", stands_in=name.endswith("list"), room=ROOM)
        for name in ("playlists list", "playlists join")
    )
    monkeypatch.setitem(sys.modules, ROOM, ModuleType(ROOM))
    for entry in entries:
        module = ModuleType(entry.module)
        vars(module).update(command=tell_flags, EXAMPLES=())
        monkeypatch.setitem(sys.modules, entry.module, module)
    for line, expected in {
        "playlists": "playlists list",
        "playlists --json": "playlists list",
        "playlists --limit 3 -q": "playlists list",
        "-q playlists list": "playlists list",
        "playlists --json join A B": "playlists join",
    }.items():
        assert run(line.split(), commands=entries) == 0
        assert told(capsys)["command"] == expected


def test_a_mistyped_command_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["histroy"]) == 2
    assert "Did you mean 'history'?" in capsys.readouterr().err


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_that_is_built_fits_the_frame(
    entry: Entry, capsys: pytest.CaptureFixture[str]
) -> None:
    if find_spec(entry.module) is None:
        pytest.skip("not built yet")
    assert run([*entry.words, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Examples:\n  syncengine " in out
    leaf = load(entry)
    names = [option for param in leaf.params for option in (*param.opts, *param.secondary_opts)]
    assert len(names) == len(set(names)), "an option of its own hides a global one"


# The error boundary


def failing(error: BaseException) -> Callable[[CliContext], None]:
    def command(cli: CliContext) -> None:
        """Fail."""
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errors.UserError("no such thing", ["one", "two"]), 1, "no such thing\n  - one\n  - two"),
        (errors.ConfigError("bad settings"), 2, "bad settings"),
        (errors.MassDeletion("too much", lift="--allow-removals"), 3, "--allow-removals"),
        (errors.Locked("another run holds the lock"), 7, "another run"),
        (PermissionError(13, "Permission denied", "/x"), 1, "/x: Permission denied"),
        (KeyError("odd\nkey"), 1, "internal error: KeyError: "),
        (errors.InvariantBroken("cannot be"), 1, "internal error: InvariantBroken: cannot be"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (EOFError(), 2, "question"),
        (RecursionError(), 1, "internal error: RecursionError; please report"),
    ],
)
def test_errors_become_codes_and_sentences(
    call: Call, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    assert call(failing(error), "probe") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert said in err
    assert "Traceback" not in err

    assert call(failing(error), "probe", "--json") == code
    found = told(capsys)
    assert list(found) == ["format_version", "kind", "code", "message", "problems"]
    assert (found["kind"], found["code"]) == ("error", code)
    assert found["problems"] == getattr(error, "problems", [])


@pytest.mark.parametrize(
    "line", ["probe --nonsense --json", "--json nonsense", "probe --limit x --json", "--json"]
)
def test_usage_errors_are_json_too(
    call: Call, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert call(tell_flags, *line.split()) == 2
    assert told(capsys)["code"] == 2


def test_a_usage_error_says_where_help_is(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tell_flags, "history", "diff", "--nonsense", name="history diff") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("Try 'syncengine history diff --help'.\n")


def test_the_traceback_is_for_those_who_ask(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(failing(ValueError("Bearer abcdefghijkl")), "probe", "--verbose") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" in err
    assert "abcdefghijkl" not in err


def test_wrong_settings_end_a_command_before_it_starts(
    call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCENGINE_DATABSE_URL", "x")
    monkeypatch.setenv("NOTION_VERSION", "old")
    assert call(failing(AssertionError("it ran")), "probe", "--json") == 2
    assert len(told(capsys)["problems"]) == 2
    assert call(failing(AssertionError("it ran")), "probe") == 2
    said = capsys.readouterr().err
    assert said.count("SYNCENGINE_DATABSE_URL in the environment") == 1
    assert said.count("NOTION_VERSION in the environment") == 1
    assert run(["help"]) == 0
    assert call(tell_flags, "probe", "--help") == 0
    assert run(["--version"]) == 0


def test_secrets_of_the_settings_are_blotted_out(
    call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTION_TOKEN", "sesame-open")
    call(failing(ValueError("refused sesame-open")), "probe", "--verbose")
    assert "sesame-open" not in capsys.readouterr().err


def test_a_result_is_never_followed_by_a_second_object(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(cli: CliContext) -> None:
        """Emit, then fail."""
        cli.emit("probe", {})
        raise errors.UserError("too late")

    assert call(command, "probe", "--json") == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["kind"] == "probe"
    assert "too late" in err


def test_a_command_returns_its_exit_code(call: Call) -> None:
    def command(cli: CliContext) -> ExitCode:
        """End in part."""
        return ExitCode.PARTIAL

    assert call(command, "probe") == 8


def test_version_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-q", "--version"]) == 0
    assert capsys.readouterr().out == f"syncengine {__version__}\n"
    assert run(["help", "--version", "--json"]) == 0
    assert told(capsys)["version"] == __version__


def test_the_installed_version_is_the_one_we_say() -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        assert version("syncengine") == __version__
    except PackageNotFoundError:
        text = (ROOT / "pyproject.toml").read_text("utf-8")
        assert f'\nversion = "{__version__}"\n' in text
