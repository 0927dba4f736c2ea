"""Planning around what happened after the round was planned, and around what the supervisor only considers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.rotation.changes import Change, Difference, changed, difference, planned
from bot.rotation.model import Instance, Pair, Plan


@dataclass(frozen=True, slots=True)
class Repair:
    """A plan after a change: the changed instance (the start of the next repair), its plan, and what differs."""

    instance: Instance
    plan: Plan
    difference: Difference


def repair(instance: Instance, plan: Plan, change: Change, started: Iterable[Pair] = ()) -> Repair:
    """The fullest plan after the change that moves as few reviews of everybody else as possible.

    `started` reviews stay with their reviewers (those locked in the instance do so too), unless the change itself takes
    them away. Nothing of a review that moves is passed on: the new reviewer starts afresh.
    """
    return _after(changed(planned(instance, plan, started), change), plan)


def what_if(instance: Instance, plan: Plan, change: Change) -> Repair:
    """The best plan if the change held from the start: for the preview, where nobody has been told anything yet."""
    return _after(changed(instance, change), plan)


def _after(instance: Instance, before: Plan) -> Repair:
    from bot.rotation.assignment import assign

    after = assign(instance)
    return Repair(instance, after, difference(before, after))
