"""Asking before something is done that a person may not want."""

from __future__ import annotations

import sys

import typer

from syncengine.cli.context import CliContext
from syncengine.errors import UsageError


def ask(cli: CliContext, question: str, *, yes: bool) -> None:
    """Ask for consent, unless ``yes``.

    Raises UsageError, before any work, where nobody can be asked, and Abort on a no.
    """
    require_somebody(cli, yes=yes)
    if not yes and not typer.confirm(question, err=True):
        raise UsageError("nothing was done")


def require_somebody(cli: CliContext, *, yes: bool) -> None:
    """Raise UsageError where consent will be needed and nobody can be asked."""
    if not yes and (cli.json or not is_somebody_there()):
        raise UsageError(
            "this asks for consent and there is nobody to ask", ["say --yes to consent"]
        )


def is_somebody_there() -> bool:
    """Say whether a question would be read by somebody."""
    return bool(sys.stdin and sys.stdin.isatty())
