"""A refusal's class name is the key of its sentence, and everyone has a sentence."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import bot
from bot.errors import Refusal
from bot.ui.strings import words


class CannotReviewOwnCase(Refusal):
    """Nobody reviews a case they presented."""


def test_class_name_becomes_the_key() -> None:
    assert CannotReviewOwnCase().key == "cannot_review_own_case"


def test_values_fill_the_sentence_and_stay_out_of_the_message() -> None:
    refusal = CannotReviewOwnCase(cap=3)
    assert refusal.values == {"cap": 3}
    assert "3" not in str(refusal)


def test_every_refusal_has_its_sentence() -> None:
    assert {key for key in refusal_keys() if f"refusal.{key}" not in words("en").sentences()} == set()


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
