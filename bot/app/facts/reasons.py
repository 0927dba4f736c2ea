"""Why a person was chosen for a case, as keys and numbers that are kept with the assignment.

Only what is true whoever presents: the person's own share and a language of the case. How often they met a presenter is
kept where the presenter is named anyway; how many others could, and who came next, nowhere: both are equations about
who presents.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot import rotation
from bot.app.facts.anonymity import presenter_named
from bot.app.facts.round_planning import Situation


def reasons_of(facts: Situation, pairs: Iterable[rotation.Pair]) -> dict[rotation.Pair, dict[str, Any]]:
    """For each pair: the reviewer's balance, and where presenters are named how often they met."""
    members = {member.id: member for member in facts.instance.members}
    authors = {case.id: case.author for case in facts.instance.cases}
    met = {(each.author, each.reviewer): each.count for each in facts.instance.history}
    found: dict[rotation.Pair, dict[str, Any]] = {}
    for pair in pairs:
        case = facts.cases[pair.case]
        found[pair] = {"balance": members[pair.reviewer].balance, "language": case.language}
        if presenter_named(case):
            found[pair]["met"] = met.get((authors[pair.case], pair.reviewer), 0)
    return found
