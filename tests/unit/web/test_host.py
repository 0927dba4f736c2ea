"""The server under all adapters."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from adapters import host as host_module
from adapters.host import Host
from bot.errors import SetupError


class Slow:
    """A platform with one slow route and one that fails."""

    name = "slow"

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    def mount(self, app: web.Application) -> None:
        async def slow(request: web.Request) -> web.Response:
            self.begun.set()
            await self.go_on.wait()
            return web.Response(text="finished")

        async def fail(request: web.Request) -> web.Response:
            raise RuntimeError("Berta")

        app.router.add_get("/slow", slow)
        app.router.add_get("/fail", fail)


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def fetch(host: Host, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{host.port}{path}") as response:
        return response.status, await response.text()


async def test_it_says_whether_it_answers_and_whether_it_is_ready() -> None:
    for ready, status in ((yes, 200), (no, 503)):
        host = Host("127.0.0.1", 0, [], ready=ready)
        await host.start()
        assert (await fetch(host, "/healthz"))[0] == 200
        assert (await fetch(host, "/readyz"))[0] == status
        await host.stop()


async def test_a_connection_that_never_completes_a_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_module, "LONGEST_IDLE", 0.5)
    host = Host("127.0.0.1", 0, [], ready=yes)
    await host.start()
    try:
        half = b"GET / HTTP/1.1\r\nHost: x\r\n"
        for said in (b"", half, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + half):
            reader, writer = await asyncio.open_connection("127.0.0.1", host.port)
            writer.write(said)
            async with asyncio.timeout(20):
                heard = await reader.read()  # until the other side closes
            assert heard.count(b"HTTP/1.1 200") == said.count(b"/healthz")
            writer.close()
    finally:
        await host.stop()


async def test_a_port_in_use_is_one_clear_sentence() -> None:
    first = Host("127.0.0.1", 0, [], ready=yes)
    await first.start()
    second = Host("127.0.0.1", first.port, [], ready=yes)
    with pytest.raises(SetupError, match=f"Port {first.port} on 127.0.0.1 is in use"):
        await second.start()
    await first.stop()


async def test_an_address_of_another_machine_is_one_clear_sentence() -> None:
    with pytest.raises(SetupError, match="no such address"):
        await Host("192.0.2.1", 0, [], ready=yes).start()


async def test_requests_under_way_finish_before_it_stops() -> None:
    slow = Slow()
    host = Host("127.0.0.1", 0, [cast("Any", slow)], ready=yes)
    await host.start()
    answer = asyncio.create_task(fetch(host, "/slow"))
    await slow.begun.wait()
    stopping = asyncio.create_task(host.stop())
    await asyncio.sleep(0)
    slow.go_on.set()
    assert await answer == (200, "finished")
    await stopping


async def test_a_failure_is_an_answer_and_its_message_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    host = Host("127.0.0.1", 0, [cast("Any", Slow())], ready=yes)
    await host.start()
    status, text = await fetch(host, "/fail")
    await host.stop()
    assert status == 500
    assert "Berta" not in text
    logged = "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "tests/unit/web/test_host.py:" in logged
    assert "Berta" not in logged
