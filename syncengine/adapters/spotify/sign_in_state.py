"""What the token file says about the sign-in, without asking Spotify and without importing spotipy."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from pathlib import Path

from syncengine.adapters.spotify.token_file import Token, TokenFile, needed
from syncengine.core.moment import Instant, from_datetime, to_datetime, to_iso
from syncengine.core.sign_in import SignInState
from syncengine.errors import SignInNeeded

READ_SCOPES = frozenset(
    {"user-library-read", "playlist-read-private", "playlist-read-collaborative"}
)
WRITE_SCOPES = frozenset({"playlist-modify-public", "playlist-modify-private"})
"""Asked for by ``auth login --write`` alone: nothing but ``merge`` and ``history restore`` writes."""
WARN_DAYS = 30
_LIFE_MONTHS = 6
_DAY = 24 * 60 * 60


def sign_in_state(path: Path, now: Instant) -> SignInState:
    """Return how the sign-in in a token file stands at a moment."""
    file = TokenFile(path)
    try:
        token = sound_token(file)
    except SignInNeeded as error:
        return _nobody(file, str(error))
    account = token.account_name or token.user_id
    end = end_of(token)
    made = SignInState(True, token.scopes, account, _instant(token.authorized_at), end)
    if end is not None and now >= end:
        return made._replace(signed_in=False, problem=str(ended(token)))
    return made._replace(warning=_warning(token, now))


def sound_token(file: TokenFile) -> Token:
    """Return the sign-in in a file. Raises SignInNeeded where there is none that may still be good."""
    token = file.token(file.read())
    if token is None:
        raise needed("nobody is signed in to Spotify")
    if token.refused_at is not None:
        raise ended(token)
    return token


def ended(token: Token) -> SignInNeeded:
    """Return the error for a sign-in that Spotify no longer takes, or will not after its end."""
    write = _writes(token)
    end = end_of(token)
    if end is None or (token.refused_at is not None and token.refused_at < end - _DAY):
        return needed(
            "Spotify no longer takes the sign-in (it was taken back, or its six months are over)",
            write=write,
        )
    return needed(f"the Spotify sign-in ended on {_date(end)}, after six months", write=write)


def end_of(token: Token) -> Instant | None:
    """Return when the refresh token ends; None where the file does not say when it began.

    Six months after the person consented, and refreshing does not extend it (Spotify's blog,
    2026-06-18).
    """
    if token.authorized_at is None:
        return None
    begun = to_datetime(Instant(token.authorized_at))
    years, month = divmod(begun.month - 1 + _LIFE_MONTHS, 12)
    year, month = begun.year + years, month + 1
    day = min(begun.day, monthrange(year, month)[1])
    return from_datetime(begun.replace(year=year, month=month, day=day))


def require_scopes(token: Token, scopes: Iterable[str]) -> None:
    """Raise SignInNeeded, with the command that helps, where the person did not allow all of these."""
    missing = sorted(frozenset(scopes) - token.scopes)
    if missing:
        write = bool((token.scopes | frozenset(missing)) & WRITE_SCOPES)
        raise needed(f"this needs a permission not yet given ({', '.join(missing)})", write=write)


def _nobody(file: TokenFile, problem: str) -> SignInState:
    """Return the state without a sign-in, with what is still known of the last one."""
    try:
        token = file.token(file.read())
    except SignInNeeded:
        token = None
    if token is None:
        return SignInState(False, problem=problem)
    known = SignInState(False, token.scopes, token.account_name, problem=problem)
    return known._replace(
        authorized_at=_instant(token.authorized_at), expires_at=_instant(end_of(token))
    )


def _warning(token: Token, now: Instant) -> str:
    end = end_of(token)
    if end is None or now < end - WARN_DAYS * _DAY:
        return ""
    days = (end - now) // _DAY
    when = f"in {days} days" if days > 1 else "within two days" if days else "within a day"
    return str(needed(f"the Spotify sign-in ends {when}, on {_date(end)}", write=_writes(token)))


def _writes(token: Token) -> bool:
    return bool(token.scopes & WRITE_SCOPES)


def _instant(at: int | None) -> Instant | None:
    return None if at is None else Instant(at)


def _date(at: Instant) -> str:
    return to_iso(at)[:10]
