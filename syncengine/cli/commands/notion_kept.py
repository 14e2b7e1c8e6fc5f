"""``notion kept``: what people wrote in Notion and was decided to stay, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncengine.cli.context import CliContext
from syncengine.cli.plan_view import shown_value
from syncengine.cli.text import counted, safe
from syncengine.errors import NotFound, UsageError

if TYPE_CHECKING:
    from syncengine.jobs.kept import KeptThing

EXAMPLES = ("syncengine notion kept",)


def command(
    cli: CliContext,
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="PAGE", help="Take back what is kept of this page."),
    ] = None,
) -> None:
    """List the values in Notion that stay as people wrote them, by page; or take that back for one.

    What is taken back is compared again the next time Notion is looked at: reconcile --refresh does.
    """
    from syncengine import bootstrap
    from syncengine.bootstrap import notion
    from syncengine.jobs.kept import kept, release_page

    database = bootstrap.open_database(cli.settings, cli.clock, cli.say)
    if release is None:
        with database.reading() as unit:
            found = kept(unit, "notion")
        if cli.json:
            cli.emit("notion-kept", {"kept": [_document(each) for each in found]})
        else:
            _show(cli, found)
        return
    address = notion.page_address(release)
    if address is None:
        raise UsageError(f"{release!r} is no page of Notion: give its URL, or its id of 32 digits")
    with bootstrap.writing(cli.settings, cli.clock, cli.command):
        released = release_page(database.unit, "notion", address, clock=cli.clock)
    if not released:
        raise NotFound(f"{address}: nothing is kept of this page; syncengine notion kept lists all")
    if cli.json:
        cli.emit("notion-kept", {"page": address, "released": released})
    else:
        cli.line(f"{counted(released, 'value')} of this page will be compared again")


def _document(each: KeptThing) -> dict[str, object]:
    return {
        "page": each.address,
        "entity": each.entity,
        "key": each.key,
        "title": each.title,
        "fields": dict(each.fields),
    }


def _show(cli: CliContext, found: list[KeptThing]) -> None:
    for each in found:
        fields = ", ".join(f"{name} {shown_value(value)}" for name, value in each.fields.items())
        cli.line(f"{each.entity or 'page'} {safe(each.title)}  {fields}  ({each.address})")
    if not found:
        cli.line("nothing is kept: no conflict was settled with --conflicts keep-theirs")
