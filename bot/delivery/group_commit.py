"""Writes that share a transaction: writes that arrive during one are batched into the next.

With a fast receiver many share a commit; with a slow one each is written at once. Nobody waits for a timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


@dataclass
class GroupCommit(Generic[A, B]):
    """Calls `write` with everything that waits, `most` at a time; its answers are in the order of the items.

    What `write` raises is raised to each of those who waited for it.
    """

    write: Callable[[list[A]], Awaitable[list[B]]]
    most: int
    _waiting: list[tuple[A, asyncio.Future[B]]] = field(default_factory=list, init=False)
    _writer: asyncio.Task[None] | None = field(default=None, init=False)

    async def __call__(self, item: A) -> B:
        """The answer to this item, once it is written."""
        done: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
            try:
                answers = await self.write([item for item, _ in batch])
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                continue
            for (_, done), answer in zip(batch, answers, strict=True):
                if not done.done():
                    done.set_result(answer)
