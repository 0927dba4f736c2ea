"""A certified OpenID provider from npm (`package.json` here, installed by `.ci/playground`), as a process."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def certified(port: int, back: str, accounts: Mapping[str, Mapping[str, Any]]) -> AsyncIterator[str]:
    """The provider's issuer; it knows these accounts and sends browsers to `back`."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "provider.mjs"),
        str(port),
        back,
        json.dumps(accounts),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout
        async with asyncio.timeout(20):
            while b"ready" not in (line := await process.stdout.readline()):
                assert line, "it ended"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
