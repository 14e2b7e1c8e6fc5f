"""stdout for data, stderr for talk, and no raw control character on either."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from syncengine.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_LINES = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\ud800-\udfff]")
_PICTURES = 0x2400
"""Where Unicode's pictures of the control characters begin."""


def _shown(found: re.Match[str]) -> str:
    mark = found[0]
    if mark in "\t\u2028\u2029":
        return " "
    if "\u202a" <= mark <= "\u2069":
        return ""  # changes of writing direction would spoil the rest of the line
    if mark < " ":
        return chr(_PICTURES + ord(mark))
    return "␡" if mark == "\x7f" else "\ufffd"


def safe(text: str) -> str:
    """Return a text of the library as one line that cannot steer a terminal."""
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


def safe_lines(text: str) -> str:
    """Return a text that cannot steer a terminal, its line ends kept."""
    return text if text.isprintable() else _UNSAFE_IN_LINES.sub(_shown, text)


def to_json(content: Mapping[str, object]) -> bytes:
    """Return one JSON object in UTF-8 and a line end.

    Paths become texts. Lone surrogates (odd file names) and C1 controls are written as escapes.
    Raises TypeError for a value that JSON cannot hold and ValueError for NaN.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=_plain)
    escaped = _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return escaped.encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, PurePath):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


class Terminal:
    """The two streams of one run; ``emitted`` says that the one JSON object is out."""

    def __init__(self) -> None:
        self.emitted = False
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
        if self.emitted:
            raise AssertionError("one JSON object per run")
        self.emitted = True
        if sys.stdout is not None:
            with _taken():
                sys.stdout.flush()
                sys.stdout.buffer.write(encoded)

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
