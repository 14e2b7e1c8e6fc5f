"""Exit codes: the contract's table, and which error ends in which."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from syncengine import errors
from syncengine.cli.exits import MEANINGS, ExitCode, code_of, first_of
from tests.shell import Shell

# The contract's order: the first of these that applies is returned.
ORDER = [1, 5, 3, 6, 8, 4, 0]


def test_the_codes_are_those_of_the_contract_and_each_is_explained() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 143]
    assert list(MEANINGS) == list(ExitCode)
    assert all(told.meaning and told.advice for told in MEANINGS.values())


def test_the_manual_and_help_explain_them_in_the_same_words(shell: Shell) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \|$", manual, re.MULTILINE)
    told = [(str(int(code)), each.meaning, each.advice) for code, each in MEANINGS.items()]
    assert [tuple(cell.replace("`", "") for cell in row) for row in rows] == told
    out = shell("help", "exit-codes").out
    assert all(f"{code}  {meaning}: {advice}\n" in out for code, meaning, advice in told)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.ConfigError("x"), 2),
        (errors.UserError("x"), 1),
        (errors.NotFound("x"), 1),
        (errors.MalformedExport("x", file="a.csv"), 1),
        (errors.MassDeletion("x", lift="--allow-removals"), 3),
        (errors.EmptiedSource("x", lift="--allow-removals"), 3),
        (errors.StalePlan("x", lift="--replan"), 3),
        (errors.RemoteError("x", system="Notion", operation="query"), 1),
        (errors.Locked("x"), 7),
        (errors.InvariantBroken("x"), 1),
        (ValueError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_ends_in_the_code_of_its_nearest_kind(error: BaseException, code: int) -> None:
    assert code_of(error) == code


@pytest.mark.parametrize(("name", "code"), [("SignInNeeded", 5), ("TryLater", 6), ("Transient", 6)])
def test_remote_errors_get_their_codes_when_they_arrive(name: str, code: int) -> None:
    """The tree in errors.py draws these; the table must know each as soon as it is a class."""
    kind = getattr(errors, name, None)
    assert kind is None or code_of(kind.__new__(kind)) == code


def test_the_first_of_several_codes_wins() -> None:
    assert first_of([]) == 0
    for first, later in itertools.combinations(ORDER, 2):
        pair = [ExitCode(first), ExitCode(later)]
        assert first_of(pair) == first_of(reversed(pair)) == first


@pytest.mark.parametrize("code", [ExitCode.USAGE, ExitCode.LOCKED, ExitCode.INTERRUPTED])
def test_codes_that_end_everything_are_not_weighed(code: ExitCode) -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        first_of([code, ExitCode.DONE])
