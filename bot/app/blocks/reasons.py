"""Why a person was chosen for a case, kept with the assignment as keys and numbers, told in words when asked.

The facts come from the costs of the optimum (`bot.rotation.explain`). A reviewer reads them without the
name of a colleague, a supervisor with it; nobody reads the presenter's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.context import Context
from bot.ui.model import Line, line


def reason_line(
    ctx: Context, why: Mapping[str, Any], names: Mapping[str, str] | None = None, *, presenter_hidden: bool = False
) -> Line:
    """The reasons as one line: for the reviewer ("why.…"), or with `names` for a supervisor ("reason.…").

    How often a reviewer met a hidden presenter is left out: it would link this case to an earlier one.
    """
    w, of = ctx.words, "why" if names is None else "reason"
    if not why:
        return line(w(f"{of}.by_hand"))
    balance = int(why.get("balance", 0))
    key = "done_more" if balance > 0 else "done_less" if balance < 0 else "even"
    parts = [w(f"{of}.{key}", reviews=w.number(abs(balance) / 10))]
    met = int(why.get("met", 0))
    if not presenter_hidden:
        parts.append(w(f"{of}.never_met") if met == 0 else w.count(f"{of}.met", met))
    if why.get("experience"):
        parts.append(w(f"{of}.experience"))
    parts.append(w.count(f"{of}.eligible", int(why.get("eligible", 1))))
    following = why.get("next")
    if names is not None and following:
        because = w(f"decided.{why.get('decided_by', 'seed')}")
        parts.append(w("reason.next", name=names.get(str(following), "–"), because=because))
    return line(" · ".join(parts))
