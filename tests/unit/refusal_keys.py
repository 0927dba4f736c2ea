"""The keys of the program's refusals."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import bot
from bot.errors import Refusal


def refusal_keys() -> set[str]:
    """The key of every refusal the program knows."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {_key(c) for c in _below(Refusal)}


def _below(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for sub in cls.__subclasses__():
        if sub.__module__.startswith("bot."):
            yield sub
            yield from _below(sub)


def _key(cls: type[Refusal]) -> str:
    return cls.__new__(cls).key
