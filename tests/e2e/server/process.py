"""`intervision serve` as a process of its own on a free port, over a database in a folder."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

READY_SECONDS = 180


class Server:
    """The real program. `kill` ends it as a power cut would."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.url = f"sqlite:///{folder / 'clinic.sqlite3'}"
        self.key = folder / "clinic.key"
        self.errors = folder / "errors.log"
        self.config = folder / "intervision.toml"
        self.config.write_text(
            f'[server]\nport = {self.port}\npublic_url = "{self.address}"\n'
            f'[database]\nurl = "{self.url}"\n[keys]\nfile = "{self.key}"\n[clock]\ntick_seconds = 1\n'
        )
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is not ready yet."""
        with self.errors.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", "--config", str(self.config), stdout=errors, stderr=errors
            )

    async def ready(self) -> None:
        """Wait until it answers that it is ready."""
        await ready(self.address, lambda: "" if self.running else self.errors.read_text() or "it ended")

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Its number while it runs."""
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """SIGKILL: no goodbye, nothing flushed."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return await self._process.wait()


async def ready(address: str, fault: Callable[[], str] = lambda: "") -> None:
    """Wait until the program at an address says that it is ready; `fault` says why it never will."""
    async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return
            assert not fault(), fault()
            await asyncio.sleep(0.02)
