"""``auth logout``: forget the Spotify sign-in."""

from __future__ import annotations

from syncengine.cli.context import CliContext

EXAMPLES = ("syncengine auth logout",)


def command(cli: CliContext) -> None:
    """Forget the Spotify sign-in: remove the token file.

    Spotify itself goes on trusting the app until it is removed at https://www.spotify.com/account/apps.
    """
    from syncengine import bootstrap

    removed = bootstrap.sign_out(cli.settings)
    if cli.json:
        cli.emit("sign_out", {"removed": removed})
    elif removed:
        cli.line("signed out: the token file is removed")
    else:
        cli.line("nobody was signed in")
