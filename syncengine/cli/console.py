"""Rich's consoles and progress bars, made careful; imported only when something is to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment

from syncengine.cli.text import safe_lines

_PIPE_WIDTH = 4000
"""Columns in a pipe: wide enough that no table is cut."""


class CarefulConsole(Console):
    """A console on which no text, only a style, can bring forth an escape sequence."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render, with every text made safe."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(safe_lines(segment.text), segment.style)


def make_console(stream: IO[str]) -> Console:
    """Return a console that colours, moves and wraps only when the stream is a terminal."""
    watched = stream.isatty()
    return CarefulConsole(
        file=stream,
        force_terminal=watched,
        width=None if watched else _PIPE_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


class Bar:
    """A bar of one task."""

    def __init__(self, progress: Progress, about: str, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task(about, total=total)

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
        self._progress.advance(self._task, steps)

    def expect(self, total: int) -> None:
        """Say how many steps there will be."""
        self._progress.update(self._task, total=total)

    def describe(self, about: str) -> None:
        """Say what is being done now."""
        self._progress.update(self._task, description=about)


@contextmanager
def show_bar(console: Console, about: str, total: int | None) -> Iterator[Bar]:
    """Show a bar that leaves no trace when it ends."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        yield Bar(progress, about, total)
