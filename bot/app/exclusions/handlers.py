"""Pairs of people who never review each other's cases: known to supervisors alone, without a reason."""

from __future__ import annotations

from collections.abc import Mapping

from bot.app.context import Context
from bot.app.facts.anonymity import budgets, pairs_kept
from bot.app.facts.partners import least_partners, therapists_of
from bot.app.facts.permissions import NotFoundHere, groups_for_planning, members
from bot.domain.organisation import NeverAssign
from bot.domain.person import Person, Role
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.model import Action, ChoiceField, Form, FormBlock, Option, Row, Text, line


async def open_pairs(ctx: Context, event: ActionPressed) -> Outcome:
    """The list, and the way to add a pair."""
    return Show(await _form(ctx, {}))


async def add(ctx: Context, event: FormSubmitted) -> Outcome:
    """From the next plan on these two do not meet; what is published stays as it is."""
    people = await _people(ctx)
    one, other = ((chosen(event, name) or ("",))[0] for name in ("one", "other"))
    if one not in people or other not in people or one == other:
        return Invalid(await _form(ctx, {"other": ctx.words("pairs.two")}))
    one, other = sorted((one, other))
    if await ctx.uow.find(NeverAssign, one=one, other=other, set_by=""):
        return Invalid(await _form(ctx, {"other": ctx.words("pairs.there")}))
    for id in (one, other):
        if (left := await _too_few(ctx, id)) is not None:
            return Invalid(await _form(ctx, {"other": ctx.words("pairs.too_few", name=people[id].name, left=left)}))
    if (least := await _tells_too_much(ctx, one, other)) is not None:
        return Invalid(await _form(ctx, {"other": ctx.words("pairs.tells", n=least)}))
    pair = NeverAssign(ctx.tools.ids.new("pair"), ctx.uow.organisation, one, other)
    await ctx.uow.add(pair)
    await ctx.uow.audit(Audited.PAIR_ADDED, ctx.me.id, pair.id, ctx.now)
    return Done(ctx.words("pairs.added"))


async def remove(ctx: Context, event: ActionPressed) -> Outcome:
    """From the next plan on they may review each other again."""
    found = [pair for pair in await _pairs(ctx) if pair.id == event.subject]
    if not found:
        raise NotFoundHere
    pair = found[0]
    await ctx.uow.remove(NeverAssign, pair.id)
    await ctx.uow.audit(Audited.PAIR_REMOVED, ctx.me.id, pair.id, ctx.now)
    return Done(ctx.words("pairs.removed"))


async def _too_few(ctx: Context, person: str) -> int | None:
    """How many partners one pair more would leave somebody, where that is too few; private lists count for nobody."""
    apart = {p.other if p.one == person else p.one for p in await _pairs(ctx) if person in {p.one, p.other}}
    for group in await groups_for_planning(ctx):
        therapists = await therapists_of(ctx, group)
        left = len(therapists - apart) - 2
        if person in therapists and left < await least_partners(ctx, group):
            return left
    return None


async def _tells_too_much(ctx: Context, one: str, other: str) -> int | None:
    """The group's `small_group` where the pair brings some author below it, for supervisors, who know the list."""
    pairs = await pairs_kept(ctx)
    for group in await groups_for_planning(ctx):
        people = [p for p in await members(ctx, group) if p.has(Role.THERAPIST)]
        if not {one, other} <= {p.id for p in people}:
            continue
        least = (await ctx.policy(group)).small_group
        before = await budgets(ctx, group, people, "", pairs)
        after = await budgets(ctx, group, people, "", pairs | {frozenset((one, other))})
        for id, known in before.items():
            left = after[id].by_supervisors
            if left is not None and known.by_supervisors is not None and left < least <= known.by_supervisors:
                return least
    return None


async def _pairs(ctx: Context) -> list[NeverAssign]:
    """The list as far as it is about people this supervisor plans for."""
    people = await _people(ctx)
    return [p for p in await ctx.uow.find(NeverAssign, set_by="", one__in=list(people)) if p.other in people]


async def _people(ctx: Context) -> dict[str, Person]:
    """The therapists of the groups this supervisor plans for, by name."""
    found = [p for group in await groups_for_planning(ctx) for p in await members(ctx, group)]
    return {p.id: p for p in sorted(found, key=lambda p: p.name) if p.has(Role.THERAPIST)}


async def _form(ctx: Context, errors: Mapping[str, str]) -> Form:
    w = ctx.words
    names = {id: person.name for id, person in (await _people(ctx)).items()}
    rows: list[FormBlock] = [
        Row(line(f"{names[pair.one]} – {names[pair.other]}"), (), (Action("pairs.remove", w("pairs.remove"), pair.id),))
        for pair in await _pairs(ctx)
    ]
    options = tuple(Option(p.id, p.name) for p in (await _people(ctx)).values())
    body = (Text(line(w("pairs.intro"))), *(rows or [Text(line(w("pairs.none")))]))
    if len(options) < 2:
        return Form("pairs.add", w("pairs.title"), body=(*body, Text(line(w("pairs.nobody")))))
    return Form(
        "pairs.add",
        w("pairs.title"),
        body=body,
        fields=(
            ChoiceField("one", w("pairs.one"), options, None, required=True),
            ChoiceField("other", w("pairs.other"), options, None, required=True),
        ),
        submit=w("pairs.add"),
        errors=errors,
    )
