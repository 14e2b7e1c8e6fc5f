"""The command line for tests: in this process, with a clock that the test holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from syncengine.cli.app import run
from syncengine.core.moment import Instant
from tests.builders import NOW

SAMPLE = Path(__file__).parents[1] / "syncengine" / "sample"
FIRST, SECOND = SAMPLE / "2026-01-04", SAMPLE / "2026-02-15"
FIRST_AT, SECOND_AT = "2026-01-04T18:00:00Z", "2026-02-15T18:00:00Z"


class Said(NamedTuple):
    """What one run wrote."""

    out: str
    err: str
    code: int = 0


class Shell:
    """Runs commands on one database; ``now`` is what its clock says."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.now: Instant = NOW
        self._capsys = capsys

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def __call__(self, *arguments: object, code: int = 0) -> Said:
        """Run a command, see that it ends with the code, and return what it said."""
        said = self.any(*arguments)
        assert said.code == code, said
        return said

    def any(self, *arguments: object) -> Said:
        """Run a command that may end as it likes, but not with an error of ours."""
        self._capsys.readouterr()
        given = [str(each) for each in arguments]
        ended = run(["--db", self.url, *given], clock=lambda: self.now)
        said = Said(*self._capsys.readouterr(), ended)
        assert "Traceback" not in said.err
        assert "internal error" not in said.out + said.err
        return said

    def json(self, *arguments: object, code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json`` and return its one object."""
        out = self("--json", *arguments, code=code).out
        assert out.count("\n") == 1
        found: dict[str, Any] = json.loads(out)
        assert list(found)[:2] == ["format_version", "kind"]
        assert found["format_version"] == 1
        return found

    def error(self, *arguments: object, code: int = 1) -> str:
        """Run a command that must fail; return its one sentence, which text and JSON share."""
        said = self(*arguments, code=code)
        assert said.out == ""
        told = self.json(*arguments, code=code)
        assert (told["kind"], told["code"]) == ("error", code)
        assert isinstance(told["problems"], list)
        message = str(told["message"])
        assert "\n" not in message
        assert f"error: {message}" in said.err
        return message

    def import_sample(self) -> None:
        """Import both of the sample's exports, each at its time."""
        self("import-csv", FIRST, "--taken-at", FIRST_AT)
        self("import-csv", SECOND, "--taken-at", SECOND_AT)

    def entries(self, playlist: str, when: str = "latest") -> list[str]:
        """Return the URIs of a playlist in order."""
        found = self.json("history", "at", when, "--playlist", playlist)["playlists"]
        return [entry["uri"] for each in found for entry in each["entries"]]

    def library(self, when: str = "latest") -> dict[str, list[dict[str, Any]]]:
        """Return every playlist's entries by key at a moment."""
        found = self.json("history", "at", when)["playlists"]
        return {each["key"]: each["entries"] for each in found}
