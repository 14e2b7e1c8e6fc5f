"""``auth login``: sign in to Spotify, with a browser here or on another machine."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.sign_in_view import sign_in_document, sign_in_line
from syncengine.errors import UsageError, UserError

if TYPE_CHECKING:
    from syncengine.adapters.spotify.login import Login

EXAMPLES = (
    "syncengine auth login",
    "syncengine auth login --no-browser",
    "syncengine auth login --write",
)
_TIMEOUT = 300
_PORTS = range(1, 65536)


def command(
    cli: CliContext,
    write: Annotated[
        bool, typer.Option("--write", help="Also for merge and history restore: change playlists.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open no browser.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", help="Port for a redirect URI registered without one."),
    ] = None,
    timeout: Annotated[
        int, typer.Option("--timeout", metavar="S", help="Seconds to wait for the answer.")
    ] = _TIMEOUT,
) -> None:
    """Sign in to Spotify; without --write to read only.

    Prints an address, opens it where there is a display, and waits until you have agreed. On another
    machine: open the address there, agree, and paste the address at which that browser ends up.
    """
    from syncengine import bootstrap

    if port is not None and port not in _PORTS:
        raise UsageError("--port must be between 1 and 65535")
    if timeout < 1:
        raise UsageError("--timeout must be at least 1")
    sign_in = bootstrap.spotify_sign_in(cli.settings, cli.clock)
    before = sign_in.state().account
    with sign_in.log_in(write=write, port=port) as login:
        _ask(cli, login, write=write, browser=not no_browser)
        login.wait(timeout)
    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    if trouble := bootstrap.learn_account(cli.settings, sign_in, database, cli.clock):
        cli.warn(trouble)
    state = sign_in.state()
    if before and state.account and before != state.account:
        cli.warn(f"before, {before} was signed in; the library now gets what {state.account} has")
    if cli.json:
        cli.emit("sign_in", sign_in_document(state))
    else:
        cli.line(sign_in_line(state))


def _ask(cli: CliContext, login: Login, *, write: bool, browser: bool) -> None:
    """Say what to do, and take what is pasted, while the answer is waited for elsewhere."""
    talk = cli.terminal.write_talk  # also when quiet: without the address nothing can go on
    if login.obstacle:
        cli.warn(login.obstacle)
    talk(f"Open this address, and agree there:\n\n{login.address}\n")
    person = _is_terminal(sys.stdin)
    if person:
        here = "This ends by itself when that browser is on this machine. If it is on another,\n"
        talk(f"{here if login.listens else 'Then '}{_PASTE}")
        if browser and cli.terminal.is_watched and _has_display():
            with suppress(webbrowser.Error):
                webbrowser.open(login.address)
    again = "syncengine auth login --write" if write else "syncengine auth login"
    threading.Thread(target=_read, args=(cli, login, person, again), daemon=True).start()


def _read(cli: CliContext, login: Login, person: bool, again: str) -> None:
    """Take addresses from stdin; without a terminal its end is the end of the waiting."""
    with suppress(OSError, ValueError):  # closed, or no text
        for line in sys.stdin or ():
            try:
                if login.paste(line):
                    return
            except UserError as error:
                if not person:
                    login.give_up(error)
                    return
                cli.warn(str(error))
                continue
            if line.strip() and not person:
                login.give_up(UsageError("what was piped in is no redirect address", [_HOW]))
                return
            if line.strip():
                cli.warn(f"that is not it: {_HOW}")
    if not person:
        login.give_up(
            UsageError(
                "there is no terminal here to sign in at",
                [f"run {again} in a terminal", _LATER.format(again=again)],
            )
        )


_LATER = (
    "or open the address above within the hour and agree there, then pipe the address at which "
    "that browser ends up into {again}"
)
_PASTE = "paste here the address at which the browser ends up, and press Enter:"
_HOW = "it begins with the redirect URI and has code= and state= in it"


def _is_terminal(stream: object) -> bool:
    with suppress(ValueError):  # closed
        return bool(stream and getattr(stream, "isatty", bool)())
    return False


def _has_display() -> bool:
    """Return whether a browser could show itself; else Python would start one in this terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    # What the desktop says, and no setting of ours.
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))  # noqa: TID251
