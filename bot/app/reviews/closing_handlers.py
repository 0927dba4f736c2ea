"""The end of a case and of a round: released together, the takeaway, the log entries exactly once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import AnonText, Examined, TagBook
from bot.app.blocks.cases import reviews_form, takeaway_form
from bot.app.blocks.drafts import takeaway_begun
from bot.app.blocks.exchange import used_field
from bot.app.context import Context
from bot.app.facts.permissions import my_case
from bot.app.gate.handlers import Typed, examine, finish_or_preview
from bot.app.steps.closing import after_close
from bot.app.steps.exchange_news import plan_follow_up
from bot.app.steps.learning_goals import goal_of, keep_takeaway
from bot.app.steps.takeaway_news import tell_takeaway
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.ports.records import Draft
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text


async def open_reviews(ctx: Context, event: ActionPressed) -> Outcome:
    """The presenter reads the released reviews."""
    case = ctx.subject(my_case)
    case.must_be_released()
    return Show(await reviews_form(ctx, case))


async def open_takeaway(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for the takeaway."""
    case = ctx.subject(my_case)
    await _must_take(ctx, case)
    return Show(await takeaway_form(ctx, case, {}, {}))


async def prepare_takeaway(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over the takeaway."""
    case = ctx.subject(my_case)
    text = typed_text(event, "takeaway")
    return await examine(ctx, _typed(case, event)) if text else None


async def send_takeaway(ctx: Context, event: FormSubmitted) -> Outcome:
    """What the presenter will try; without anything to mask it closes the case at once."""
    case = ctx.subject(my_case)
    await _must_take(ctx, case)
    if ctx.prepared is None:
        errors = {"takeaway": ctx.words("takeaway.missing")}
        return Invalid(await takeaway_form(ctx, case, event.values, errors))
    return await finish_or_preview(ctx, _typed(case, event), event)


async def finish_takeaway(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """Close the case with its takeaway; a second tap finds it closed and makes nothing twice.

    One that was begun before the round was closed joins the case as it is: what the closing logged stays.
    """
    case = await my_case(ctx, draft.subject)
    late = await takeaway_begun(ctx, case)
    case = case if late else await ctx.uow.save(case.take_away(ctx.now))
    await ctx.uow.put_text(case.id, "takeaway", texts)
    if not late:
        await after_close(ctx, case)
    await plan_follow_up(ctx, case)
    if draft.state.get("goal") and await goal_of(ctx, ctx.me):
        await keep_takeaway(ctx, case, texts)
    offered = await used_field(ctx, case, {})
    used = draft.state.get("used", "").split(",") if offered else []
    await ctx.tell(ctx.me.id, "takeaway_kept", case.id, slot=f"case:{case.id}")
    for assignment in await ctx.uow.find(Assignment, case=case.id, submitted_at__not=None):
        if assignment.letter in used and not assignment.ended_at:
            await ctx.uow.save(assignment.use(ctx.now))
        if assignment.readable:
            await tell_takeaway(ctx, assignment)
    return Done(ctx.words("takeaway.done", code=case.code))


async def _must_take(ctx: Context, case: Case) -> None:
    """Refuse by name a case that takes no takeaway."""
    if not await takeaway_begun(ctx, case):
        case.take_away(ctx.now)


def _typed(case: Case, event: FormSubmitted) -> Typed:
    fields = {"takeaway": typed_text(event, "takeaway")}
    used = ",".join(chosen(event, "used"))
    return Typed(
        "takeaway",
        case.id,
        fields,
        case.language,
        {"used": used, "goal": "".join(chosen(event, "goal"))},
        owner=case.id,
    )
