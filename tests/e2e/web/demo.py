"""The real demo, served on a free port, that can be stopped and started again."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from bot.demo.control import DATABASE, DemoControl, open_demo
from bot.main import App
from tests.migrated import migrated


@dataclass
class Running:
    """A demo at work; `address` stays the same over a restart."""

    folder: Path
    port: int
    app: App
    control: DemoControl

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    async def begin(cls, folder: Path) -> Running:
        """Serve it from a copy of the migrated database; time stands still."""
        migrated(folder / DATABASE)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        app, control = await open_demo(folder, port)
        await app.start(ticking=False)
        return cls(folder, port, app, control)

    async def restart(self) -> None:
        """Stop and start again on the same database and port."""
        await self.app.stop()
        self.app, self.control = await open_demo(self.folder, self.port)
        await self.app.start(ticking=False)
