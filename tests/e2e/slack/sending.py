"""A notice on its way to somebody in the workspace of the tests."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.ui.model import Action, Card
from bot.ui.platform import Address, Message
from tests.standins.slack.world import World

NOTICE = Card("review.due", "A review is due", actions=(Action("review.open", "Open", "asg_1"),), summary="Due")


def send(world: World, *, to: str = "U0ANNA", **about: Any) -> asyncio.Task[str]:
    """Begin to send the notice; `about` are the message's other facts."""
    message = Message("out_1", NOTICE, **about)
    return asyncio.ensure_future(world.platform.send(Address(world.actor(to), {}), message))
