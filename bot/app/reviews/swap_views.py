"""The form that asks for somebody else, what stands in its place while colleagues are asked, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.app.context import Context
from bot.app.facts.permissions import members
from bot.app.facts.takers import may_be_asked_by_name
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.swap import Swap
from bot.ui.model import Action, Card, ChoiceField, Form, Notice, Option, Text, Tone, line

ANYBODY = "anybody"


async def colleagues_of(ctx: Context, case: Case) -> list[Person]:
    """The other therapists of the case's group, by name."""
    group = await ctx.uow.get(Group, case.group)
    return [p for p in await members(ctx, group) if p.has(Role.THERAPIST) and p.id != ctx.me.id]


async def swap_form(
    ctx: Context, assignment: Assignment, case: Case, errors: Mapping[str, str], named: str = ANYBODY
) -> Form:
    """Whom to ask: one colleague who is there and has room, whoever presents the case, or whoever can."""
    w, able = ctx.words, await may_be_asked_by_name(ctx, case)
    options = (
        Option(ANYBODY, w("swap.anybody")),
        *(Option(person.id, person.name) for person in await colleagues_of(ctx, case) if person.id in able),
    )
    return Form(
        "review.swap.send",
        w("swap.title"),
        assignment.id,
        body=(Text(line(w("swap.intro"))),),
        fields=(ChoiceField("whom", w("swap.whom"), options, named),),
        submit=w("swap.submit"),
        errors=errors,
    )


def asked_form(ctx: Context, assignment: Assignment, swap: Swap, until: datetime) -> Form:
    """Colleagues are asked already: how many, since when and until when, and the button that ends it."""
    w = ctx.words
    day = w.day(swap.asked_at.astimezone(ctx.zone).date())
    waiting = w.count("swap.waiting", len(swap.asked), day=day, until=w.moment(until, ctx.me.timezone))
    end = Action("review.swap.end", w("swap.end"), assignment.id)
    return Form(
        "review.swap",
        w("swap.title"),
        assignment.id,
        body=(Notice(Tone.INFO, line(waiting)),),
        actions=(end,),
    )


def taken_card(ctx: Context, assignment: Assignment, step: str) -> Card:
    """The review is the person's from now on."""
    w = ctx.words
    day = w.day(assignment.due_at.astimezone(ctx.zone).date()) if assignment.due_at else ""
    said = w("swap.taken", day=day)
    actions = (
        Action("review.open", w("review.open"), assignment.id, look="primary", opens=True),
        Action("swap.undo", w("undo"), step),
    )
    return Card("swap.taken", w("swap.taken.title"), (Text(line(said)),), actions, said)


def passed_card(ctx: Context, step: str) -> Card:
    """Somebody said no, and may take that back while colleagues are asked (`step`)."""
    said = ctx.words("swap.passed")
    undo = (Action("swap.undo", ctx.words("undo"), step),) if step else ()
    return Card("swap.passed", ctx.words("swap.pass"), (Text(line(said)),), undo, said)


def undone_card(ctx: Context, said: str) -> Card:
    """What taking an answer back did."""
    queue = Action("review.list", ctx.words("home.reviews"), opens=True)
    return Card("swap.undone", ctx.words("undo"), (Text(line(said)),), (queue,), said)
