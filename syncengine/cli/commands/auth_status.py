"""``auth status``: who is signed in to Spotify, for what, and until when."""

from __future__ import annotations

from syncengine.cli.context import CliContext
from syncengine.cli.exits import ExitCode
from syncengine.cli.sign_in_view import sign_in_document, sign_in_line

EXAMPLES = ("syncengine auth status", "syncengine auth status --json")


def command(cli: CliContext) -> ExitCode:
    """Show who is signed in to Spotify, what was allowed, and when it ends; asks nobody.

    Ends with 5 where nobody is signed in, or no longer.
    """
    from syncengine import bootstrap

    state = bootstrap.sign_in_state(cli.settings, cli.clock)
    if state.warning:
        cli.warn(state.warning)
    if cli.json:
        cli.emit("sign_in", sign_in_document(state))
    else:
        cli.line(sign_in_line(state))
        if state.signed_in:
            cli.line(f"allowed: {', '.join(sorted(state.scopes)) or 'nothing'}")
    return ExitCode.DONE if state.signed_in else ExitCode.SIGN_IN
