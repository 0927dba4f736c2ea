"""The form in which a round is begun, with what is said about the rules of its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.app.blocks.phases import phase_fields
from bot.app.blocks.reachability import reach_blocks
from bot.app.context import Context
from bot.app.facts.cadence import cadence_notices
from bot.app.facts.groups import group_fields
from bot.app.facts.permissions import MOST_GROUPS, groups_for_planning
from bot.app.steps.open_round import collecting
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.domain.series import PhaseDays
from bot.ui.model import (
    Action,
    ChoiceField,
    DateField,
    Field,
    Form,
    FormBlock,
    Heading,
    Notice,
    Option,
    Text,
    Tone,
    line,
)

COLLECT_DAYS = 7
OWN_PHASES = ("clarify", "review", "takeaway")
"""Phases whose working days a single round may set for itself."""


async def new_form(ctx: Context, errors: Mapping[str, str], values: Mapping[str, str] | None = None) -> Form:
    """Empty, or as it was sent with what is wrong in it."""
    w = ctx.words
    planned = await groups_for_planning(ctx)
    few = planned if len(planned) < MOST_GROUPS else []
    running = {group.id: round_ for group in few if (round_ := await collecting(ctx, group.id))}
    groups = [group for group in planned if group.id not in running]
    if running and not groups:
        return _under_way(ctx, list(running.values()))
    day = ctx.my_today + timedelta(days=COLLECT_DAYS)
    fields = (
        *group_fields(ctx, groups, (values or {}).get("group", ""), alone=len(planned) > 1),
        *await _kind_field(ctx, groups),
        DateField("publish_on", w("round.publish_on"), day, hint=w("round.publish_on.hint"), required=True),
        *phase_fields(ctx, OWN_PHASES, values or {}, PhaseDays.of(await ctx.policy(groups[0] if groups else None))),
    )
    return Form(
        key="round.new.send",
        title=w("round.new.title"),
        body=(Text(line(w("round.new.intro"))), *await _warnings(ctx, groups)),
        fields=fields,
        submit=w("round.new.submit"),
        errors=errors,
    )


async def _kind_field(ctx: Context, groups: Sequence[Group]) -> tuple[Field, ...]:
    """What members are asked for, where a group's policy has message reviews."""
    w = ctx.words
    if not any([(await ctx.policy(group)).message_reviews for group in groups[:MOST_GROUPS]]):
        return ()
    kinds = {CaseKind.CASE: w("round.kind.case"), CaseKind.MESSAGE: w("round.kind.message")}
    options = tuple(Option(kind.value, said) for kind, said in kinds.items())
    return (ChoiceField("kind", w("round.kind"), options, CaseKind.CASE.value),)


def _under_way(ctx: Context, rounds: Sequence[Round]) -> Form:
    """Every group collects cases already: the rounds that do, instead of a form that would be refused."""
    w = ctx.words
    said = Notice(Tone.INFO, line(w("refusal.round_under_way")))
    shows = tuple(Action("round.show", w("round.show"), round_.id, opens=True) for round_ in rounds)
    return Form("round.new", w("round.new.title"), body=(said,), actions=shows)


async def _warnings(ctx: Context, groups: Sequence[Group]) -> list[FormBlock]:
    """Who cannot be reached, and targets that rounds at a group's cadence cannot meet, group by group."""
    blocks: list[FormBlock] = []
    for group in groups if len(groups) < MOST_GROUPS else ():
        told = [*await reach_blocks(ctx, group), *await cadence_notices(ctx, group)]
        blocks += [Heading(group.name), *told] if told and len(groups) > 1 else told
    return blocks
