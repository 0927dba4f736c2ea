"""Socket Mode with a watchdog: the vendor's client, and a look every half minute whether it is alive.

The connection has a history of dying silently. The watchdog reconnects when the client says it is
not connected or no ping came back, and after a long silence asks Slack whether the app is still known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack import library_logging as quiet
from adapters.slack.config import SlackSettings
from bot.log import report

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp

LOG = structlog.get_logger(__name__)


class Socket:
    """One connection to Slack, kept alive."""

    def __init__(
        self,
        settings: SlackSettings,
        app: AsyncApp,
        last_received: Callable[[], float],
        *,
        look: float = 30.0,
        silence: float = 900.0,
    ) -> None:
        self._settings = settings
        self._app = app
        self._last_received = last_received
        self._look = look
        self._silence = silence
        self._handler: AsyncSocketModeHandler | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self.reconnected = 0
        """How often the watchdog had to reconnect, for the doctor."""

    async def start(self, patience: float = 20.0) -> None:
        """Connect. Without a connection in time the watchdog goes on trying."""
        from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

        self._handler = AsyncSocketModeHandler(
            self._app, self._settings.app_token.get_secret_value(), logger=quiet.library_logger()
        )
        try:
            await asyncio.wait_for(self._handler.client.connect_to_new_endpoint(), patience)
        except TimeoutError:
            LOG.warning("slack.socket_not_connected")
        self._watchdog = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Disconnect; what is under way is drained by the caller."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        if self._handler is not None:
            client: Any = self._handler.client  # its close() is published without types
            await client.close()
            self._handler = None

    async def connected(self) -> bool:
        """Whether the connection answers now."""
        return self._handler is not None and bool(await self._handler.client.is_connected())

    async def _watch(self) -> None:
        renewed_at = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(self._look)
            now = asyncio.get_running_loop().time()
            silent = now - max(self._last_received(), renewed_at) > self._silence
            try:
                if silent or not await self.connected():
                    await self._reconnect()
                    renewed_at = now
            except Exception as error:
                report(LOG, "slack.socket_not_reconnected", error)

    async def _reconnect(self) -> None:
        """A new address and a new connection; the old one is closed by the client."""
        assert self._handler is not None
        self.reconnected += 1
        LOG.warning("slack.socket_reconnecting")
        await asyncio.wait_for(self._handler.client.connect_to_new_endpoint(force=True), self._look)
