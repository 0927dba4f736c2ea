"""The plan of a round before publication: what is short, what would help, about how many reviews for whom, what if.

Of the real plan only how many reviewers each case has; who they are shows when it is published. The counts of people
are those of a plan that does not know who presents.
What holds for a person whatever the case (on leave, at the cap) stands once, beside the person.
"""

from __future__ import annotations

from collections import Counter

from bot import rotation
from bot.app.blocks.reachability import reach_blocks
from bot.app.context import Context
from bot.app.facts.blind_plan import blind, blind_plan, freed_by_modes
from bot.app.facts.round_planning import Situation, WhatIf, kept_back
from bot.app.rounds.views import publication_actions, publication_notice, told_words
from bot.app.steps.publication import pending_publication
from bot.app.steps.undo import FOR
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.rotation.eligibility import Register
from bot.ui.model import (
    Action,
    ChoiceField,
    Form,
    FormBlock,
    Heading,
    Items,
    Line,
    ManyField,
    Notice,
    NumberField,
    Option,
    Table,
    Text,
    Tone,
    code,
    line,
    muted,
    strong,
)

LARGEST_CAP = 20
CAP = "cap."
"""Begins the key of a tried cap in a form's state; the person's id follows."""


async def plan_form(ctx: Context, round_: Round, group: Group, facts: Situation, plan: rotation.Plan) -> Form:
    """The plan that a publication would follow."""
    w = ctx.words
    rules = WhatIf.kept(round_)
    body: list[FormBlock] = [
        Text(line(w("plan.intro", group=group.name, number=round_.number))),
        *await reach_blocks(ctx, group),
        *_own_rules(ctx, facts, rules),
        *_cases(ctx, facts, plan),
        *[Text(line(w("plan.kept_back", code=case.code))) for case in await kept_back(ctx, round_)],
        *(_remedies(ctx, facts, plan) if plan.shortfalls else ()),
        *_load(ctx, facts, blind_plan(facts.instance), rules),
    ]
    again = Action("round.preview", w("plan.again"), round_.id, opens=True)
    usual = (Action("round.keep", w("plan.usual"), round_.id, opens=True),) if round_.caps or round_.left_out else ()
    if at := await pending_publication(ctx, round_):
        waits = await publication_notice(ctx, round_, group)
        return _form(ctx, round_, facts, rules, [*waits, *body], publication_actions(ctx, round_, at))
    body.append(Text(line(await told_words(ctx, group, ctx.now + FOR))))
    publish = Action("round.publish.soon", w("plan.publish"), round_.id, look="primary")
    return _form(ctx, round_, facts, rules, body, (publish, again, *usual))


async def trial_form(
    ctx: Context, round_: Round, group: Group, before: Situation, tried: Situation, rules: WhatIf
) -> Form:
    """A try-out of other caps and absences, as the round looks from outside: enough reviews or not, and for whom."""
    w = ctx.words
    old, new = blind_plan(before.instance), blind_plan(tried.instance)
    body: list[FormBlock] = [
        Text(line(w("plan.intro", group=group.name, number=round_.number))),
        Notice(Tone.INFO, line(w("plan.what_if_shown"))),
        *_changes(ctx, tried, old, new),
        *_own_rules(ctx, tried, rules),
        *_cases(ctx, tried, new),
        *[Text(line(w("plan.kept_back", code=case.code))) for case in await kept_back(ctx, round_)],
        *(_remedies(ctx, tried, new) if new.shortfalls else ()),
        *_load(ctx, tried, new, rules),
    ]
    args = {**state_of(rules), "absent": " ".join(sorted(rules.absent))}
    actions = (
        Action("round.keep", w("plan.keep"), round_.id, args, look="primary", opens=True),
        Action("round.preview", w("plan.back"), round_.id, opens=True),
    )
    return _form(ctx, round_, tried, rules, body, actions)


def _form(
    ctx: Context, round_: Round, facts: Situation, rules: WhatIf, body: list[FormBlock], actions: tuple[Action, ...]
) -> Form:
    w = ctx.words
    options = tuple(Option(p.id, p.name) for p in sorted(facts.people.values(), key=lambda p: p.name))
    return Form(
        "round.what_if",
        w("plan.title"),
        round_.id,
        state=state_of(rules),
        body=tuple(body),
        fields=(
            ManyField("absent", w("plan.absent"), options, tuple(sorted(rules.absent))),
            ChoiceField("cap_person", w("plan.cap_person"), options, None, required=False),
            NumberField("cap", w("plan.cap"), None, 0, LARGEST_CAP, hint=w("plan.cap.hint")),
        ),
        submit=w("plan.try"),
        actions=actions if facts.cases else (),
        aside=True,
    )


def state_of(what_if: WhatIf) -> dict[str, str]:
    """The caps as a form carries them; absences are a field of their own."""
    return {f"{CAP}{person}": str(cap) for person, cap in sorted(what_if.caps.items())}


def _own_rules(ctx: Context, facts: Situation, what_if: WhatIf) -> list[FormBlock]:
    """Who is left out of this round, and whose cap differs in it."""
    w, people = ctx.words, facts.people
    told = [line(w("plan.left_out", name=people[id].name)) for id in sorted(what_if.absent) if id in people]
    told += [
        line(w("plan.own_cap", name=people[id].name, n=cap)) for id, cap in sorted(what_if.caps.items()) if id in people
    ]
    return [Text(line(w("plan.only_here"))), Items(tuple(told))] if told else []


def _cases(ctx: Context, facts: Situation, plan: rotation.Plan) -> list[FormBlock]:
    """Case by case how many reviewers it has of how many it wants, and how many could take it, language named.

    Who they are shows when it is published; who could is counted without knowing who presents.
    """
    w = ctx.words
    found = Counter(pair.case for pair in plan.assignments)
    outside = Register(blind(facts.instance))
    rows: list[tuple[Line, ...]] = []
    for case in sorted(facts.cases.values(), key=lambda c: c.code):
        missing = case.reviewers - found[case.id]
        has = [w("plan.found", n=found[case.id], of=case.reviewers)]
        has += [w.count("plan.missing", missing)] if missing > 0 else []
        could: list[str] = []
        if case.id in outside.cases:
            why = [outside.reasons(outside.cases[case.id], member) for member in outside.members.values()]
            could.append(w("plan.could", n=sum(not each for each in why), of=len(why)))
            language = sum(each == ("language",) for each in why)
            could += [w.count("plan.language", language)] if language else []
        told = strong(" · ".join(has)) if missing > 0 else " · ".join(has)
        rows.append((line(code(case.code)), line(told), line(" · ".join(could))))
    columns = (w("case.word"), w("plan.reviewers"), w("plan.takers"))
    return [Table(columns, tuple(rows))] if rows else [Notice(Tone.INFO, line(w("plan.no_cases")))]


def _changes(ctx: Context, facts: Situation, before: rotation.Plan, after: rotation.Plan) -> list[FormBlock]:
    """What a try-out would change: who gets more or fewer reviews, and how many are missing."""
    w = ctx.words
    old, new = (Counter(pair.reviewer for pair in plan.assignments) for plan in (before, after))
    names = {id: facts.people[id].name for id in {*old, *new} if id in facts.people}
    told = [
        line(w("plan.other_load", name=name, n=new[id], before=old[id]))
        for id, name in sorted(names.items(), key=lambda item: item[1])
        if new[id] != old[id]
    ]
    gaps = [sum(short.missing for short in plan.shortfalls) for plan in (before, after)]
    if gaps[0] != gaps[1]:
        told.append(line(w("plan.other_gap", n=gaps[1], before=gaps[0])))
    return [Items(tuple(told))] if told else [Text(line(w("plan.nothing_changes")))]


def _remedies(ctx: Context, facts: Situation, shown: rotation.Plan) -> list[FormBlock]:
    """What would fill more assignments, each tried out by planning again from outside."""
    from bot.rotation.remedies import remedies

    w, instance = ctx.words, blind(facts.instance)
    plan = rotation.assign(instance)
    freed = freed_by_modes(facts.instance, shown)
    by_modes = line(w("remedy.open_modes"), " ", muted(w.count("remedy.gained", freed)))
    if not plan.shortfalls:
        rule = (Heading(w("remedy.heading")), Items((by_modes,))) if freed else ()
        return [Text(line(w("plan.short_in_other_ways"))), *rule]
    names = sorted(facts.people[id].name for id in plan.bottleneck)
    proof = w("plan.proof", names=w.listing(names)) if names else w("plan.proof.nobody")
    found = remedies(instance, plan, limit=3)
    if not found:
        return [Text(line(proof)), Text(line(w("remedy.none")))]
    told = [
        by_modes
        if each.kind == "open_modes" and freed
        else line(
            w(
                f"remedy.{each.kind}",
                name=facts.people[each.member].name if each.member else "",
                code=facts.cases[each.case].code if each.case else "",
            ),
            " ",
            muted(w.count("remedy.gained", each.gained)),
        )
        for each in found
    ]
    return [Text(line(proof)), Heading(w("remedy.heading")), Items(tuple(told))]


def _load(ctx: Context, facts: Situation, plan: rotation.Plan, rules: WhatIf) -> list[FormBlock]:
    """Everybody's reviews in this round beside what they may hold, what is still open, and their balance.

    As the round looks from outside: who gets none in the real plan, rule after rule, would at last be who presents.
    """
    w = ctx.words
    rows: list[tuple[Line, ...]] = []
    for member in sorted(facts.instance.members, key=lambda m: facts.people[m.id].name):
        count = sum(p.reviewer == member.id for p in plan.assignments)
        away = w("blocked.absent" if member.id in rules.absent else "plan.absent_today")
        this_round = w("plan.n_of", n=count, of=member.room) if member.present else away
        reviews = (abs(member.balance) + 5) // 10
        sign = "+" if member.balance > 0 else "\N{MINUS SIGN}"
        balance = f"{sign}{reviews}" if reviews else ""
        open_before = str(member.open_reviews) if member.open_reviews else ""
        rows.append(tuple(line(each) for each in (facts.people[member.id].name, this_round, open_before, balance)))
    columns = (w("overview.person"), w("plan.this_round"), w("plan.open_before"), w("plan.balance"))
    table = [Table(columns, tuple(rows))] if rows else []
    return [Heading(w("plan.load")), Text(line(muted(w("plan.load.about")))), *table]
