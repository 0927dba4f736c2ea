"""A message with its words, its row in the table of messages, and a test that it arrives (docs/guides/developer.md)."""

from __future__ import annotations

import re

from bot.errors import SetupError
from bot.scaffold.changes import Changes, check_title
from bot.scaffold.source import with_entry

RINGS = ("asks", "awaited", "frees", "state")

TEST = '''"""The message “{title}”."""

from __future__ import annotations

from tests.app.outbox_steps import tell, titles
from tests.world import World


async def test_it_arrives(world: World) -> None:
    await tell(world, "{name}")
    await world.settle()
    assert titles(world) == ["{title}"]
'''


def add_notice(changes: Changes, name: str, title: str, ring: str) -> None:
    """A message of title and text; `ring` says whether it is news and why (`bot.app.notice_kinds.Ring`)."""
    if not re.fullmatch(r"[a-z][a-z_]{1,30}", name):
        raise SetupError("a message's name is small letters and underscores")
    check_title(title)
    if ring not in RINGS:
        raise SetupError(f"--ring is one of {', '.join(RINGS)}: why a person is told")
    changes.create(f"tests/app/test_{name}_notice.py", TEST.format(name=name, title=title))
    table = changes.find("bot/delivery", r"^NOTICES: dict")
    plain = re.search(r'"leave_undone": NoticeKind\((\w+),', changes.read(table))
    if not plain:
        raise SetupError(f"{table} has no message of title and text alone to go by")
    row = f'"{name}": NoticeKind({plain[1]}, Ring.{ring.upper()})'
    if f'"{name}":' in changes.read(table):
        raise SetupError(f"there is a message {name} already")
    changes.edit(table, lambda source: with_entry(source, "NOTICES", row))
    changes.catalogues(
        name, [(f"notice.{name}.title", title), (f"notice.{name}.text", "What it says, read alone on a lock screen.")]
    )
    changes.tell(f"A message: {title}.")
