"""``help``: what a command or a topic is about."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.exits import MEANINGS, ExitCode
from syncengine.errors import UsageError

EXAMPLES = ("syncengine help exit-codes", "syncengine help history diff")

TOPICS = {
    "exit-codes": "what the exit code says, and what a script does about it",
    "settings": "every setting with its default",
    "times": "how to write a moment",
}
_TIMES = """\
A moment (WHEN, FROM, TO) is written as one of
  2026-01-13             a date: the end of that day
  2026-01-13T18:00:00    a date-time; without a zone it is local
  2026-01-13T18:00:00Z   a date-time in UTC, as all output is
  7                      a snapshot: the moment it was taken at
  latest                 the latest observation of all\
"""


def command(
    cli: CliContext,
    context: typer.Context,
    subject: Annotated[
        list[str] | None,
        typer.Argument(metavar="SUBJECT", help="A command or a topic."),
    ] = None,
) -> ExitCode:
    """Explain a command or a topic; without one, list the topics."""
    name = " ".join(subject or ())
    text = "" if name in TOPICS or not name else _usage(context, name)
    match name:
        case "exit-codes":
            _show_exit_codes(cli)
        case "settings":
            _show_settings(cli)
        case _ if cli.json:
            cli.emit("help", {"topic": name, "topics": TOPICS, "text": text or _TIMES})
        case "times":
            _show_lines(cli, _TIMES)
        case "":
            cli.line("Topics, shown by syncengine help TOPIC:")
            _show_pairs(cli, TOPICS)
            cli.line("Commands are listed by syncengine --help.")
        case _:
            _show_lines(cli, text)
    return ExitCode.DONE


def _show_lines(cli: CliContext, text: str) -> None:
    for line in text.splitlines():
        cli.line(line)


def _usage(context: typer.Context, name: str) -> str:
    """Return a command's help. Raises UsageError."""
    at: Any = context.find_root()
    for word in name.split():
        commands = getattr(at.command, "commands", {})
        if word not in commands:
            raise UsageError(f"there is no command and no topic {name!r}", [_choice()])
        at = commands[word].make_context(word, [], parent=at, resilient_parsing=True)
    return str(at.get_help())


def _choice() -> str:
    return f"topics are {', '.join(TOPICS)}; syncengine --help lists the commands"


def _show_exit_codes(cli: CliContext) -> None:
    if cli.json:
        codes = [{"code": int(code), **told._asdict()} for code, told in MEANINGS.items()]
        cli.emit("help", {"topic": "exit-codes", "exit_codes": codes})
        return
    for code, told in MEANINGS.items():
        cli.line(f"{int(code):>3}  {told.meaning}: {told.advice}")
    cli.line("Where several apply, the first of 1, 5, 3, 6, 8, 4, 0 is returned.")


def _show_settings(cli: CliContext) -> None:
    from syncengine.config import VARIABLES

    defaults = {name: variable.default for name, variable in VARIABLES.items()}
    if cli.json:
        cli.emit("help", {"topic": "settings", "settings": defaults})
    else:
        _show_pairs(cli, defaults)


def _show_pairs(cli: CliContext, pairs: dict[str, str]) -> None:
    width = max(map(len, pairs))
    for name, value in pairs.items():
        cli.line(f"  {name:<{width}}  {value}".rstrip())
