"""Ways to each command of the program: what an observer reaches by following what answers and messages offer.

Many commands are about something that only an earlier act brings: a leave to change, a draft to confirm, an alert to
acknowledge. They are found by playing: from each typed word and button on, whatever is offered and not reached yet is
followed, every form is filled.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from bot.ui.inbound import Invalid, Outcome, Refused
from bot.ui.model import Action, Form
from tests.privacy.acting import DRAWN, Act, Stage, do, follow, send, single_acts
from tests.privacy.filling import everything
from tests.tables.crawl import actions

LONGEST = 6
"""So many acts a way has at most, without those before it."""
TRIES = 4
"""So many ways to one command are tried until it is not refused."""
Trail = tuple[Act, ...]


async def trails(stage: Stage, before: Trail = (), *, ends: frozenset[str] = frozenset()) -> dict[str, Trail]:
    """For each command the observer reaches, the way to it; `before` is played first, nothing after what `ends`."""
    reached: dict[str, Trail] = {}
    tried: Counter[str] = Counter()
    waiting = deque((key_of(each[-1]), (*before, *each)) for each in single_acts(stage))
    while waiting:
        key, trail = waiting.popleft()
        further = len(trail) > len(before) + 1
        if key in reached or (further and tried[key] >= TRIES):
            continue
        tried[key] += further
        outcome, form, offered = await _played(stage, trail)
        if outcome is None or isinstance(outcome, Refused):
            continue
        if not isinstance(outcome, Invalid):
            reached[key] = trail
        if len(trail) - len(before) < LONGEST and key not in ends:
            waiting.extend((found, (*trail, act)) for found, act in _next(form, offered) if found not in reached)
    return reached


def key_of(act: Act) -> str:
    """The command of an act."""
    return act.key.lstrip("/").split()[0] if act.key else ""


def _next(form: Form | None, offered: Sequence[Action]) -> Iterator[tuple[str, Act]]:
    if form and form.submit:
        for way in dict.fromkeys((0, everything(form), 1, 2)):
            yield form.key, send(way)
    for key in dict.fromkeys(each.key for each in offered):
        if key not in DRAWN:
            yield key, follow(key, sum(each.key == key for each in offered) - 1)


async def _played(stage: Stage, trail: Trail) -> tuple[Outcome | None, Form | None, list[Action]]:
    """The last act's answer, the form then open, and what was offered on the way."""
    stage.again()
    player, form, outcome = stage.player(), None, None
    offered: list[Action] = []
    for act in trail:
        since = len(stage.got)
        outcome, form = await do(stage, player, act, form, offered)
        await stage.world.settle()
        offered += [*actions(outcome), *stage.offered(since)]
    return outcome, form, offered
