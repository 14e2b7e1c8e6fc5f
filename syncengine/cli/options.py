"""The options that every command has, before and after its name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

import typer
import typer.main

from syncengine import __version__
from syncengine.cli.context import Draft


def _note(ctx: typer.Context, param: typer.CallbackParam, value: object) -> object:
    if value not in (None, False) and isinstance(ctx.obj, Draft):
        ctx.obj.note(str(param.name), value)
    return value


def _note_db(ctx: typer.Context, param: typer.CallbackParam, value: str | None) -> str | None:
    if (
        value is not None and not value.strip()
    ):  # `--db "$UNSET"` must not mean the default database
        raise typer.BadParameter("must not be empty")
    _note(ctx, param, value)
    return value


def _show_version(ctx: typer.Context, value: bool) -> None:
    if not value or not isinstance(ctx.obj, Draft):
        return
    if ctx.obj.json:
        ctx.obj.terminal.write_json(
            {"format_version": 1, "kind": "version", "version": __version__}
        )
    else:
        ctx.obj.terminal.write_data(f"syncengine {__version__}")
    raise typer.Exit


def global_options(
    db: Annotated[
        str | None,
        typer.Option(
            "--db", metavar="URL", help="The database.", callback=_note_db, expose_value=False
        ),
    ] = None,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print the result as JSON.", callback=_note, expose_value=False
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Only warnings and errors.", callback=_note, expose_value=False
        ),
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show the log.", callback=_note, expose_value=False),
    ] = False,
    no_progress: Annotated[
        bool,
        typer.Option("--no-progress", help="No progress bars.", callback=_note, expose_value=False),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            callback=_show_version,
            is_eager=True,
            expose_value=False,
        ),
    ] = False,
) -> None:
    """Declare the options that every command has; their callbacks keep the values."""


class _Plain:
    """Takes the values that need no conversion; Typer's own converter needs 65 ms for its import."""

    def coerce(self, value: object, param: Any, ctx: Any) -> object:
        """Return the value as the command wants it."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        wanted = param.type_descriptor.annotation
        if param.type_descriptor.parameter_info.parser is None:
            is_default = isinstance(wanted, type) and value is param.default
            if (is_default and isinstance(value, wanted)) or (wanted is str and type(value) is str):
                return value
            if wanted == list[str] and isinstance(value, list | tuple):
                return value
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def lighten(params: Iterable[Any]) -> list[Any]:
    """Keep pydantic from being imported for values that are texts, flags or defaults.

    Should Typer forget the attribute, this has no effect but that start-up is slower again.
    """
    found = list(params)
    for param in found:
        param._runtime_param = _Plain()
    return found


@cache
def global_params() -> tuple[Any, ...]:
    """Return the global options as Typer has them, the same objects at every call."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(global_options)
    return tuple(typer.main.get_command(app).params)
