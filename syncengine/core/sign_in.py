"""How a person's sign-in at a service stands."""

from __future__ import annotations

from typing import NamedTuple

from syncengine.core.moment import Instant


class SignInState(NamedTuple):
    """Whether somebody is signed in, what was allowed, and until when.

    ``expires_at`` is None where it is not known. ``problem`` says why nobody is signed in and what
    to do, ``warning`` that this will soon be so; both are sentences, or empty.
    """

    signed_in: bool
    scopes: frozenset[str] = frozenset()
    account: str | None = None
    authorized_at: Instant | None = None
    expires_at: Instant | None = None
    problem: str = ""
    warning: str = ""
