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
    if yes:
        return
    if cli.json or not sys.stdin or not sys.stdin.isatty():
        raise UsageError(
            "this asks for consent and there is nobody to ask", ["say --yes to consent"]
        )
    if not typer.confirm(question, err=True):
        raise UsageError("nothing was done")
