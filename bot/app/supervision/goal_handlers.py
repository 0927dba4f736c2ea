"""My learning goal and my half-year: by the person and for the person, read by nobody else."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import person_policy
from bot.app.facts.second_sending import SINCE, changed_since
from bot.app.facts.themes import themes_of
from bot.app.gate.private_notes import masked, too_long
from bot.app.steps.learning_goals import end_goal, goal_of, goals_in, set_goal
from bot.app.supervision.goal_views import goal_form, half_form, half_text, seen_half
from bot.domain.learning_goal import HalfYear, NoLearningGoal
from bot.errors import Refusal
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Hand, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import Document


class NoGoalsHere(Refusal):
    """A group's policy may leave learning goals out."""


class HalfYearOnTheWeb(Refusal):
    """A file with private words is handed out by our own pages only: a chat would keep a copy of it."""


async def _must_be_kept(ctx: Context) -> None:
    if not (await person_policy(ctx, ctx.me)).learning_goals:
        raise NoGoalsHere


async def open_goal(ctx: Context, event: ActionPressed) -> Outcome:
    """The goal as it is, to be changed."""
    await _must_be_kept(ctx)
    return Show(await goal_form(ctx, {}, {}))


async def send_goal(ctx: Context, event: FormSubmitted) -> Outcome:
    """One sentence and the themes it is about; an empty one is told, an unknown theme is left out."""
    await _must_be_kept(ctx)
    errors = too_long(ctx, event)
    texts = masked(ctx)
    if "note" not in texts:
        errors.setdefault("note", ctx.words("goal.missing"))
    if errors:
        return Invalid(await goal_form(ctx, event.values, errors))
    goal = await goal_of(ctx, ctx.me)
    if changed_since(event, goal.id if goal else ""):
        return Invalid(await goal_form(ctx, event.values, {SINCE: ctx.words("text.changed_since")}))
    offered = await themes_of(ctx)
    await set_goal(ctx, {"note": texts["note"]}, tuple(each for each in offered if each in chosen(event, "themes")))
    return Done(ctx.words("goal.kept"))


async def press_end(ctx: Context, event: ActionPressed) -> Outcome:
    """The goal is over; it still stands in the half-years in which it held."""
    if not await end_goal(ctx):
        raise NoLearningGoal
    return Done(ctx.words("goal.ended"))


async def open_half(ctx: Context, event: ActionPressed) -> Outcome:
    """A half-year: goals, themes, learning points and what one wrote about it."""
    await _must_be_kept(ctx)
    return Show(await half_form(ctx, HalfYear.read(event.args.get("half", ""), ctx.my_today), {}, {}))


async def send_half(ctx: Context, event: FormSubmitted) -> Outcome:
    """What I make of the half-year, in a few sentences; an empty text takes it back."""
    await _must_be_kept(ctx)
    half = HalfYear.read(event.state.get("half", ""), ctx.my_today)
    errors = too_long(ctx, event)
    goals = await goals_in(ctx, ctx.me, half)
    if not goals:
        errors.setdefault("learning_point", ctx.words("goal.half.no_goal"))
    if errors:
        return Invalid(await half_form(ctx, half, event.values, errors))
    if changed_since(event, await seen_half(ctx, half)):
        return Invalid(await half_form(ctx, half, event.values, {SINCE: ctx.words("text.changed_since")}))
    part = f"half:{half.key}"
    if typed_text(event, "learning_point"):
        await ctx.uow.put_text(goals[-1].id, part, {"learning_point": masked(ctx)["learning_point"]})
    else:
        await ctx.uow.drop_text(goals[-1].id, part)
    return Done(ctx.words("goal.half.kept"))


async def hand_half(ctx: Context, event: ActionPressed) -> Outcome:
    """The same as a file for the person's own papers (web pages only)."""
    await _must_be_kept(ctx)
    if not ctx.tools.own_pages(event.actor.platform):
        raise HalfYearOnTheWeb(url=ctx.tools.public_url)
    half = HalfYear.read(event.args.get("half", ""), ctx.my_today)
    content = (await half_text(ctx, half)).encode("utf-8-sig")
    return Hand(Document(f"{ctx.words('goal.file')}-{half.key}.txt", "text/plain; charset=utf-8", content), "")


async def typed_goal(ctx: Context) -> Outcome:
    """`/supervision goal`: the half-year, or the form where there is no goal yet."""
    await _must_be_kept(ctx)
    if await goal_of(ctx, ctx.me):
        return Show(await half_form(ctx, HalfYear.of(ctx.my_today), {}, {}))
    return Show(await goal_form(ctx, {}, {}))
