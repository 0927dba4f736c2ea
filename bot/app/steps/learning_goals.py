"""A person's learning goal: kept, replaced, ended; a takeaway is kept with it where its author ticks that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.anonymise import AnonText
from bot.app.context import Context, Work
from bot.app.facts.permissions import person_policy
from bot.domain.case import Case
from bot.domain.learning_goal import HalfYear, LearningGoal
from bot.domain.person import Person
from bot.ports.records import LogEntry

GOAL = "goal"
"""The part of its sentence; the field is called "note" like other short private words."""


async def goal_of(work: Work, person: Person) -> LearningGoal | None:
    """The goal that holds now, where the policy has goals."""
    if not (await person_policy(work, person)).learning_goals:
        return None
    return next(iter(await work.uow.find(LearningGoal, person=person.id, ended_on=None)), None)


async def goals_in(work: Work, person: Person, half: HalfYear) -> list[LearningGoal]:
    """The goals that held in a half-year, in the order in which they were set."""
    found = await work.uow.find(LearningGoal, person=person.id, set_on__le=half.last, order=("set_on", "id"))
    return [goal for goal in found if goal.ended_on is None or goal.ended_on >= half.first]


async def set_goal(ctx: Context, texts: Mapping[str, AnonText], themes: tuple[str, ...]) -> LearningGoal:
    """Keep a new goal; the one before ends the day before, and one of the same day is replaced as if it never was."""
    await end_goal(ctx)
    id = ctx.tools.ids.new("goal")
    goal = LearningGoal(id, ctx.uow.organisation, ctx.me.id, ctx.my_today, themes)
    await ctx.uow.add(goal)
    await ctx.uow.put_text(goal.id, GOAL, texts)
    return goal


async def end_goal(ctx: Context) -> bool:
    """The goal that holds is over from today on; whether there was one."""
    for goal in await ctx.uow.find(LearningGoal, person=ctx.me.id, ended_on=None):
        if goal.set_on == ctx.my_today:
            await ctx.uow.shred(goal.id)
            await ctx.uow.remove(LearningGoal, goal.id)
        else:
            await ctx.uow.save(replace(goal, ended_on=ctx.my_today - timedelta(days=1)))
        return True
    return False


async def keep_takeaway(ctx: Context, case: Case, texts: Mapping[str, AnonText]) -> None:
    """Keep a takeaway as the learning point of its author's own log entry: it outlives the text of the case.

    Nobody else reads learning points, and nothing links the goal and the case.
    """
    for entry in await ctx.uow.find(LogEntry, source=f"case:{case.id}:{ctx.me.id}"):
        await ctx.uow.put_text(entry.id, f"log:{entry.id}", {"learning_point": texts["takeaway"]})
