"""What a command gets: its flags, its settings, the clock, and the only ways to say something."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from syncengine.cli.text import safe
from syncengine.core.moment import Instant
from syncengine.jobs.watch import NOBODY, Watch

if TYPE_CHECKING:
    from rich.console import RenderableType

    from syncengine.cli.terminal import Terminal
    from syncengine.config import Settings
    from syncengine.core.ports import Clock

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Flags:
    """The global options; ``db`` is a database URL."""

    db: str | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    no_progress: bool = False


def now() -> Instant:
    """Return the present instant."""
    return Instant(int(time.time()))  # noqa: TID251 -- the edge where the clock is handed in


@dataclass(frozen=True)
class CliContext:
    """One invocation; ``command`` is its name, such as ``history diff``."""

    command: str
    flags: Flags
    terminal: Terminal
    clock: Clock

    @cached_property
    def settings(self) -> Settings:
        """The settings, read on first use. Raises ConfigError."""
        from syncengine.config import Settings

        db = self.flags.db
        return Settings.load({} if db is None else {"SYNCENGINE_DATABASE_URL": db})

    @property
    def json(self) -> bool:
        """Whether the result is wanted as JSON, by ``emit`` and nothing else on stdout."""
        return self.flags.json

    def emit(self, kind: str, payload: Mapping[str, object]) -> None:
        """Write the one JSON object of this invocation to stdout."""
        head = {"format_version": FORMAT_VERSION, "kind": kind}
        self.terminal.write_json(head | dict(payload))

    def line(self, text: str = "") -> None:
        """Write one line of the result to stdout; control characters are made visible."""
        self.terminal.write_data(safe(text))

    def show(self, *renderables: RenderableType) -> None:
        """Write rich tables and the like to stdout; imports rich."""
        self.terminal.data.print(*renderables, sep="\n")

    def sparkline(self, values: Sequence[float]) -> str:
        """Return a series as a line of marks that stdout can show, one for each value."""
        from syncengine.cli.sparkline import BLOCKS, sparkline

        return sparkline(values, blocks=self.terminal.can_show(BLOCKS))

    def say(self, text: str) -> None:
        """Write one line of talk to stderr, unless quiet."""
        if not self.flags.quiet:
            self.terminal.write_talk(safe(text))

    def warn(self, text: str) -> None:
        """Write a warning of one line to stderr, also when quiet."""
        self.terminal.write_talk(f"warning: {safe(text)}")

    @contextmanager
    def progress(self, about: str, total: int | None = None) -> Iterator[Watch]:
        """Show steps on stderr while the block runs, where someone watches and did not forbid it."""
        if self.flags.quiet or self.flags.no_progress or not self.terminal.is_watched:
            yield NOBODY
            return
        from syncengine.cli.console import show_bar

        with show_bar(self.terminal.talk, about, total) as bar:
            yield bar


class Draft:
    """The global options as they turn up on the command line, before or after the command."""

    def __init__(self, terminal: Terminal, clock: Clock, *, json: bool = False) -> None:
        self.terminal = terminal
        self.clock = clock
        self.db: str | None = None
        self.json = json
        self.quiet = False
        self.verbose = False
        self.no_progress = False

    def note(self, name: str, value: object) -> None:
        """Keep an option's value; of ``--quiet`` and ``--verbose`` the later one holds."""
        setattr(self, name, value)
        if name in ("quiet", "verbose"):
            setattr(self, "verbose" if name == "quiet" else "quiet", False)

    def open(self, command: str, *, check_settings: bool) -> CliContext:
        """Begin the invocation. Raises ConfigError if the settings are to be checked and are wrong."""
        from syncengine.cli import log

        log.set_up(verbose=self.verbose, quiet=self.quiet)
        flags = Flags(self.db, self.json, self.quiet, self.verbose, self.no_progress)
        cli = CliContext(command, flags, self.terminal, self.clock)
        if check_settings:
            log.hide(cli.settings.secrets())
        return cli
