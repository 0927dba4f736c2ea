"""The `intervision` command."""

import typer

from bot.cli_assign import assign
from bot.cli_simulate import simulate

app = typer.Typer(help="Intervision: continuous, anonymised peer supervision.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Continuous, anonymised peer supervision for therapists who treat over the internet."""


app.command()(assign)
app.command()(simulate)


def main() -> None:
    """Entry point of the console script."""
    app()
