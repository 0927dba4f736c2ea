"""Moving one review: who may take it over, and what a supervisor can do where another colleague would tell too much."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.facts.permissions import members
from bot.app.facts.takers import LEAST_NAMED
from bot.app.rounds.views import cover_actions
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.ui.model import Action, Form, ManyField, Notice, Option, Text, Tone, line


async def reassign_form(ctx: Context, assignment: Assignment, case: Case, errors: Mapping[str, str]) -> Form:
    """Who may take a review over: one of at least `LEAST_NAMED`, or one of the best; or the supervisor."""
    w = ctx.words
    group = await ctx.uow.get(Group, case.group)
    on_case = {a.reviewer for a in await ctx.uow.find(Assignment, case=case.id, ended_at=None)}
    therapists = [p for p in await members(ctx, group) if p.has(Role.THERAPIST)]
    # Everybody else is offered, the presenter too: a name left out would tell who it is.
    options = [Option(p.id, p.name) for p in therapists if p.id not in on_case]
    hint = w("reassign.to.hint", n=LEAST_NAMED)
    return Form(
        "review.reassign.send",
        w("reassign.title"),
        assignment.id,
        body=(await _intro(ctx, assignment, case),),
        fields=(ManyField("to", w("reassign.to"), tuple(options), hint=hint),) if len(options) >= LEAST_NAMED else (),
        submit=w("reassign.submit"),
        actions=await cover_actions(ctx, assignment, case),
        errors=errors,
    )


async def stays_form(ctx: Context, assignment: Assignment, case: Case, why: str) -> Form:
    """No colleague gets the review, the same whoever presents: what can be done instead."""
    w = ctx.words
    nudge = Action("supervision.nudge", w("overview.nudge"), assignment.reviewer)
    mine = assignment.reviewer == ctx.me.id
    return Form(
        "review.reassign",
        w("reassign.title"),
        assignment.id,
        body=(
            await _intro(ctx, assignment, case),
            Notice(Tone.INFO, line(why)),
        ),
        actions=(*await cover_actions(ctx, assignment, case), *(() if mine else (nudge,))),
    )


async def _intro(ctx: Context, assignment: Assignment, case: Case) -> Text:
    person = await ctx.uow.get(Person, assignment.reviewer)
    return Text(line(ctx.words("reassign.intro", name=person.name, code=case.code)))
