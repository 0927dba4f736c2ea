"""The `intervision` command. Heavy parts are imported by the commands that need them, so that `--help` is quick."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from bot import private_files
from bot.cli.admin import admin
from bot.cli.anonymise import anonymise
from bot.cli.anonymity import anonymity
from bot.cli.assign import assign
from bot.cli.audit import audit, purge
from bot.cli.backup import backup, drill, restore
from bot.cli.clock import clock
from bot.cli.common import command_group
from bot.cli.keys import keys
from bot.cli.manifest import manifest
from bot.cli.new import new
from bot.cli.outbox import outbox
from bot.cli.privacy import privacy
from bot.cli.reports import export, report, verify_log
from bot.cli.serve import check, demo, migrate, serve
from bot.cli.simulate import simulate
from bot.cli.soak import soak
from bot.cli.status import status
from bot.cli.understand import understand
from bot.cli.worksheet import worksheet
from bot.errors import SetupError
from bot.ports.unit_of_work import StoreUnavailable
from bot.runtime import sandbox

app = command_group("Intervision: continuous, anonymised peer supervision.")


def _version(asked: bool) -> None:
    if asked:
        from bot.runtime.system import release

        print(f"intervision {release()}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is and exit.")
    ] = False,
) -> None:
    """Continuous, anonymised peer supervision for therapists in internet treatment."""
    if context.invoked_subcommand != "new":  # whose files are a developer's
        private_files.by_default()
        sandbox.not_dumpable()


for command in (
    demo,
    serve,
    status,
    migrate,
    check,
    manifest,
    anonymise,
    assign,
    simulate,
    purge,
    backup,
    restore,
    drill,
    soak,
):
    app.command()(command)
app.command()(export)
app.command()(report)
app.command()(anonymity)
app.command()(understand)
app.command("verify-log")(verify_log)
app.add_typer(admin, name="admin")
app.add_typer(keys, name="keys")
app.add_typer(outbox, name="outbox")
app.add_typer(clock, name="clock")
app.add_typer(audit, name="audit")
app.add_typer(privacy, name="privacy")
app.add_typer(worksheet, name="worksheet")
app.add_typer(new, name="new")


def main() -> None:
    """Entry point: a set-up mistake is told in its own sentence and ends with code 2, never with a traceback."""
    try:
        app()
    except SetupError as mistake:
        print(f"intervision: {mistake}", file=sys.stderr)
        sys.exit(2)
    except StoreUnavailable as unavailable:
        _end(str(unavailable))
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "sqlalchemy":  # imported by those commands only that need it
            raise
        from storage.store import why

        _end(why(getattr(error, "orig", None) or error))


def _end(reason: str) -> NoReturn:
    print(f"intervision: The database cannot be used now: {reason}. Nothing was changed.", file=sys.stderr)
    sys.exit(2)
