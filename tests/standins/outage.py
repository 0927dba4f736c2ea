"""What a platform that is away does with a call, for every stand-in alike."""

from __future__ import annotations

import asyncio

from aiohttp import web

KINDS = ("gateway", "bad gateway", "reset", "silent", "refused", "lost")
"""`gateway` 504 and `bad gateway` 502 by what stands before it; `reset` closed without a word; `silent` never answered;
`refused` nothing listens; `lost` done, and closed before the answer. All but the last do nothing."""
_STATUS = {"gateway": 504, "bad gateway": 502}


async def answer(how: str, request: web.Request) -> web.Response:
    """What a caller gets in such an outage."""
    while how == "silent" and request.transport is not None:  # noqa: ASYNC110  # until the caller gives up
        await asyncio.sleep(0.1)
    if how not in _STATUS and request.transport is not None:
        request.transport.close()
    return web.Response(status=_STATUS.get(how, 504), text="upstream")


async def stop_listening(runner: web.BaseRunner) -> None:
    """Refuse new connections and cut those that stand."""
    for site in [*runner.sites]:
        await site.stop()
    assert runner.server is not None
    for connection in runner.server.connections:
        connection.force_close()


async def listen_again(runner: web.BaseRunner, port: int) -> None:
    """Take connections at the port of before."""
    await web.TCPSite(runner, "127.0.0.1", port).start()
