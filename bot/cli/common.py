"""What the commands of the shell share: options, the look of their help, and one event loop a command.

Every part of the command line is imported for every command, so that nothing here imports more than typer:
help uses no rich markup: rendering it doubles the start-up time.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

T = TypeVar("T")
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="INTERVISION_CONFIG", help="The TOML file; without it the defaults hold."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
AskerOption = Annotated[
    str,
    typer.Option("--as", help="Who asks, an administrator or officer; where the rules want a second person."),
]
OrgOption = Annotated[str, typer.Option("--org", help="The organisation's id; not needed when there is only one.")]


class _Commands(TyperGroup):
    """Lists its commands with their whole sentence instead of one cut to fit the line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        listed = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in listed if command])


def command_group(help: str) -> typer.Typer:
    """An empty group of commands; mistakes of ours are told by `bot.cli.main`, not drawn by typer."""
    return typer.Typer(
        help=help, cls=_Commands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part to its end."""
    import asyncio

    return asyncio.run(work)


def login() -> str:
    """The account behind the shell, also behind sudo; empty where the system knows none."""
    try:
        return (os.environ.get("SUDO_USER") or getpass.getuser())[:64]
    except (KeyError, OSError):
        return ""


async def note_in_trails(config: Path | None, what: str, **detail: str) -> None:
    """A line in the trail of every organisation about what was done to the installation."""
    from bot.admin.installation import note
    from bot.config import load
    from bot.main import build
    from bot.ports.records import Audited

    app = await build(load(config))
    try:
        await note(app.store, app.clock, Audited(what), login(), **detail)
    finally:
        await app.store.close()
