"""What a supervisor sees of a round: the plan with its reasons before publication, the state of each case after it.

Case codes and reviewers' names, never a presenter's name and never a text.
"""

from __future__ import annotations

from bot import rotation
from bot.app.context import Context
from bot.app.planning import Situation, WhatIf
from bot.app.relations import groups_for_planning, members
from bot.app.views.reasons import reason_line, reasons_of
from bot.domain.case import Assignment, Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round, RoundStatus
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
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
    code,
    line,
    muted,
)


async def rounds_card(ctx: Context) -> Card:
    """Every open round of the supervisor's groups and the way to a new one."""
    w = ctx.words
    blocks: list[CardBlock] = []
    for group in await groups_for_planning(ctx):
        rounds = await ctx.uow.find(Round, group=group.id, closed_at=None, cancelled_at=None, order=("opened_at",))
        blocks += [await round_row(ctx, r, group) for r in rounds]
    if not blocks:
        blocks.append(Text(line(w("round.none"))))
    new = Action("round.new", w("round.new"), look="primary", opens=True)
    return Card("round.list", w("round.list.title"), tuple(blocks), (new,), summary=w("round.list.title"))


async def round_row(ctx: Context, round_: Round, group: Group) -> Row:
    """One open round with what can be done next."""
    w = ctx.words
    cases = [c for c in await ctx.uow.find(Case, round=round_.id) if c.withdrawn_at is None]
    done = sum(c.closed_at is not None for c in cases)
    day = w.day(round_.publish_at.astimezone(ctx.zone).date())
    detail = {
        RoundStatus.COLLECTING: w("round.detail.collecting", day=day),
        RoundStatus.ASSIGNED: w("round.detail.assigned", day=day),
        RoundStatus.REVIEWING: w("round.detail.reviewing", done=done, cases=len(cases)),
    }.get(round_.status, w(f"round.status.{round_.status.value}"))
    title = line(w("round.number", group=group.name, number=round_.number), " — ", w.count("round.cases", len(cases)))
    return Row(title, line(detail), round_actions(ctx, round_))


def round_actions(ctx: Context, round_: Round) -> tuple[Action, ...]:
    """What a supervisor may do with a round now."""
    w = ctx.words
    status = round_.status
    if status in {RoundStatus.COLLECTING, RoundStatus.ASSIGNED}:
        ask = Confirm(w("round.cancel.title"), w("round.cancel.text"), w("round.cancel"), w("keep"))
        return (
            Action("round.preview", w("round.preview"), round_.id, look="primary", opens=True),
            Action("round.cancel", w("round.cancel"), round_.id, look="danger", confirm=ask),
        )
    if status is RoundStatus.REVIEWING:
        ask = Confirm(w("round.close.title"), w("round.close.text"), w("round.close"), w("back"))
        return (
            Action("round.show", w("round.show"), round_.id),
            Action("round.close", w("round.close"), round_.id, confirm=ask),
        )
    return (Action("round.show", w("round.show"), round_.id),)


async def round_card(ctx: Context, id: str) -> Card:
    """Where a round stands, case by case, with one-tap reassigning of what is late."""
    w = ctx.words
    round_ = await ctx.uow.get(Round, id)
    group = await ctx.uow.get(Group, round_.group)
    blocks: list[CardBlock] = [Facts(((w("round.state"), line(w(f"round.status.{round_.status.value}"))),))]
    people = {p.id: p for p in await ctx.uow.find(Person)}
    for case in await ctx.uow.find(Case, round=id, order=("code",)):
        blocks.append(Heading(w("plan.case", code=case.code)))
        blocks.append(Text(line(w(f"case.status.{case.status(ctx.now).value}"))))
        for seat in await ctx.uow.find(Assignment, case=case.id, ended_at=None, order=("letter",)):
            blocks.append(_seat_row(ctx, seat, case, people[seat.reviewer]))
        if len(await ctx.uow.find(Assignment, case=case.id, ended_at=None)) < case.reviewers and case.open:
            blocks.append(Notice(Tone.WARN, line(w("round.seat_empty"))))
    title = w("round.number", group=group.name, number=round_.number)
    return Card("round.card", title, tuple(blocks), round_actions(ctx, round_) if round_.open else (), summary=title)


def _seat_row(ctx: Context, seat: Assignment, case: Case, person: Person) -> Row:
    w = ctx.words
    state = seat_state(seat, case, ctx)
    due = f" · {w('due', day=w.day(seat.due_at.astimezone(ctx.zone).date()))}" if seat.due_at and seat.pending else ""
    actions: tuple[Action, ...] = ()
    if seat.pending and case.status(ctx.now) in {CaseStatus.CLARIFYING, CaseStatus.REVIEWING}:
        actions = (Action("review.reassign", w("review.reassign"), seat.id, opens=True),)
    return Row(line(person.name), line(w(f"seat.{state}") + due), actions)


def seat_state(seat: Assignment, case: Case, ctx: Context) -> str:
    """A key: in, late, not_reached, overdue, hold, open."""
    if seat.submitted_at:
        return "late" if seat.late else "in"
    if seat.not_reached_at:
        return "not_reached"
    if case.held_at:
        return "hold"
    return "overdue" if seat.overdue(ctx.now, case) else "open"


async def plan_form(
    ctx: Context,
    round_: Round,
    group: Group,
    facts: Situation,
    plan: rotation.Plan,
    what_if: WhatIf | None = None,
    before: rotation.Plan | None = None,
) -> Form:
    """The plan with why each person was chosen, what is short and why, and a try-out of other caps and absences."""
    w = ctx.words
    body: list[FormBlock] = [Text(line(w("plan.intro", group=group.name, number=round_.number)))]
    if what_if:
        body.append(Notice(Tone.INFO, line(w("plan.what_if_shown"))))
        body += _changes(ctx, facts, before or plan, plan)
    why = reasons_of(facts, plan)
    names = {p.id: p.name for p in facts.people.values()}
    missing = {s.case: s for s in plan.shortfalls}
    for case in sorted(facts.cases.values(), key=lambda c: c.code):
        body.append(Heading(w("plan.case", code=case.code)))
        for pair in (p for p in plan.assignments if p.case == case.id):
            body.append(Row(line(facts.people[pair.reviewer].name), reason_line(ctx, why[pair], names)))
        if case.id in missing:
            body += shortage_blocks(ctx, facts, missing[case.id])
    if not facts.cases:
        body.append(Notice(Tone.INFO, line(w("plan.no_cases"))))
    body += _remedies(ctx, facts, plan)
    body.append(Heading(w("plan.load")))
    body += _load_rows(ctx, facts, plan)
    people = sorted(facts.people.values(), key=lambda p: p.name)
    options = tuple(Option(p.id, p.name) for p in people)
    publish = Action("round.publish", w("plan.publish"), round_.id, look="primary")
    return Form(
        "round.what_if",
        w("plan.title"),
        round_.id,
        body=tuple(body),
        fields=(
            ManyField("absent", w("plan.absent"), options, tuple(sorted(what_if.absent)) if what_if else ()),
            ChoiceField(
                "cap_person",
                w("plan.cap_person"),
                options,
                next(iter(what_if.caps), None) if what_if else None,
                required=False,
            ),
            NumberField("cap", w("plan.cap"), next(iter(what_if.caps.values()), None) if what_if else None, 0, 20),
        ),
        submit=w("plan.try"),
        actions=(publish, Action("round.preview", w("plan.again"), round_.id, opens=True)) if facts.cases else (),
    )


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
    """What would fill empty seats; each was tried out by planning again."""
    from bot.rotation.remedies import remedies

    w = ctx.words
    found = remedies(facts.instance, plan, limit=3)
    if not found:
        return []
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
    return [Heading(w("remedy.heading")), Items(tuple(told))]


def _hidden(reason: str) -> str:
    """Reasons that would tell who presented a case or a private matter read alike."""
    return (
        "not_for_this_case" if reason in {"own", "conflict", "never_assign", "recused", "former_therapist"} else reason
    )


def _load_rows(ctx: Context, facts: Situation, plan: rotation.Plan) -> list[FormBlock]:
    w = ctx.words
    rows: list[tuple[str, Line]] = []
    for member in sorted(facts.instance.members, key=lambda m: facts.people[m.id].name):
        count = sum(p.reviewer == member.id for p in plan.assignments)
        note = w("plan.absent_today") if not member.present else w("plan.of_cap", count=count, cap=member.room)
        rows.append((facts.people[member.id].name, line(note)))
    return [Facts(tuple(rows))] if rows else []


async def reassign_form(ctx: Context, seat: Assignment, case: Case) -> Form:
    """Who takes a review over."""
    w = ctx.words
    group = await ctx.uow.get(Group, case.group)
    on_case = {a.reviewer for a in await ctx.uow.find(Assignment, case=case.id, ended_at=None)}
    presenter = await ctx.uow.presenter(case.id)
    out = {*on_case, presenter}
    therapists = [p for p in await members(ctx, group) if p.has(Role.THERAPIST)]
    options = [Option(p.id, p.name) for p in therapists if p.id not in out]
    person = await ctx.uow.get(Person, seat.reviewer)
    return Form(
        "review.reassign.send",
        w("reassign.title"),
        seat.id,
        body=(Text(line(w("reassign.intro", name=person.name), code(case.code))),),
        fields=(ChoiceField("to", w("reassign.to"), (Option("", w("reassign.best")), *options), ""),),
        submit=w("reassign.submit"),
    )
