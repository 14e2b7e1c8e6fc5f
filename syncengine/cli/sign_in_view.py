"""A sign-in as a line, and as JSON."""

from __future__ import annotations

from syncengine.core.moment import to_iso
from syncengine.core.sign_in import SignInState


def sign_in_document(state: SignInState) -> dict[str, object]:
    """Return a sign-in as commands with ``--json`` show it."""
    at, end = state.authorized_at, state.expires_at
    return {
        "signed_in": state.signed_in,
        "account": state.account,
        "scopes": sorted(state.scopes),
        "authorized_at": None if at is None else to_iso(at),
        "expires_at": None if end is None else to_iso(end),
        "problem": state.problem or None,
        "warning": state.warning or None,
    }


def sign_in_line(state: SignInState) -> str:
    """Return a sign-in as one line."""
    if not state.signed_in:
        return state.problem
    who = f" as {state.account}" if state.account else ""
    if state.expires_at is None:
        return f"signed in{who}; when that ends is not known, because another tool wrote the file"
    return f"signed in{who} until {to_iso(state.expires_at)}"
