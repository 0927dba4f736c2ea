"""What a step that can be undone is called, with the case or the round that it touched."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.steps import publication
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.ports.records import UndoStep

_OF_CASES = frozenset({"hand_over", "swap.taken", "round.fewer"})


async def step_name(ctx: Context, step: UndoStep, name: str) -> str:
    """The words `name`, then the code of the one case whose reviewers changed, or the number of the round."""
    about = await (_round(ctx, step) if step.what == publication.WHAT else _case(ctx, step))
    return f"{ctx.words(name)} · {about}" if about else ctx.words(name)


async def _round(ctx: Context, step: UndoStep) -> str:
    for round_ in await ctx.uow.find(Round, id=step.data["round"]):
        group = await ctx.uow.get(Group, round_.group)
        return ctx.words("round.number", group=group.name, number=round_.number)
    return ""


async def _case(ctx: Context, step: UndoStep) -> str:
    """Of several cases none is named: the line stays short."""
    if step.what not in _OF_CASES:
        return ""
    ids = {*step.data.get("ended", ()), *step.data.get("made", ())} or {step.data.get("case", "")}
    found = await ctx.uow.find(Case, id__in=sorted(ids))
    return found[0].code if len(ids) == len(found) == 1 else ""
