"""Who reviews what, and why: eligibility, the optimum, its explanation, its repair.

Pure: no database, no platform, no clock. Start with `model.py` (the words), then `eligibility.py` (the hard rules) and
`assignment.py` (the optimum). docs/rotation.md explains the rules to a supervisor. The solver is loaded on first use.
"""

from __future__ import annotations

from bot.rotation.model import (
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


def assign(instance: Instance) -> Plan:
    """The best plan of a round; see `bot.rotation.assignment.assign`."""
    from bot.rotation.assignment import assign as optimum

    return optimum(instance)


__all__ = [
    "PAIR_WEIGHT",
    "TIERS",
    "Case",
    "History",
    "Instance",
    "InstanceInvalid",
    "Member",
    "Pair",
    "Plan",
    "Previous",
    "Rules",
    "Shortfall",
    "answer",
    "assign",
    "parse_instance",
    "plan_to_json",
]
