"""`intervision new`: writes what a new command, notice, platform or rule set needs, in the clone where it is typed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import command_group

if TYPE_CHECKING:
    from bot.scaffold.changes import Changes

new = command_group("For developers: write the files of a new command, notice, platform or rule set. In a clone only.")

Title = Annotated[str, typer.Option(help="What people read: its name or heading, in a few words.")]
Ring = Annotated[str, typer.Option(help="Why a person is told: asks, awaited, frees or state.")]


@new.command("command")
def new_command(name: str, title: Title = "A new command") -> None:
    """A typed command for therapists: its folder, row, words in six languages, and test."""
    from bot.scaffold.command import add_command

    changes = _changes()
    add_command(changes, name, title)
    _finish(changes, f"tests/app/test_{name}.py", "translate its words")


@new.command("notice")
def new_notice(name: str, title: Title = "Something is new", ring: Ring = "awaited") -> None:
    """A message of title and text: its row, words in six languages, and test."""
    from bot.scaffold.notice import add_notice

    changes = _changes()
    add_notice(changes, name, title, ring)
    _finish(
        changes,
        f"tests/app/test_{name}_notice.py",
        f'translate its words; a step sends it by tell(person, "{name}", subject)',
    )


@new.command("platform")
def new_platform(name: str, title: Title = "A new platform") -> None:
    """An adapter that keeps its messages in memory, with its kit for the sending contract."""
    from bot.scaffold.platform import add_platform

    changes = _changes()
    add_platform(changes, name, title)
    _finish(
        changes,
        f"tests/contract/test_sending.py -k {name}",
        "write send, and a stand-in that is as strict as the real service",
    )


@new.command("rule-set")
def new_rule_set(name: str, title: Title = "A professional body") -> None:
    """A rule set of a professional body, counting everything until its rules are written."""
    from bot.runtime.system import SystemClock
    from bot.scaffold.rule_set import add_rule_set

    changes = _changes()
    add_rule_set(changes, name, title, f"{SystemClock().now():%Y-%m-%d}")
    _finish(
        changes,
        "tests/unit/reports/test_rule_sets.py",
        "name its source and write its rules, with a hard year in tests/unit/reports",
    )


def _changes() -> Changes:
    """The clone in whose top folder this is typed."""
    from bot.scaffold.changes import Changes

    return Changes(Path())


def _finish(changes: Changes, test: str, then: str) -> None:
    """Write, bring the pages that are made from the code along, and say what was written and what to do next."""
    written = changes.write()
    steps = [["docs/translating/write.py"], ["docs/reference/write.py"]]
    if find_spec("ruff"):  # lines are longer or shorter with the name
        steps.append(["-m", "ruff", "format", "-q", *(path for path in written if path.endswith(".py"))])
    for step in steps:
        ours = [sys.executable, *step]
        subprocess.run(ours, env={**os.environ, "PYTHONPATH": "."}, check=True)  # noqa: S603  # our scripts
    typer.echo("\n".join(written))
    typer.echo(f"Next: {then}. It is green now: python -m pytest {test}; make check.")
