"""An administrator's context inside an event: the steps of `bot.admin` run in the event's own unit of work.

The shell and the pages do the same by the same functions. What a step refuses is said to whoever sent the form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from bot.admin.context import AdminContext
from bot.admin.second_person import StepWaits
from bot.app.context import Context
from bot.app.steps.second_person import Waits
from bot.errors import NotDone, SetupError
from bot.ports.records import Audited
from bot.ports.unit_of_work import UnitOfWork
from bot.ui.inbound import Done, Outcome

T = TypeVar("T")
E = TypeVar("E")


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
        super().__init__(cast("Any", None), _Now(ctx), ctx.tools, cast("Any", None), acting=ctx.me)
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
    """What a step made; what it refuses is said to whoever asked for it. Raises `NotDone`, StepWaits."""
    try:
        return await step
    except StepWaits:
        raise
    except SetupError as error:
        raise NotDone(why=str(error)) from None


def waits(ctx: Context, waiting: Waits) -> Done:
    """The answer to a step that was only asked for: who can agree, or from when on it can be taken alone."""
    if waiting.others:
        day = ctx.words.day((waiting.until).astimezone(ctx.zone).date() - timedelta(days=1))
        return Done(ctx.words("officer.asked", names=ctx.words.either([p.name for p in waiting.others]), day=day))
    return Done(ctx.words("officer.asked.alone", day=ctx.words.day(waiting.until.astimezone(ctx.zone).date())))


def may_wait(handler: Callable[[Context, E], Awaitable[Outcome]]) -> Callable[[Context, E], Awaitable[Outcome]]:
    """A handler whose step may need a second person: then only the request for it is kept, and said."""

    @wraps(handler)
    async def asked(ctx: Context, event: E) -> Outcome:
        try:
            return await handler(ctx, event)
        except StepWaits as waiting:
            return waits(ctx, waiting.waits)

    return asked
