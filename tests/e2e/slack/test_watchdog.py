"""A Socket Mode connection that died, however silently, comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack import app
from adapters.slack.config import SlackSettings
from adapters.slack.socket import Socket
from tests.standins.slack.server import APP, BOT
from tests.standins.slack.world import World, connected, until


def socket_of(world: World, *, silence: float = 900.0) -> Socket:
    """A second connection of the same adapter whose watchdog looks often."""
    settings = SlackSettings(app_token=APP, bot_token=BOT, api_url=f"{world.slack.base}/api/")
    receiver = world.platform._receiver
    built = app.build(settings, world.platform._api, world.platform.installations, receiver)
    return Socket(settings, built, lambda: receiver.last_received, look=0.3, silence=silence)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The adapter without a connection of its own."""
    async with connected("http") as made:
        yield made


async def test_a_closed_connection_is_opened_again(world: World) -> None:
    socket = socket_of(world)
    await socket.start()
    await until(lambda: bool(world.slack.sockets))
    await world.slack.sockets[0].close()
    await until(lambda: world.slack.opened >= 2 and bool(world.slack.sockets))
    assert (await world.person().types("/case")).status == 200
    await socket.stop()
    await until(lambda: not world.slack.sockets)


async def test_a_connection_that_says_nothing_is_renewed(world: World) -> None:
    socket = socket_of(world, silence=0.5)
    await socket.start()
    await until(lambda: world.slack.opened >= 2)
    assert socket.reconnected >= 1
    assert await socket.connected()
    await socket.stop()


async def test_a_failed_renewal_is_tried_again(world: World) -> None:
    socket = socket_of(world)
    await socket.start()
    await until(lambda: bool(world.slack.sockets))
    world.slack.fail("apps.connections.open", "error", "rate")
    await world.slack.sockets[0].close()
    await until(lambda: world.slack.opened >= 2 and bool(world.slack.sockets), 15)
    await socket.stop()
