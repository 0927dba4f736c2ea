"""The plan of a round before publication: who reviews what and why, what is short and why, what would help, what if.

Case codes and reviewers' names, never a presenter's name and never a text.
"""

from __future__ import annotations

from bot import rotation
from bot.app.blocks.reasons import reason_line
from bot.app.context import Context
from bot.app.facts.reasons import reasons_of
from bot.app.facts.round_planning import Situation, WhatIf, kept_back
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.ui.model import (
    Action,
    ChoiceField,
    Facts,
    Form,
    FormBlock,
    Heading,
    Items,
    Line,
    ManyField,
    Notice,
    NumberField,
    Option,
    Row,
    Text,
    Tone,
    line,
    muted,
)

LARGEST_CAP = 20
CAP = "cap."
"""Begins the key of a tried cap in a form's state; the person's id follows."""


async def plan_form(
    ctx: Context,
    round_: Round,
    group: Group,
    facts: Situation,
    plan: rotation.Plan,
    tried: WhatIf | None = None,
    before: rotation.Plan | None = None,
) -> Form:
    """The plan with its reasons; with `tried`, what would be different from the plan `before`."""
    w = ctx.words
    body: list[FormBlock] = [Text(line(w("plan.intro", group=group.name, number=round_.number)))]
    now = tried or WhatIf.kept(round_)
    if tried:
        body.append(Notice(Tone.INFO, line(w("plan.what_if_shown"))))
        body += _changes(ctx, facts, before or plan, plan)
    body += _own_rules(ctx, facts, now)
    body += _cases(ctx, facts, plan)
    body += [Text(line(w("plan.kept_back", code=case.code))) for case in await kept_back(ctx, round_)]
    body += _remedies(ctx, facts, plan)
    body.append(Heading(w("plan.load")))
    body += _load_rows(ctx, facts, plan, now.absent)
    options = tuple(Option(p.id, p.name) for p in sorted(facts.people.values(), key=lambda p: p.name))
    return Form(
        "round.what_if",
        w("plan.title"),
        round_.id,
        state=state_of(now),
        body=tuple(body),
        fields=(
            ManyField("absent", w("plan.absent"), options, tuple(sorted(now.absent))),
            ChoiceField("cap_person", w("plan.cap_person"), options, None, required=False),
            NumberField("cap", w("plan.cap"), None, 0, LARGEST_CAP, hint=w("plan.cap.hint")),
        ),
        submit=w("plan.try"),
        actions=_actions(ctx, round_, tried) if facts.cases else (),
    )


def state_of(what_if: WhatIf) -> dict[str, str]:
    """The caps as a form carries them; absences are a field of their own."""
    return {f"{CAP}{person}": str(cap) for person, cap in sorted(what_if.caps.items())}


def _actions(ctx: Context, round_: Round, tried: WhatIf | None) -> tuple[Action, ...]:
    w = ctx.words
    if tried:
        args = {**state_of(tried), "absent": " ".join(sorted(tried.absent))}
        return (
            Action("round.keep", w("plan.keep"), round_.id, args, look="primary", opens=True),
            Action("round.preview", w("plan.back"), round_.id, opens=True),
        )
    again = Action("round.preview", w("plan.again"), round_.id, opens=True)
    usual = (Action("round.keep", w("plan.usual"), round_.id, opens=True),) if round_.caps or round_.left_out else ()
    return (Action("round.publish", w("plan.publish"), round_.id, look="primary"), again, *usual)


def _own_rules(ctx: Context, facts: Situation, what_if: WhatIf) -> list[FormBlock]:
    """Who is left out of this round, and whose cap differs in it."""
    w, people = ctx.words, facts.people
    told = [line(w("plan.left_out", name=people[id].name)) for id in sorted(what_if.absent) if id in people]
    told += [
        line(w("plan.own_cap", name=people[id].name, n=cap)) for id, cap in sorted(what_if.caps.items()) if id in people
    ]
    return [Text(line(w("plan.only_here"))), Items(tuple(told))] if told else []


def _cases(ctx: Context, facts: Situation, plan: rotation.Plan) -> list[FormBlock]:
    """Case by case its reviewers with why they were chosen, or why seats stay empty."""
    w = ctx.words
    blocks: list[FormBlock] = []
    why = reasons_of(facts, plan)
    names = {p.id: p.name for p in facts.people.values()}
    missing = {s.case: s for s in plan.shortfalls}
    for case in sorted(facts.cases.values(), key=lambda c: c.code):
        blocks.append(Heading(w("plan.case", code=case.code)))
        for pair in (p for p in plan.assignments if p.case == case.id):
            blocks.append(Row(line(facts.people[pair.reviewer].name), reason_line(ctx, why[pair], names)))
        if case.id in missing:
            blocks += shortage_blocks(ctx, facts, missing[case.id])
    return blocks or [Notice(Tone.INFO, line(w("plan.no_cases")))]


def shortage_blocks(ctx: Context, facts: Situation, short: rotation.Shortfall) -> list[FormBlock]:
    """How many seats stay empty, why, and what keeps every person from taking one."""
    w = ctx.words
    blocks: list[FormBlock] = [Notice(Tone.WARN, line(w.count("plan.missing", short.missing)))]
    blocks += [Text(line(w(f"shortage.{kind}"))) for kind in short.kinds]
    for member, reasons in sorted(short.blocked.items(), key=lambda item: facts.people[item[0]].name):
        words = w.listing([w(f"blocked.{_hidden(reason)}") for reason in dict.fromkeys(map(_hidden, reasons))])
        blocks.append(Row(line(facts.people[member].name), line(muted(words))))
    return blocks


def _changes(ctx: Context, facts: Situation, before: rotation.Plan, after: rotation.Plan) -> list[FormBlock]:
    """What a try-out would change, pair by pair."""
    from bot.rotation.changes import difference

    w, found = ctx.words, difference(before, after)
    told = [
        line(w(key, code=facts.cases[pair.case].code, name=facts.people[pair.reviewer].name))
        for key, pairs in (("plan.would_lose", found.removed), ("plan.would_gain", found.added))
        for pair in pairs
    ]
    return [Items(tuple(told))] if told else [Text(line(w("plan.nothing_changes")))]


def _remedies(ctx: Context, facts: Situation, plan: rotation.Plan) -> list[FormBlock]:
    """Why no plan fills more seats, and what would; each remedy was tried out by planning again."""
    from bot.rotation.remedies import remedies

    w = ctx.words
    if not plan.shortfalls:
        return []
    names = sorted(facts.people[id].name for id in plan.bottleneck)
    proof = w("plan.proof", names=w.listing(names)) if names else w("plan.proof.nobody")
    found = remedies(facts.instance, plan, limit=3)
    if not found:
        return [Text(line(proof)), Text(line(w("remedy.none")))]
    told = [
        line(
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


def _hidden(reason: str) -> str:
    """Reasons that would tell who presented a case or a private matter read alike."""
    return (
        "not_for_this_case" if reason in {"own", "conflict", "never_assign", "recused", "former_therapist"} else reason
    )


def _load_rows(ctx: Context, facts: Situation, plan: rotation.Plan, left_out: frozenset[str]) -> list[FormBlock]:
    """Everybody's reviews in this round beside what they may hold, what is still open, and their balance."""
    w = ctx.words
    rows: list[tuple[str, Line]] = []
    for member in sorted(facts.instance.members, key=lambda m: facts.people[m.id].name):
        count = sum(p.reviewer == member.id for p in plan.assignments)
        away = w("blocked.absent" if member.id in left_out else "plan.absent_today")
        note = w("plan.of_cap", count=count, cap=member.room) if member.present else away
        more = [w.count("plan.open_before", member.open_reviews)] if member.open_reviews else []
        if member.balance:
            key = "reason.done_more" if member.balance > 0 else "reason.done_less"
            more.append(w(key, reviews=w.number(abs(member.balance) / 10)))
        rows.append((facts.people[member.id].name, line(note, muted("".join(f" · {each}" for each in more)))))
    return [Facts(tuple(rows))] if rows else []
