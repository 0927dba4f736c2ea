"""An administrator's context inside an event: the steps of `bot.admin` run in the event's own unit of work.

The shell and the pages do the same by the same functions. What a step refuses is said to whoever sent the form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from bot.admin.context import AdminContext
from bot.app.context import Context
from bot.errors import NotDone, SetupError
from bot.ports.records import Audited
from bot.ports.unit_of_work import UnitOfWork

T = TypeVar("T")


class _Joined:
    """The event's unit of work, which commits once, when the event has been handled."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        """Nothing: the event commits."""


class EventAdmin(AdminContext):
    """Works for the person whose event it is; their id stands in the trail."""

    def __init__(self, ctx: Context) -> None:
        # Neither a store of its own nor links to sign in are needed here; `begin` and `audit` are the event's.
        super().__init__(cast("Any", None), _Now(ctx), ctx.tools, cast("Any", None))
        self._ctx = ctx

    async def audit(self, uow: UnitOfWork, what: Audited, subject: str, **changed: str) -> None:
        await self._ctx.uow.audit(what, self._ctx.me.id, subject, self._ctx.now, **changed)

    @asynccontextmanager
    async def begin(self, org: str, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", _Joined(self._ctx.uow))


class _Now:
    """The moment of the event as a clock."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def now(self) -> Any:
        """Aware UTC."""
        return self._ctx.now


async def done(step: Awaitable[list[T]]) -> list[T]:
    """What a step made; what it refuses is said to whoever asked for it. Raises `NotDone`."""
    try:
        return await step
    except SetupError as error:
        raise NotDone(why=str(error)) from None
