"""The common shape of a notice: words of its own and a few buttons."""

from __future__ import annotations

from bot.app.context import Context
from bot.ui.model import Action, Card, CardBlock, Text, line


def notice_card(ctx: Context, key: str, *actions: Action, extra: tuple[CardBlock, ...] = (), **values: object) -> Card:
    """A notice whose words are `notice.<key>.title` and `notice.<key>.text`; the text is also its lock-screen line."""
    text = ctx.words(f"notice.{key}.text", **values)
    return Card(f"notice.{key}", ctx.words(f"notice.{key}.title", **values), (Text(line(text)), *extra), actions, text)
