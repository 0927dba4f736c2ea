"""`intervision soak`: kills under load against a copy of this installation."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot.cli.common import ConfigOption, run_async
from bot.errors import SetupError


def soak(
    config: ConfigOption = None,
    kills: Annotated[int, typer.Option(min=1, help="How often a program is killed without a word (SIGKILL).")] = 20,
    messages: Annotated[int, typer.Option(min=1, help="Messages that are owed, spread over the kills.")] = 400,
    replicas: Annotated[int, typer.Option(min=1, max=9, help="Programs at work; several need PostgreSQL.")] = 1,
    into: Annotated[
        str, typer.Option("--into", metavar="URL", help="An empty database for the copy; else a file that is deleted.")
    ] = "",
    blind: Annotated[
        bool, typer.Option("--blind", help="The receiver cannot be asked what it has, as Slack by default and Teams.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Which kills; the same seed kills in the same order.")] = 1,
) -> None:
    """Copy the database, send to the copy's people through a stand-in, kill the programs, count what arrived.

    Nothing of it leaves this machine, and only the copy is changed; exit code 1 when a message was lost or doubled.
    """
    from bot.config import load
    from bot.soak.run import Plan
    from bot.soak.run import soak as play

    settings = load(config)
    if not settings.adapters:
        raise SetupError("No platform is configured, so nobody would be written to: see [adapters].")
    with TemporaryDirectory(prefix="intervision-soak-") as folder:
        plan = Plan(kills, messages, replicas, not blind, seed)
        found = run_async(play(settings, config, Path(folder), into, plan, print))
    print(f"{kills} kills, {found.owed} messages owed to {found.people} people in {found.seconds:.0f} s:")
    print(f"{found.lost} lost, {found.doubled} doubled, {found.again} came again and said so.")
    sys.exit(1 if found.lost or found.doubled else 0)
