"""Logging to stderr by verbosity, with every secret blotted out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from contextlib import suppress

from syncengine.cli.text import safe_lines

_BLOT = "***"
_MARKED = re.compile(
    r"((?:\b(?:bearer|basic)\s+|\b(?:access_token|refresh_token|client_secret|code_verifier)[\"']?\s*[=:]\s*[\"']?"
    r"|[?&]code=))[\w.~+/=-]{8,}",
    re.IGNORECASE,
)
_NOTION = re.compile(r"\b(ntn|secret)_\w{8,}")
_PASSWORD = re.compile(r"(\w://[^\s/:@]*:)[^\s/@]+(?=@)")
_POOL = "sqlalchemy.pool"
_WIRE = ("spotipy", "urllib3")
"""Whatever these have to say is said again by our own errors, in words for the person."""
_SHORTEST_SECRET = 4
"""Shorter ones would blot out ordinary words."""
_secrets: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """Blot these values out from now on."""
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def redact(text: str) -> str:
    """Return a text without secrets: those of the settings, tokens, passwords in addresses."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, _BLOT)
    text = _NOTION.sub(rf"\1_{_BLOT}", _MARKED.sub(rf"\1{_BLOT}", text))
    return _PASSWORD.sub(rf"\1{_BLOT}", text)


class RedactingFormatter(logging.Formatter):
    """Formats as usual and redacts the whole, arguments and tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished lines."""
        return redact(safe_lines(super().format(record)))


class _StderrHandler(logging.Handler):
    """Writes to what stderr is now: a progress bar puts itself in between while it moves."""

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(line + "\n")


def set_up(*, verbose: bool, quiet: bool) -> None:
    """Send the log to stderr: warnings and worse, all of ours if verbose, errors only if quiet."""
    handler = _StderrHandler()
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each, _StderrHandler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    level = logging.ERROR if quiet else logging.WARNING
    root.setLevel(level)
    logging.getLogger("syncengine").setLevel(logging.DEBUG if verbose else level)
    # A signal that comes while a connection closes is told by our own boundary, not by a traceback.
    logging.getLogger(_POOL).setLevel(level if verbose else logging.CRITICAL)
    for name in _WIRE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def trace(error: BaseException) -> None:
    """Log where an error came from, for those who look: at level DEBUG."""
    logging.getLogger("syncengine").debug("traceback", exc_info=error)
