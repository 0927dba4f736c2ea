"""What a platform that is away does with a call, for every stand-in alike."""

from __future__ import annotations

import asyncio

from aiohttp import web

_STATUS = {"gateway": 504, "bad gateway": 502, "unavailable": 503, "broken": 500}
DONE = ("lost", "half lost")
KINDS = (*_STATUS, "storm", "page", "reset", "silent", "half", "refused", *DONE)
"""`gateway` 504, `bad gateway` 502, `unavailable` 503, `broken` 500 and `storm` 429 by what stands before it; `page` a
page of words with status 200, as a filter or a maintenance notice answers; `reset` closed without a word; `silent`
never answered; `half` an answer that stops in the middle; `refused` nothing listens; `lost` done, and closed before the
answer; `half lost` done, and the answer stops in the middle. All but the last two do nothing."""


async def answer(how: str, request: web.Request) -> web.StreamResponse:
    """What a caller gets in such an outage."""
    if how == "storm":
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
    if how == "page":
        return web.Response(text="<html>Back soon</html>", content_type="text/html")
    if how.startswith("half"):
        begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
        await begun.prepare(request)
        await begun.write(b'{"ok": true, ')
        await _until_the_caller_gives_up(request)
        return begun
    if how == "silent":
        await _until_the_caller_gives_up(request)
    if how not in _STATUS and request.transport is not None:
        request.transport.close()
    return web.Response(status=_STATUS.get(how, 504), text="upstream")


async def _until_the_caller_gives_up(request: web.Request) -> None:
    while request.transport is not None:  # noqa: ASYNC110  # a connection that is gone has no event
        await asyncio.sleep(0.05)


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
