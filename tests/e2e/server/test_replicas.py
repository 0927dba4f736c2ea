"""The page "Run three replicas", followed word by word, and one of the three killed."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from asyncio.subprocess import Process
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.runtime.heartbeat import ALIVE
from tests.e2e.server.process import Server, ready
from tests.pages import blocks, run

PAGE = "howto/three-replicas.md"

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


async def opens(link: str, port: int) -> int:
    """The status of the start page after following a sign-in link at another replica."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        there = URL(link).with_host("127.0.0.1").with_port(port)
        async with http.get(there) as page:
            ticket = re.search(r'name="ticket" value="([^"]+)"', await page.text())
            assert ticket, await page.text()
        async with http.post(there, data={"ticket": ticket[1]}) as signed_in:
            assert "Supervisor" in await signed_in.text()
            return signed_in.status


async def test_a_newcomer_runs_three_replicas_and_loses_one(postgres_url: str, tmp_path: Path) -> None:
    (settings,) = blocks(PAGE, "toml")
    setup, serve, look = blocks(PAGE, "sh")
    ports = {number: str(Server(tmp_path).port) for number in ("8377", "8378", "8379")}
    for number, port in ports.items():
        settings, setup = settings.replace(number, port), setup.replace(number, port)
    config = settings.replace("postgresql://intervision@127.0.0.1/intervision", postgres_url)
    (tmp_path / "intervision.toml").write_text(config)
    for line in setup.splitlines():
        await run(line, tmp_path)

    replicas: list[Process] = []
    try:
        with (tmp_path / "serve.log").open("ab") as log:
            for line in serve.splitlines():
                replicas.append(
                    await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "bot", *shlex.split(line)[1:], cwd=tmp_path, stdout=log, stderr=log
                    )
                )
        for port in ports.values():
            await ready(f"http://127.0.0.1:{port}")
        status, link = look.splitlines()
        said = await run(f"{status} --json || true", tmp_path)
        assert len(re.findall(r'"started_at"', said)) == 3, said
        address = re.search(r"http\S+", await run(link, tmp_path))
        assert address
        assert await opens(address[0], int(ports["8379"])) == 200

        replicas[0].kill()
        await asyncio.sleep(ALIVE.total_seconds() + 1)
        said = await run(f"{status} --json || true", tmp_path)
        assert len(re.findall(r'"started_at"', said)) == 2, said
    finally:
        for replica in replicas:
            if replica.returncode is None:
                replica.terminate()
                assert await asyncio.wait_for(replica.wait(), 30) == 0
