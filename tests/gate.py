"""The real gate in a thread of the test's own process, where its models load once; the program has it in another
(`bot/runtime/gate_process.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from bot.anonymise import Examined, Gate, GateSettings, Known, Sensitive, TagBook


class GateInAWorker:
    """Implements `bot.app.dependencies.Anonymiser`."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._gate: Gate | None = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gate")

    async def examine(
        self, fields: Mapping[str, Sensitive], *, lang: str | None, known: Known, tags: TagBook | None, mask: list[str]
    ) -> Examined:
        """Run `Gate.examine` in the worker."""
        call = partial(self._examine, fields, lang=lang, known=known, tags=tags, mask=mask)
        return await asyncio.get_running_loop().run_in_executor(self._worker, call)

    def warm(self) -> None:
        """Begin to load in the worker; whoever sends a text meanwhile waits for what is left of it."""
        self._worker.submit(self._loaded)

    def _loaded(self) -> Gate:
        if self._gate is None:
            self._gate = Gate(self._settings)
        return self._gate

    def _examine(
        self, fields: Mapping[str, Sensitive], *, lang: str | None, known: Known, tags: TagBook | None, mask: list[str]
    ) -> Examined:
        return self._loaded().examine(fields, lang=lang, known=known, tags=tags, mask=mask)


def rules_alone(*, allow: tuple[str, ...] = ()) -> GateInAWorker:
    """A gate without the learned models, ten times as quick: for tests of what happens to a text that has passed."""
    return GateInAWorker(GateSettings(allow=allow, name_model="", tagger=False))


NOBODY: Any = None
"""In place of a tool that a test does not ask: no gate where no text is written, no calendars where no day counts."""
