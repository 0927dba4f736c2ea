"""Colleagues a person never wants to be paired with: set by themselves, seen by nobody else (no supervisor either)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.facts.partners import most_private, therapists_of
from bot.app.facts.permissions import members, my_groups
from bot.domain.organisation import NeverAssign
from bot.domain.person import Person, Role
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.model import Form, ManyField, Option, Text, line


async def open_apart(ctx: Context, event: ActionPressed) -> Outcome:
    """The person's own list and nobody else's; that somebody else named them does not show."""
    named = tuple(pair.other for pair in await _own(ctx))
    return Show(await _form(ctx, named, {}))


async def send_apart(ctx: Context, event: FormSubmitted) -> Outcome:
    """From the round after the next on these do not meet the person; until then they may decline.

    A list that would leave too few possible partners is refused with the number: it would choose the others.
    """
    people = await _colleagues(ctx)
    wanted = {id for id in chosen(event, "people") if id in people}
    if (most := await _most(ctx, wanted)) is not None:
        return Invalid(await _form(ctx, tuple(sorted(wanted)), {"people": ctx.words("apart.too_many", n=most)}))
    own = {pair.other: pair for pair in await _own(ctx) if pair.other in people}
    for id in sorted(set(own) - wanted):
        await ctx.uow.remove(NeverAssign, own[id].id)
    for id in sorted(wanted - set(own)):
        await ctx.uow.add(
            NeverAssign(ctx.tools.ids.new("pair"), ctx.uow.organisation, ctx.me.id, id, ctx.me.id, ctx.now)
        )
    return Done(ctx.words("apart.saved"))


async def _most(ctx: Context, wanted: set[str]) -> int | None:
    """How many names would be the most, where a list is too long for one of the person's groups."""
    for group in await my_groups(ctx):
        most = await most_private(ctx, group)
        if len(wanted & await therapists_of(ctx, group)) > most:
            return most
    return None


async def _form(ctx: Context, named: tuple[str, ...], errors: Mapping[str, str]) -> Form:
    w = ctx.words
    people = await _colleagues(ctx)
    if not people:
        return Form("apart.send", w("apart.title"), body=(Text(line(w("apart.intro"))), Text(line(w("apart.nobody")))))
    most = min([await most_private(ctx, group) for group in await my_groups(ctx)], default=0)
    options = tuple(Option(p.id, p.name) for p in people.values())
    hint = w.count("apart.most", most) if most else w("apart.small")
    field = ManyField("people", w("apart.field"), options, tuple(id for id in named if id in people), hint=hint)
    body = (Text(line(w("apart.intro"))),)
    return Form("apart.send", w("apart.title"), body=body, fields=(field,), submit=w("apart.submit"), errors=errors)


async def _own(ctx: Context) -> list[NeverAssign]:
    return await ctx.uow.find(NeverAssign, set_by=ctx.me.id)


async def _colleagues(ctx: Context) -> dict[str, Person]:
    """The other therapists of the person's groups, by name."""
    found = [p for group in await my_groups(ctx) for p in await members(ctx, group)]
    others = [p for p in found if p.id != ctx.me.id and p.has(Role.THERAPIST)]
    return {p.id: p for p in sorted(others, key=lambda p: p.name)}
