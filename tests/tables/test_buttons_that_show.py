"""A button whose answer is something to see says so where it is drawn, in every message and view of the product.

Teams opens a dialog for such a button: without the mark its answer could only take the card's place. The rows are the
calls in the source, because a button may be drawn in states that no test builds; `test_every_view.py` presses what is
drawn.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from tests.sources import ROOT, files, nodes

SHOWS = {command.key for command in COMMANDS if command.kind is Kind.PRESSED and not command.changes}
"""What only shows; what does something may answer with a sentence, and then needs no dialog."""


def drawn() -> Iterator[tuple[str, str, bool]]:
    """Every button in the source with a fixed key: where, which, and whether it says that it opens."""
    for path in files("bot"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Action":
                key = node.args[0] if node.args else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    marked = any(word.arg == "opens" for word in node.keywords)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", key.value, marked


def test_every_button_that_only_shows_opens() -> None:
    found = list(drawn())
    assert len({key for _, key, _ in found} & SHOWS) > 40, "the buttons are found"
    assert [f"{where} {key}" for where, key, marked in found if key in SHOWS and not marked] == []
