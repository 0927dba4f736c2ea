"""A unit of work around another: what it does itself it defines, everything else goes straight through."""

from __future__ import annotations

from typing import Any, cast

from bot.ports.unit_of_work import UnitOfWork


class Wrapped:
    """The base of units of work that add something to another one."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @property
    def unit(self) -> UnitOfWork:
        """This, for whoever asks for a unit of work."""
        return cast("UnitOfWork", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)
