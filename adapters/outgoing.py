"""Connections to the chat platforms. No redirect is followed, so no answer leads the program to an inner address."""

from __future__ import annotations

from typing import Any

import aiohttp


class SentOn(aiohttp.ClientError):
    """The other side answered with another address; it is not called."""


async def _stay(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    answer = await handler(request)
    if "Location" in answer.headers and 300 <= answer.status < 400:
        answer.close()
        raise SentOn(str(answer.status))
    return answer


async def ping(url: str) -> bool:
    """Ask an address for its page within ten seconds; whether it answered well."""
    try:
        async with session(timeout=aiohttp.ClientTimeout(total=10)) as pool, pool.get(url) as answer:
            return answer.status < 400
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def session(**settings: Any) -> aiohttp.ClientSession:
    """A pool of connections with the settings of `aiohttp.ClientSession`; a redirect raises `SentOn`."""
    return aiohttp.ClientSession(middlewares=(_stay,), **settings)
