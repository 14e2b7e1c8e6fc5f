"""stdout for data, stderr for talk, and no raw control character on either."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import IO, TYPE_CHECKING

from syncengine.cli.text import safe_lines, to_json
from syncengine.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console


class Terminal:
    """The two streams of one run; ``emitted`` is the one JSON object, once it is out.

    It is kept, because the process ends without taking apart what is left.
    """

    def __init__(self) -> None:
        self.emitted: Mapping[str, object] | None = None
        for stream in (sys.stdout, sys.stderr):
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(
                    errors="backslashreplace"
                )  # a locale that is not UTF-8 must not fail us

    @cached_property
    def data(self) -> Console:
        """The console for results that are more than lines; as wide as need be in a pipe."""
        from syncengine.cli.console import make_console

        return make_console(sys.stdout)

    @cached_property
    def talk(self) -> Console:
        """The console for progress."""
        from syncengine.cli.console import make_console

        return make_console(sys.stderr)

    @property
    def is_watched(self) -> bool:
        """Whether a person can see stderr move."""
        return _is_terminal(sys.stderr)

    def can_show(self, text: str) -> bool:
        """Tell whether stdout's encoding has all marks of a text."""
        try:
            text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def write_data(self, text: str) -> None:
        """Write lines to stdout. Raises UserError where it cannot take them."""
        if sys.stdout is not None:
            with _taken():
                sys.stdout.write(safe_lines(text) + "\n")

    def write_talk(self, text: str) -> None:
        """Write lines to stderr; nobody listening is no error."""
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(safe_lines(text) + "\n")
                sys.stderr.flush()

    def write_json(self, content: Mapping[str, object]) -> None:
        """Write the one object of this run to stdout. Raises UserError where it cannot take it."""
        encoded = to_json(content)
        if self.emitted is not None:
            raise AssertionError("one JSON object per run")
        self.emitted = content
        if sys.stdout is not None:
            with _taken():
                sys.stdout.flush()
                sys.stdout.buffer.write(encoded)

    def write_bytes(self, content: bytes) -> None:
        """Write a file's bytes to stdout as they are. Raises UserError where it cannot take them."""
        if sys.stdout is not None:
            with _taken():
                sys.stdout.flush()
                sys.stdout.buffer.write(content)

    def flush(self) -> None:
        """Bring everything out. Raises UserError where stdout cannot take it."""
        if sys.stdout is not None:
            with _taken():
                sys.stdout.flush()

    def hang_up(self) -> None:
        """Send what is left for stdout nowhere: its reader has gone (``| head``)."""
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


@contextmanager
def _taken() -> Iterator[None]:
    """Tell a full disk from an error of ours; a reader that has gone is the boundary's business."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(f"the result cannot be written: {error.strerror or error}") from error


def _is_terminal(stream: IO[str] | None) -> bool:
    with suppress(ValueError):  # a closed stream
        return stream is not None and stream.isatty()
    return False
