"""Who reviews what, and why: eligibility, the optimum, its explanation, its repair.

Pure: no database, no platform, no clock. Start with `model.py` (the words), then `eligibility.py` (the hard rules) and
`assignment.py` (the optimum). docs/rotation.md explains the rules to a supervisor. The solver is loaded on first use.
"""

from __future__ import annotations

from bot.rotation.changes import (
    Asked,
    Away,
    Back,
    CapSet,
    CaseAdded,
    CaseRemoved,
    Change,
    Declined,
    Difference,
    LanguagesWidened,
    ModesOpened,
    Recused,
    difference,
)
from bot.rotation.explain import Alternative, Explainer, Fact, Why, why
from bot.rotation.fairness import PastRound, Standing, balances, standings
from bot.rotation.model import (
    ANY_MODE,
    MODE_COMPAT,
    PAIR_WEIGHT,
    TIERS,
    Case,
    History,
    Instance,
    Member,
    Pair,
    Plan,
    Previous,
    Rules,
    Shortfall,
)
from bot.rotation.peer_assign import InstanceInvalid, answer, parse_instance, plan_to_json
from bot.rotation.presenters import Period, Presenter, Turn, cases_needed, to_ask, turns, waited_days
from bot.rotation.remedies import Remedy, remedies
from bot.rotation.repair import Repair, repair, what_if


def assign(instance: Instance) -> Plan:
    """The best plan of a round; see `bot.rotation.assignment.assign`."""
    from bot.rotation.assignment import assign as optimum

    return optimum(instance)


__all__ = [
    "ANY_MODE",
    "MODE_COMPAT",
    "PAIR_WEIGHT",
    "TIERS",
    "Alternative",
    "Asked",
    "Away",
    "Back",
    "CapSet",
    "Case",
    "CaseAdded",
    "CaseRemoved",
    "Change",
    "Declined",
    "Difference",
    "Explainer",
    "Fact",
    "History",
    "Instance",
    "InstanceInvalid",
    "LanguagesWidened",
    "Member",
    "ModesOpened",
    "Pair",
    "PastRound",
    "Period",
    "Plan",
    "Presenter",
    "Previous",
    "Recused",
    "Remedy",
    "Repair",
    "Rules",
    "Shortfall",
    "Standing",
    "Turn",
    "Why",
    "answer",
    "assign",
    "balances",
    "cases_needed",
    "difference",
    "parse_instance",
    "plan_to_json",
    "remedies",
    "repair",
    "standings",
    "to_ask",
    "turns",
    "waited_days",
    "what_if",
    "why",
]
