"""Why a person was chosen for a case, kept with the assignment as keys and numbers, told in words when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot import rotation
from bot.app.context import Context
from bot.app.planning import Situation
from bot.rotation.eligibility import Register
from bot.ui.model import Line, line


def reasons_of(facts: Situation, plan: rotation.Plan) -> dict[rotation.Pair, dict[str, object]]:
    """For each pair of the plan: the balance, earlier meetings, and how many others could have taken the seat."""
    register = Register(facts.instance)
    met: Counter[tuple[str | None, str]] = Counter()
    for past in facts.instance.history:
        met[(past.author, past.reviewer)] += past.count
    reasons: dict[rotation.Pair, dict[str, object]] = {}
    for pair in plan.assignments:
        case, member = register.cases[pair.case], register.members[pair.reviewer]
        possible = [m for m in facts.instance.members if register.possible(case, m)]
        reasons[pair] = {
            "balance": member.balance,
            "met": met[(case.author, member.id)],
            "eligible": len(possible),
            "experienced": member.experienced,
        }
    return reasons


def reason_line(ctx: Context, why: Mapping[str, object], *, of: str = "why") -> Line:
    """The stored reasons as one line: told to the reviewer ("why") or to a supervisor about them ("reason")."""
    w = ctx.words
    if not why:
        return line(w(f"{of}.by_hand"))
    balance = int(str(why.get("balance", 0)))
    key = "done_more" if balance > 0 else "done_less" if balance < 0 else "even"
    parts = [w(f"{of}.{key}", reviews=w.number(abs(balance) / 10))]
    met = int(str(why.get("met", 0)))
    parts.append(w(f"{of}.never_met") if met == 0 else w.count(f"{of}.met", met))
    parts.append(w.count(f"{of}.eligible", int(str(why.get("eligible", 1)))))
    return line(" · ".join(parts))
