"""The `intervision` command."""

import typer

app = typer.Typer(help="Intervision: continuous, anonymised peer supervision.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Continuous, anonymised peer supervision for therapists who treat over the internet."""


def main() -> None:
    """Entry point of the console script."""
    app()
