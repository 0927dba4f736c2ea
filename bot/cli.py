"""The `intervision` command. Heavy parts are imported by the commands that need them, so that `--help` is quick."""

from __future__ import annotations

import sys

from bot.cli_admin import admin
from bot.cli_anonymise import anonymise
from bot.cli_assign import assign
from bot.cli_backup import backup, restore
from bot.cli_common import command_group
from bot.cli_keys import keys
from bot.cli_manifest import manifest
from bot.cli_privacy import privacy
from bot.cli_reports import export, report, verify_log
from bot.cli_serve import check, demo, migrate, serve
from bot.cli_simulate import simulate
from bot.cli_status import status
from bot.cli_trust import audit, purge
from bot.errors import SetupError

app = command_group("Intervision: continuous, anonymised peer supervision.")


@app.callback()
def root() -> None:
    """Continuous, anonymised peer supervision for therapists who treat over the internet."""


for command in (demo, serve, status, migrate, check, manifest, anonymise, assign, simulate, purge, backup, restore):
    app.command()(command)
app.command()(export)
app.command()(report)
app.command("verify-log")(verify_log)
app.add_typer(admin, name="admin")
app.add_typer(keys, name="keys")
app.add_typer(audit, name="audit")
app.add_typer(privacy, name="privacy")


def main() -> None:
    """Entry point: a set-up mistake is told in its own sentence and ends with code 2, never with a traceback."""
    try:
        app()
    except SetupError as mistake:
        print(f"intervision: {mistake}", file=sys.stderr)
        sys.exit(2)
