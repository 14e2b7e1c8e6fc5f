"""A hostile thing beside a good file: the good one is imported, the database stays sound."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from tests.made_exports import songs, write
from tests.shell import Said, Shell

GOOD = "Good.csv"
QUESTIONS = (
    ("status",),
    ("playlists",),
    ("tracks",),
    ("history", "at", "latest"),
    ("history", "at", "latest", "--playlist", "Good"),
    ("history", "diff", "2026-01-10", "latest"),
    ("history", "list"),
    ("reconcile", "--dry-run"),
)


def import_beside(shell: Shell, folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    """Import a folder with a good file in it; return what became of each file, by path.

    Sees that the good file went in, that a second import finds nothing new, and that the database is
    sound.
    """
    write(folder / GOOD, songs(1, 2, 3))
    found, expected = _import(shell, folder, *options)
    assert (found[GOOD]["status"], found[GOOD]["imported"]) == ("imported", 3)
    again, _ = _import(shell, folder, *options)
    for path, file in again.items():
        status = "quarantined" if path in expected else "unchanged"
        assert file["status"] == status, (path, file)
    shell("db", "check")
    return found


def show_everything(shell: Shell) -> list[Said]:
    """Ask every question; no answer may steer a terminal, and all JSON is sound."""
    said = []
    for question in QUESTIONS:
        shell.json(*question)
        said.append(shell(*question))
        for mark in said[-1].out + said[-1].err:
            assert mark == "\n" or unicodedata.category(mark) not in ("Cc", "Cs"), question
            assert mark not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", question
    return said


def _import(
    shell: Shell, folder: Path, *options: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    said = shell.any("--json", "import-csv", folder, *options)
    found = {file["path"]: file for file in json.loads(said.out)["files"]}
    aside = refusals(found)
    assert said.code == (8 if aside else 0), said
    return found, aside


def refusals(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return why files were set aside, by path."""
    return {
        path: "; ".join(file["warnings"])
        for path, file in found.items()
        if file["status"] == "quarantined"
    }
