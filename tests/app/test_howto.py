"""The page "Add a command", taken at its word: its code is put into the program and its own test is run."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import read_po

from bot.app import admission, commands, entry
from bot.ui import strings
from bot.ui.inbound import Refused
from tests.pages import blocks
from tests.world import World

PAGE = "howto/new-command.md"


def module(name: str, code: str) -> ModuleType:
    """A module with this code."""
    made = ModuleType(name)
    sys.modules[name] = made
    exec(compile(code, name, "exec"), vars(made))
    return made


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The command of the page in the index and its words in the catalogue; the names of the page's test."""
    handler, row, test = blocks(PAGE, "python")
    (words,) = blocks(PAGE, "po")
    group = module("page_handler", handler)
    command = eval(row, vars(commands) | {"group": group})
    monkeypatch.setattr(admission, "BY_KEY", {**commands.BY_KEY, (command.kind, command.key): command})
    monkeypatch.setattr(entry, "TYPED", (*commands.TYPED, command.key))
    catalogue = {m.id: m for m in read_po(io.StringIO(words)) if m.id}
    more = {
        (id if isinstance(id, str) else id[0]): (m.string if isinstance(m.string, tuple) else (m.string,))
        for id, m in catalogue.items()
    }
    known = strings._catalogue
    monkeypatch.setattr(strings, "_catalogue", lambda language: {**known(language), **more})
    return vars(module("page_test", test))


async def test_the_command_of_the_page_works(added: Mapping[str, Any], world: World) -> None:
    (name,) = [name for name in added if name.startswith("test_")]
    assert await added[name](world) is None, "the page's own test holds its assertions"
    assert isinstance(await world.player("m").type("/group"), Refused), "its row's roles are checked"
