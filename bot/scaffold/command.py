"""A typed command with its folder, row, words and test (docs/howto/new-command.md)."""

from __future__ import annotations

import ast
import re
from keyword import iskeyword

from bot.errors import SetupError
from bot.scaffold.changes import Changes, check_title
from bot.scaffold.source import bound_names, with_import, with_row_after

HANDLER = '''"""{about}."""

from __future__ import annotations

from bot.app.context import Context
from bot.ui.inbound import CommandTyped, Outcome, Say
from bot.ui.model import Card, Notice, Text, Tone, line


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """{about}."""
    w = ctx.words
    unread = (Notice(Tone.WARN, line(w("{name}.unread"))),) if event.text.reveal().strip() else ()
    return Say(Card("{name}", w("{name}.title"), (*unread, Text(line(w("{name}.text")))), summary=w("{name}.title")))
'''

TEST = '''"""{about}."""

from __future__ import annotations

from bot.ui.inbound import Refused, Say
from tests.app.shown import text
from tests.world import World


async def test_a_therapist_is_answered(world: World) -> None:
    shown = await world.player("a").type("/{name}")
    assert isinstance(shown, Say)
    assert "{about}" in text(shown)


async def test_words_that_are_not_read_are_not_dropped_silently(world: World) -> None:
    shown = await world.player("a").type("/{name} something")
    assert isinstance(shown, Say)
    assert "were not read" in text(shown)


async def test_a_manager_may_not(world: World) -> None:
    assert isinstance(await world.player("m").type("/{name}"), Refused)
'''


def add_command(changes: Changes, name: str, about: str) -> None:
    """A command `/name` for therapists that answers with one card; `about` is what it shows, in a few words."""
    if not re.fullmatch(r"[a-z]{2,20}", name) or iskeyword(name):
        raise SetupError("a command's name is one word of small letters, and none of Python's own")
    about = check_title(about.rstrip("."))
    changes.create(f"bot/app/{name}/__init__.py", f'"""{about}."""\n')
    changes.create(f"bot/app/{name}/handlers.py", HANDLER.format(name=name, about=about))
    changes.create(f"tests/app/test_{name}.py", TEST.format(name=name, about=about))
    table = changes.find("bot/app", r'^    typed\("help", ')
    if name in bound_names(changes.read(table)) or f'typed("{name}",' in changes.read(table):
        raise SetupError(f"{table} uses the word {name} already; choose another")
    changes.edit(table, lambda source: with_import(source, f"bot.app.{name}", f"handlers as {name}"))
    row = f'typed("{name}", THERAPIST, OWN, {name}.typed, "{about}")'
    changes.edit(table, lambda source: with_row_after(source, row, _typed))
    changes.edit("pyproject.toml", lambda text: _with_subject(text, name))
    changes.catalogues(
        name,
        [
            (f"command.{name}", name),
            (f"{name}.title", about),
            (f"{name}.text", "Nothing to show yet."),
            (f"{name}.unread", f"/{name} takes no words; those you typed were not read."),
        ],
    )
    changes.tell(f"`/{name}`: {about[0].lower()}{about[1:]}.")


def _typed(row: ast.Call) -> bool:
    return isinstance(row.func, ast.Name) and row.func.id == "typed"


def _with_subject(text: str, name: str) -> str:
    """The contract that keeps subjects apart, with one more."""
    found = re.search(r'^  "(administration \| .*)",$', text, re.M)
    if not found:
        raise SetupError("pyproject.toml has no contract that lists the subjects of bot.app")
    subjects = sorted({*found[1].split(" | "), name})
    return text[: found.start(1)] + " | ".join(subjects) + text[found.end(1) :]
