"""`intervision serve` forked off a process that has imported it, without learned models: quick to start again."""

from __future__ import annotations

import asyncio
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.cli.main import main
from tests.e2e.server.process import Server
from tests.forks import FORKS

RULES_ALONE = '[anonymise]\nname_model = ""\ntagger = false\n'
"""Every start would load the models; what they find is another test's subject."""


class QuickServer(Server):
    """For whoever starts it dozens of times."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.config.write_text(self.config.read_text() + RULES_ALONE)
        self._fork: ForkServerProcess | None = None

    async def start(self) -> None:
        self._fork = FORKS.Process(target=_serve, args=(self.config, self.errors), daemon=True)
        await asyncio.to_thread(self._fork.start)

    @property
    def running(self) -> bool:
        return self._fork is not None and self._fork.is_alive()

    async def kill(self) -> None:
        assert self._fork is not None
        self._fork.kill()
        await asyncio.to_thread(self._fork.join)

    async def stop(self) -> int:
        assert self._fork is not None
        self._fork.terminate()
        await asyncio.to_thread(self._fork.join)
        assert self._fork.exitcode is not None
        return self._fork.exitcode


def _serve(config: Path, errors: Path) -> None:
    """The command, over there."""
    with errors.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.argv = ["intervision", "serve", "--config", str(config)]
    main()
