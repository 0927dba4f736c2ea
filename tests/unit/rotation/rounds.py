"""Small rounds to test with: everybody may review everything unless said otherwise."""

from __future__ import annotations

from typing import Any

from bot.rotation import Case, Instance, Member, Rules

STRICT = Rules(pair_weight=None)


def member(name: str, **values: Any) -> Member:
    """A present, experienced member with room for two reviews who speaks English."""
    given: dict[str, Any] = {"id": name, "capacity": 2, "languages": frozenset({"en"}), "experienced": True} | values
    return Member(**given)


def case(name: str, author: str | None = None, **values: Any) -> Case:
    """A case in any language that wants two reviewers."""
    given: dict[str, Any] = {"id": name, "author": author, "k": 2} | values
    return Case(**given)


def group(size: int, **values: Any) -> tuple[Member, ...]:
    """Members m0, m1, …"""
    return tuple(member(f"m{i}", **values) for i in range(size))


def round_of(members: tuple[Member, ...], *cases: Case, **values: Any) -> Instance:
    """A round with seed 1 and strict tiers."""
    given: dict[str, Any] = {"members": members, "cases": cases, "rules": STRICT, "seed": 1} | values
    return Instance(**given)
