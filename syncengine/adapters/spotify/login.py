"""One sign-in in progress: the address to open, and the answer, from the browser or pasted.

What the answer will have to match (state, PKCE verifier) is kept in the token file until then, so
that an answer may also be given to a later run: ``syncengine auth login < FILE``.
"""

from __future__ import annotations

import hmac
import queue
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from syncengine.adapters.spotify.accounts import AccountsService, Granted
from syncengine.adapters.spotify.redirect import (
    Answer,
    Listener,
    is_loopback,
    read_answer,
    with_port,
)
from syncengine.adapters.spotify.token_file import TOKEN_KEYS, Document, TokenFile, needed
from syncengine.core.ports import Clock
from syncengine.errors import SyncEngineError, UsageError, UserError

_PENDING = "pending_sign_in"
_PENDING_LIFE = 60 * 60
"""Seconds for which an address that was printed is good."""


@dataclass(frozen=True, slots=True)
class _Pending:
    state: str = field(repr=False)
    verifier: str | None = field(repr=False)
    redirect_uri: str
    scope: str
    client_id: str
    started_at: int


class Login:
    """A sign-in that waits for its answer while it is entered; ``address`` is what a person opens."""

    def __init__(
        self,
        accounts: AccountsService,
        file: TokenFile,
        clock: Clock,
        redirect_uri: str,
        scopes: Iterable[str],
        port: int | None = None,
    ) -> None:
        self._accounts, self._file, self._clock = accounts, file, clock
        self._scope = " ".join(sorted(scopes))
        self._answers: queue.SimpleQueue[Answer | SyncEngineError] = queue.SimpleQueue()
        self._listener: Listener | None = None
        self.obstacle = ""
        """Why nothing listens where the browser will end up, if that is on this machine."""
        self._is_answered = False
        self._redirect_uri = redirect_uri
        if port is not None:
            if not is_loopback(redirect_uri):
                raise UsageError(f"--port is for redirect URIs on 127.0.0.1, not {redirect_uri}")
            self._redirect_uri = with_port(redirect_uri, port)
        self._pending: _Pending | None = None

    def __enter__(self) -> Self:
        try:
            with self._file.locked():
                self._pending = self._begin(self._file.read_or_nothing())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def address(self) -> str:
        """The address of Spotify's consent page."""
        started = self._started()
        return self._accounts.consent_address(
            started.redirect_uri,
            started.scope.split(),
            state=started.state,
            verifier=started.verifier,
        )

    @property
    def listens(self) -> bool:
        """Whether a browser on this machine brings the answer by itself."""
        return self._listener is not None

    def paste(self, text: str) -> bool:
        """Take the redirect address from a person; return whether it is one.

        Raises UserError for that of another sign-in; this one goes on.
        """
        answer = read_answer(text)
        if answer is None:
            return False
        if not self._is_ours(answer):
            raise UserError(
                "the answer belongs to another sign-in (its state is not the one that was sent): "
                "open the address that was printed last"
            )
        self._answers.put(answer)
        return True

    def give_up(self, error: SyncEngineError) -> None:
        """End the waiting with an error, unless an answer is there."""
        if not self._is_answered:
            self._answers.put(error)

    def wait(self, seconds: float) -> None:
        """Wait for the answer, from whichever way it comes first, and keep the sign-in.

        Raises SignInNeeded where the person denied, nothing came, or Spotify takes the code no more.
        """
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            why = f"no answer came from Spotify within {seconds:g} seconds"
            raise needed(why, write=self._writes) from None
        if isinstance(answer, SyncEngineError):
            raise answer
        self._finish(answer)

    def _begin(self, document: Document) -> _Pending:
        """Listen, and keep what the answer will have to match; the caller holds the lock."""
        old = self._still_good(document)
        self._listen(old)
        if old is not None and old.redirect_uri == self._redirect_uri:
            return old
        new = self._new()
        self._file.write(document | {_PENDING: asdict(new)})
        return new

    def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _finish(self, answer: Answer) -> None:
        started = self._started()
        if answer.error or not answer.code:
            self._forget()
            denied = answer.error == "access_denied"
            why = "the sign-in was denied at Spotify" if denied else "Spotify refused the sign-in"
            raise needed(f"{why}; to try again", write=self._writes)
        now = self._clock()
        granted = self._accounts.exchange(answer.code, started.redirect_uri, started.verifier)
        with self._file.locked():
            self._file.write(self._document(self._file.read_or_nothing(), granted, now))

    def _document(self, before: Document, granted: Granted, now: int) -> Document:
        """Return the file's content for a new sign-in; of the old one only others' keys are kept."""
        kept = {key: value for key, value in before.items() if key not in {*TOKEN_KEYS, _PENDING}}
        started = self._started()
        return {
            "access_token": granted.access_token,
            "token_type": granted.token_type,
            "expires_at": int(now + granted.expires_in),
            "refresh_token": granted.refresh_token,
            # RFC 6749, 5.1: an answer without scope grants what was asked.
            "scope": started.scope if granted.scope is None else granted.scope,
            "authorized_at": now,
            "client_id": self._accounts.client_id,
            **kept,
        }

    def _listen(self, old: _Pending | None) -> None:
        """Listen where the answer will come, at the last run's port if any free one will do.

        Where that cannot be, a person can still bring the answer.
        """
        if not is_loopback(self._redirect_uri):
            return
        port = urlsplit(self._redirect_uri).port
        if port is None and old is not None:
            with suppress(UserError):
                self._listener = self._listener_at(urlsplit(old.redirect_uri).port or 0)
        try:
            self._listener = self._listener or self._listener_at(port or 0)
        except UserError as error:
            self.obstacle = str(error)
        else:
            self._redirect_uri = with_port(self._redirect_uri, self._listener.port)

    def _listener_at(self, port: int) -> Listener:
        return Listener(self._redirect_uri, port, is_ours=self._is_ours, hear=self._answers.put)

    def _is_ours(self, answer: Answer) -> bool:
        """Tell whether an answer is to what was asked here: anybody may send a browser to this machine.

        After one that is, nobody gives up: the browser gets its page before the answer is heard.
        """
        pending = self._pending
        if pending is None:
            return False
        same = hmac.compare_digest(answer.state.encode(), pending.state.encode())
        self._is_answered = self._is_answered or same
        return same

    def _new(self) -> _Pending:
        return _Pending(
            secrets.token_urlsafe(24),
            self._accounts.new_verifier(),
            self._redirect_uri,
            self._scope,
            self._accounts.client_id,
            self._clock(),
        )

    def _still_good(self, document: Document) -> _Pending | None:
        """Return a sign-in that an earlier run began for the same, so that its address stays good."""
        import msgspec

        try:
            old = msgspec.convert(document.get(_PENDING), _Pending)
        except msgspec.ValidationError:
            return None
        fits = (
            (old.scope, old.client_id) == (self._scope, self._accounts.client_id)
            and (old.verifier is not None) == self._accounts.uses_pkce
            and _fits(old.redirect_uri, self._redirect_uri)
        )
        return old if fits and 0 <= self._clock() - old.started_at < _PENDING_LIFE else None

    def _forget(self) -> None:
        with self._file.locked():
            document = self._file.read_or_nothing()
            document.pop(_PENDING, None)
            self._file.write(document) if document else self._file.remove()

    def _started(self) -> _Pending:
        if self._pending is None:
            raise UsageError("the sign-in has not begun")
        return self._pending

    @property
    def _writes(self) -> bool:
        return "modify" in self._scope


def _fits(old: str, wanted: str) -> bool:
    """Return whether an earlier redirect URI is the wanted one, where that leaves the port open."""
    loose = is_loopback(wanted) and urlsplit(wanted).port is None
    return with_port(old, None) == wanted if loose else old == wanted
