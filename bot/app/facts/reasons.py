"""Why a person was chosen for a case, as keys and numbers that are kept with the assignment."""

from __future__ import annotations

from typing import Any

from bot import rotation
from bot.app.facts.round_planning import Situation


def reasons_of(facts: Situation, plan: rotation.Plan) -> dict[rotation.Pair, dict[str, Any]]:
    """For each pair of the plan: balance, reviews in this round, meetings, who else could, who came next."""
    from bot.rotation.explain import Explainer

    return {rotation.Pair(why.case, why.reviewer): _kept(why) for why in Explainer(facts.instance, plan).all()}


def _kept(why: Any) -> dict[str, Any]:
    facts = {fact.key: fact.values for fact in why.facts}
    kept: dict[str, Any] = {
        "balance": facts["balance"]["tenths"] if "balance" in facts else 0,
        "met": facts["met"]["times"] if "met" in facts else 0,
        "eligible": facts["eligible"]["count"] if "eligible" in facts else 1,
        "experience": "experience" in facts,
    }
    if why.next is not None:
        kept["next"] = why.next.member
        kept["decided_by"] = why.next.decided_by
    return kept
