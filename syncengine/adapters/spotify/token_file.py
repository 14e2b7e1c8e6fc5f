"""The file that holds the sign-in: JSON as spotipy lays it out, with keys of ours and others' beside.

Beside it lie a lock (``….lock``) and, while it is written, a draft (``….draft``); what a killed run
left of a draft, the next write removes. Both are readable by their owner alone, as the file is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from syncengine.errors import SignInNeeded, Transient, UserError

SYSTEM = "Spotify"
LOCK_SECONDS = 90.0
"""How long one waits for another run's refresh: longer than both timeouts of a request together."""
_POLL_SECONDS = 0.02
_OTHERS = 0o077

Document = dict[str, Any]
"""The file's content, as it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """A sign-in; the fields are the file's keys, those after ``token_type`` are ours.

    Times are in seconds since 1970 (UTC). ``authorized_at`` is when the person consented, from which
    the end of the refresh token counts; None in a file that spotipy wrote. ``refused_at`` is when
    Spotify said that it no longer takes the refresh token.
    """

    access_token: str = field(repr=False)
    expires_at: float
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None
    token_type: str = "Bearer"  # noqa: S105 -- a kind, no password
    authorized_at: int | None = None
    client_id: str | None = None
    user_id: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    refused_at: int | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the person allowed."""
        return frozenset((self.scope or "").split())


TOKEN_KEYS = frozenset(each.name for each in fields(Token))


class TokenFile:
    """One token file; where it is a link, what it leads to is written."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        self._lock = self.path.with_name(self.path.name + ".lock")
        self._draft = self.path.with_name(self.path.name + ".draft")

    def read(self) -> Document:
        """Return the content; nothing where there is no file. Raises SignInNeeded if it is damaged."""
        try:
            self._keep_private()
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise needed(f"the token file {self.path} cannot be read ({reason})") from error
        except ValueError:  # not chained: what the parser keeps holds the tokens
            raise self.damaged("it is not JSON") from None
        if not isinstance(content, dict):
            raise self.damaged("it holds no JSON object")
        return content

    def read_or_nothing(self) -> Document:
        """Return the content, and of a damaged file nothing: what is written next replaces it."""
        try:
            return self.read()
        except SignInNeeded:
            return {}

    def token(self, document: Mapping[str, Any]) -> Token | None:
        """Return the sign-in that a content holds, if any. Raises SignInNeeded if it is damaged."""
        if "access_token" not in document:
            return None
        import msgspec

        try:
            return msgspec.convert(dict(document), Token)
        except msgspec.ValidationError as error:
            raise self.damaged(str(error)) from None

    def damaged(self, how: str) -> SignInNeeded:
        """Return the error for a file that cannot be understood."""
        return needed(f"the token file {self.path} is damaged ({how})")

    def write(self, document: Document) -> None:
        """Replace the content, whole or not at all; the caller holds the lock. Raises UserError."""
        try:
            self._write(json.dumps(document, indent=1).encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def remove(self) -> bool:
        """Remove the file; return whether there was one. Raises UserError."""
        try:
            self._draft.unlink(missing_ok=True)
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unwritable(error) from error
        return True

    @contextmanager
    def locked(self, wait: float = LOCK_SECONDS) -> Iterator[None]:
        """Be the only thread of all processes that changes the file while the block runs.

        Waits up to ``wait`` seconds. Raises Transient when another one keeps it longer, and
        UserError where no lock can be.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock, wait, 0o600, poll_interval=_POLL_SECONDS)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except Timeout:
            message = f"another run has kept the token file {self.path} for {wait:g} s"
            raise Transient(message, system=SYSTEM, operation="sign-in") from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, content: bytes) -> None:
        self._draft.unlink(missing_ok=True)
        # Private from the first byte: a later chmod would leave a moment in which others can read.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with open(os.open(self._draft, flags, 0o600), "wb") as stream:  # noqa: PTH123 -- a descriptor
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            self._draft.replace(self.path)
        except OSError:
            with suppress(OSError):
                self._draft.unlink()
            raise
        _sync_folder(self.path.parent)

    def _keep_private(self) -> None:
        """Take from others what a copying tool, or spotipy before 2.25.1, allowed them."""
        mode = self.path.stat().st_mode
        if os.name == "posix" and mode & _OTHERS:
            with suppress(OSError):
                self.path.chmod(mode & 0o700)

    def _unwritable(self, error: OSError) -> UserError:
        reason = error.strerror or type(error).__name__
        return UserError(
            f"the token file {self.path} cannot be written ({reason}): allow it, or name another "
            "place with SPOTIFY_TOKEN_FILE"
        )


def needed(why: str, *, write: bool = False) -> SignInNeeded:
    """Return the error that says why a person has to sign in, and with which command."""
    option = " --write" if write else ""
    return SignInNeeded(
        f"{why}: run syncengine auth login{option}", system=SYSTEM, operation="sign-in"
    )


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk; where folders cannot be opened (Windows) the system does."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
