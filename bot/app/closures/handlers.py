"""Closed days of clinics: list, add, change, remove. Public holidays are known; everything else is written here."""

from __future__ import annotations

from datetime import date

from bot.app.closures.views import NAME_LENGTH, closure_form, closures_card
from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, my_step
from bot.app.steps.closures import keep_closure, remove_closure
from bot.app.steps.reschedule import Redated
from bot.app.steps.undo import remember, take_back
from bot.domain.organisation import Clinic, Closure
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text


async def show_all(ctx: Context) -> Outcome:
    """The closed days of every clinic from today on."""
    return Say(await closures_card(ctx))


async def press_show(ctx: Context, event: ActionPressed) -> Outcome:
    """The same by button."""
    return await show_all(ctx)


async def open_add(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for closed days."""
    return Show(await closure_form(ctx, None, {}, {}))


async def open_edit(ctx: Context, event: ActionPressed) -> Outcome:
    """The same form for days that are listed already."""
    return Show(await closure_form(ctx, await ctx.uow.get(Closure, event.subject), {}, {}))


async def send(ctx: Context, event: FormSubmitted) -> Outcome:
    """Write the closed days; reviews, series and rounds follow."""
    old = await ctx.uow.get(Closure, event.subject) if event.subject else None
    clinic = old.clinic if old else await _clinic(ctx, event)
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first_day"), "first_day", errors)
    last = ctx.typed_day(typed_text(event, "last_day"), "last_day", errors) or first
    name = typed_text(event, "name").reveal()
    if clinic is None:
        errors["clinic"] = ctx.words("field.choose")
    if first is None and "first_day" not in errors:
        errors["first_day"] = ctx.words("field.needed")
    if first and last and last < first:
        errors["last_day"] = ctx.words("leave.ends_before")
    if len(name) > NAME_LENGTH:
        errors["name"] = ctx.words("field.too_long", length=len(name), limit=NAME_LENGTH)
    if errors or clinic is None or first is None or last is None:
        values = {n: typed_text(event, n).reveal() for n in ("first_day", "last_day", "name")}
        return Invalid(await closure_form(ctx, old, {**values, "clinic": clinic or ""}, errors))
    id = old.id if old else ctx.tools.ids.new("closure")
    redated = await keep_closure(ctx, Closure(id, ctx.uow.organisation, clinic, first, last, name))
    return await _answer(ctx, "closures.kept", redated, id, old)


async def press_remove(ctx: Context, event: ActionPressed) -> Outcome:
    """The clinic is open on these days after all."""
    old = await ctx.uow.get(Closure, event.subject)
    return await _answer(ctx, "closures.removed", await remove_closure(ctx, old), old.id, old)


async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """The closed days as they were before my last step of the last ten minutes; what is dated by them follows again."""
    step = ctx.subject(my_step)
    if step.what != "closure":
        raise NothingToUndo
    await take_back(ctx, step, await _listed(ctx, step.data["closure"]))
    id, before = step.data["closure"], step.data["before"]
    redated = Redated()
    if before:
        first, last = map(date.fromisoformat, (before["first"], before["last"]))
        old = Closure(id, ctx.uow.organisation, before["clinic"], first, last, before["name"])
        redated = await keep_closure(ctx, old)
    else:
        for made in await ctx.uow.find(Closure, id=id):
            redated = await remove_closure(ctx, made)
    return Done(_note(ctx, "undo.done", redated), await closures_card(ctx))


async def _answer(ctx: Context, key: str, redated: Redated, id: str, old: Closure | None) -> Outcome:
    """What holds now, with the way back to what was before (`old`; None for days that were not listed)."""
    before = (
        {"clinic": old.clinic, "first": f"{old.first_day}", "last": f"{old.last_day}", "name": old.name}
        if old
        else None
    )
    step = await remember(ctx, ctx.me.id, "closure", {"closure": id, "before": before})
    return Done(_note(ctx, key, redated), await closures_card(ctx, step))


async def _listed(ctx: Context, id: str) -> str:
    """The closed days as they are listed now; empty where they are not."""
    for closure in await ctx.uow.find(Closure, id=id):
        days = sorted({closure.first_day, closure.last_day})
        shown = " – ".join(ctx.words.day(day, year=True) for day in days)
        return f"{(await ctx.uow.get(Clinic, closure.clinic)).name}: {shown}"
    return ""


async def _clinic(ctx: Context, event: FormSubmitted) -> str | None:
    clinics = await ctx.uow.find(Clinic, closed_on=None)
    picked = chosen(event, "clinic")
    if picked:
        return next((c.id for c in clinics if c.id == picked[0]), None)
    return clinics[0].id if len(clinics) == 1 else None


def _note(ctx: Context, key: str, redated: Redated) -> str:
    w = ctx.words
    return f"{w(key)} {w.count('closures.redated', redated.reviews)}" if redated.reviews else w(key)
