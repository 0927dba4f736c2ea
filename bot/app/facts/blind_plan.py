"""A round planned without knowing who presents: what a supervisor may try out as often as they like.

Whoever may leave people out at will learns from a real plan who presents: leave out everybody but one, and the case
that stays without them is theirs. A try-out, its remedies and its proof therefore come from a plan in which every case
is nobody's, nobody keeps apart from anybody and nobody has met anybody. It answers what a try-out is for: whether there
are enough reviews, and for whom.
"""

from __future__ import annotations

from dataclasses import replace

from bot import rotation
from bot.errors import Refusal

SPARE = 1
"""So many reviewers more than wanted each case must be able to have: then nobody is missed because they present."""


class TooFewLeft(Refusal):
    """Rules of a supervisor for one round would leave so few reviewers that the plan tells who presents."""


def blind(instance: rotation.Instance, spare: int = 0) -> rotation.Instance:
    """The instance as it looks from outside, with `spare` more reviewers wanted for each case."""
    cases = tuple(
        rotation.Case(id=c.id, author=None, k=c.k + spare, mode=c.mode, languages=c.languages, on_hold=c.on_hold)
        for c in instance.cases
    )
    rules = replace(instance.rules, require_experienced=False)
    return rotation.Instance(instance.members, cases, rules, seed=instance.seed, id=instance.id)


def blind_plan(instance: rotation.Instance, spare: int = 0) -> rotation.Plan:
    """The best plan of the round as it looks from outside."""
    return rotation.assign(blind(instance, spare))


def freed_by_modes(instance: rotation.Instance, shown: rotation.Plan) -> int:
    """How many assignments the rule that modes must fit costs the whole plan, whoever presents; 0 if that is unknown.

    `shown` says how many are missing, which its reader sees already. All of them are free without the rule if then
    each case could have one reviewer more than it wants: nobody is missed because they present. So the number adds
    nothing to what is missing. Where it depends on who presents, only what a plan from outside gains is told.
    """
    if instance.rules.mode_compat == rotation.ANY_MODE:
        return 0
    outside = blind(instance, SPARE)
    opened = replace(outside, rules=replace(outside.rules, mode_compat=rotation.ANY_MODE))
    return 0 if rotation.assign(opened).shortfalls else sum(short.missing for short in shown.shortfalls)


def check_enough_left(before: rotation.Instance, after: rotation.Instance) -> None:
    """Rules may not make a round scarce that was not: raises `TooFewLeft` with how many would still have room."""
    assignments_before, assignments_after = (len(blind_plan(each, SPARE).assignments) for each in (before, after))
    if assignments_after < assignments_before:
        free = sum(member.present and member.room > 0 for member in after.members)
        wanted = max((case.k for case in after.cases), default=0) + SPARE
        raise TooFewLeft(left=free, wanted=wanted)
