"""A certified OpenID provider from npm (`package.json` here, installed by `.ci/playground`), as a process."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def missing() -> str:
    """What is missing to run it, and how to get it; "" when all is there."""
    if not (HERE / "node_modules" / "oidc-provider").is_dir() or shutil.which("node") is None:
        return "the OpenID provider is not installed: run .ci/playground (needs Node.js and npm)"
    return ""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Certified:
    """The running provider."""

    issuer: str
    process: asyncio.subprocess.Process

    async def is_ahead(self, by: timedelta) -> None:
        """Set its clock."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{int(by.total_seconds() * 1000)}\n".encode())
        while b"moved" not in (line := await self.process.stdout.readline()):
            assert line, "it ended"


@asynccontextmanager
async def certified(port: int, back: str, accounts: Mapping[str, Mapping[str, Any]]) -> AsyncIterator[Certified]:
    """The provider; it knows these accounts and sends browsers to `back`."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "provider.mjs"),
        str(port),
        back,
        json.dumps(accounts),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout
        async with asyncio.timeout(20):
            while b"ready" not in (line := await process.stdout.readline()):
                assert line, "it ended"
        yield Certified(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        await process.wait()
