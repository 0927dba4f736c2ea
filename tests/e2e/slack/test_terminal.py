"""The page "Try the Slack app without Slack", followed word by word."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import pytest

from tests.e2e.server.process import Server
from tests.pages import ROOT, blocks, run

PAGE = "howto/try-slack.md"
PATIENCE = 120

pytestmark = pytest.mark.slow


async def reads_until(standin: Process, wanted: str) -> str:
    """What the stand-in prints until these words have come."""
    assert standin.stdout
    read = ""
    async with asyncio.timeout(PATIENCE):
        while wanted not in read:
            line = await standin.stdout.readline()
            assert line, read
            read += line.decode()
    return read


async def types(standin: Process, line: str) -> None:
    """Type one line at the prompt."""
    assert standin.stdin
    standin.stdin.write(f"{line}\n".encode())
    await standin.stdin.drain()


async def connected(standin: Process) -> None:
    """Wait until the app has come: the stand-in says so at its prompt."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await types(standin, "home")
            if "Hello" in await reads_until(standin, " "):
                return
            await asyncio.sleep(1)


async def test_a_newcomer_follows_the_page_to_a_case_and_a_round(tmp_path: Path) -> None:
    (settings,), (lines,) = blocks(PAGE, "toml"), blocks(PAGE, "text")
    setup, start, serve = blocks(PAGE, "sh")
    (tmp_path / "people.csv").write_text(blocks(PAGE, "csv")[0])
    standin = await asyncio.create_subprocess_exec(
        sys.executable, *start.split()[1:-1], tmp_path / "people.csv", "--port", "0",
        cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    app: Process | None = None
    try:
        told = await reads_until(standin, "quit        end")
        here = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert here
        assert settings in told.replace(here[0], "http://127.0.0.1:8390")

        free = Server(tmp_path).port
        config = settings.replace("http://127.0.0.1:8390", here[0]) + f"[server]\nport = {free}\n"
        (tmp_path / "intervision.toml").write_text(config)
        for line in setup.splitlines():
            await run(line, tmp_path)
        with (tmp_path / "serve.log").open("wb") as log:
            app = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *serve.split()[1:], cwd=tmp_path, stdout=log, stderr=log
            )
        await connected(standin)

        for line in (*lines.splitlines(), "quit"):
            await types(standin, line)
        assert standin.stdout
        said = (await asyncio.wait_for(standin.stdout.read(), PATIENCE)).decode()
        assert "[PERSON 1] rings me on [PHONE 1] every night." in said
        assert "Not possible" not in said, said
        assert "Bill" not in said, said
        assert re.search(r"[A-Z]{2}-\d{3}", said), said
    finally:
        for process in (standin, app):
            if process is not None and process.returncode is None:
                process.terminate()
                await process.wait()
