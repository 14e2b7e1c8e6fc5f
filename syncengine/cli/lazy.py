"""Typer's commands, built when they are called, each with the global options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from syncengine.cli.context import Draft
from syncengine.cli.options import global_params, lighten
from syncengine.cli.registry import Entry

Handler = Callable[..., Any]
# Typer's own context, option and formatter types are private; Any stands for them in overrides.


def _write_options(command: Any, ctx: Any, formatter: Any) -> None:
    """Write arguments, options and global options as three sections."""
    shared = set(map(id, global_params()))
    sections: dict[str, list[tuple[str, str]]] = {
        "Arguments": [],
        "Options": [],
        "Global options": [],
    }
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None:
            continue
        if param.param_type_name == "argument":
            sections["Arguments"].append(record)
        else:
            sections["Global options" if id(param) in shared else "Options"].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


class LeafCommand(TyperCommand):
    """A command that is loaded; ``examples`` close its help."""

    examples: tuple[str, ...] = ()

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, ``--help`` included."""
        return lighten(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, the global ones apart."""
        _write_options(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they are."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class LazyCommand(TyperCommand):
    """A name and a line of help, until it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.words[-1], help=entry.about, rich_markup_mode=None)
        self._entry = entry

    @cached_property
    def loaded(self) -> LeafCommand:
        """The real command. Raises ImportError if its module is broken."""
        return load(self._entry)

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Begin the real command."""
        return self.loaded.make_context(info_name, args, parent=parent, **extra)


class CommandGroup(TyperGroup):
    """Commands under one word; ``stand_in`` names the one that runs without a further word."""

    stand_in: str | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, with the stand-in's name put in front where no command is named."""
        named = any(arg in self.commands or arg in ctx.help_option_names for arg in args)
        if self.stand_in and not named:
            args = [self.stand_in, *args]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, ``--help`` included."""
        return lighten(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, the global ones apart, and the commands."""
        self.format_commands(ctx, formatter)
        _write_options(self, ctx, formatter)


def load(entry: Entry) -> LeafCommand:
    """Import a command's module and build the command with all its options."""
    module = import_module(entry.module)
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(entry.words[-1], cls=LeafCommand)(
        _with_context(getattr(module, entry.attribute), entry)
    )
    leaf = typer.main.get_command(app)
    if not isinstance(leaf, LeafCommand):
        raise TypeError(f"{entry.module} makes no command")
    leaf.params.extend(global_params())
    leaf.examples = tuple(module.EXAMPLES)
    return leaf


def _with_context(handler: Handler, entry: Entry) -> Handler:
    """Return what Typer calls: it opens the invocation and hands it over as first argument.

    A parameter annotated ``typer.Context`` gets Typer's own.
    """
    signature = inspect.signature(handler, eval_str=True)
    _, *own = signature.parameters.values()
    wanted = [param.name for param in own if param.annotation is typer.Context]

    def call(typer_context: typer.Context, **given: object) -> object:
        draft: Draft = typer_context.obj
        cli = draft.open(entry.name, check_settings=entry.check_settings)
        return handler(cli, **given, **dict.fromkeys(wanted, typer_context))

    first = inspect.Parameter(
        "typer_context", inspect.Parameter.POSITIONAL_ONLY, annotation=typer.Context
    )
    shown = [param for param in own if param.name not in wanted]
    call.__doc__ = handler.__doc__
    call.__annotations__ = {param.name: param.annotation for param in (first, *shown)}
    vars(call)["__signature__"] = signature.replace(parameters=[first, *shown])
    return call


def build(entries: Iterable[Entry], groups: dict[str, str], about: str) -> CommandGroup:
    """Return the tree of all commands, of which none is loaded."""
    app = typer.Typer(cls=CommandGroup, help=about, rich_markup_mode=None)
    app.callback()(_nothing)
    root = typer.main.get_command(app)
    if not isinstance(root, CommandGroup):
        raise TypeError("the root makes no group")
    root.params = [*global_params(), *root.params]
    for entry in entries:
        group = root
        if len(entry.words) > 1:
            group = _group(root, entry.words[0], groups)
        group.add_command(LazyCommand(entry))
        if entry.stands_in:
            group.stand_in = entry.words[-1]
    return root


def _group(root: CommandGroup, word: str, groups: dict[str, str]) -> CommandGroup:
    group = root.commands.get(word)
    if not isinstance(group, CommandGroup):
        params = list(global_params())
        group = CommandGroup(name=word, help=groups[word], params=params, rich_markup_mode=None)
        root.add_command(group)
    return group


def _nothing() -> None:
    """Do nothing: the options' callbacks have done it."""
