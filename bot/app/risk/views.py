"""What is shown around a risk concern: the stop at submission, raising, where an alert stands, a supervisor's hold.

No page asks for or shows anything clinical, except the case's text itself to who may read it. Nothing a peer sees
tells who raised a concern or who presents: no name, no clinic, no telephone but one's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.app.blocks.cases import case_blocks, question_blocks, review_blocks
from bot.app.context import Context
from bot.app.facts.hold_permissions import concerned, has_part, raised_it_themselves
from bot.app.facts.permissions import may_read
from bot.app.gate.stop import contacts, own_phone
from bot.app.steps.alerts import minutes_to_answer
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.domain.risk import Hold, ReadReason, UnmaskReason
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
    Facts,
    Form,
    Heading,
    Notice,
    Option,
    Row,
    Text,
    Tone,
    code,
    line,
    muted,
    strong,
)
from bot.ui.strings import Words

MOST_CASES = 20
MOST_HOLDS = 20


async def raise_form(ctx: Context, case: Case) -> Form:
    """What raising does, before it is done; nothing clinical is asked for."""
    w = ctx.words
    return Form(
        "risk.raise.send",
        w("risk.raise.title"),
        case.id,
        body=(
            Notice(Tone.DANGER, line(w("risk.raise.text" if case.open else "risk.raise.text_ended"))),
            await contacts(ctx),
        ),
        submit=w("risk.raise.submit"),
    )


async def risk_card(ctx: Context) -> Card:
    """For somebody who typed "risk" or "stop": the numbers first, then a button for each case of theirs."""
    w = ctx.words
    rows = tuple(
        Row(line(code(case.code)), actions=(Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True),))
        for case in await _cases_of_mine(ctx)
    )
    title = w("risk.typed.title")
    below: tuple[CardBlock, ...] = (Text(line(w("risk.typed.none"))),)
    if rows:
        below = (Heading(w("risk.typed.cases")), *rows)
    return Card(
        "risk.typed",
        title,
        (Notice(Tone.DANGER, line(w("risk.typed.text"))), await contacts(ctx), *below),
        summary=title,
    )


async def _cases_of_mine(ctx: Context) -> list[Case]:
    """Open cases that I present or review, the newest first; of a plan only what is published."""
    assignments = await ctx.uow.find(Assignment, reviewer=ctx.me.id, ended_at=None, published_at__not=None)
    ids = {*await ctx.uow.cases_of(ctx.me.id), *(assignment.case for assignment in assignments)}
    cases = await ctx.uow.find(Case, id__in=sorted(ids), closed_at=None, withdrawn_at=None) if ids else []
    return sorted(cases, key=lambda case: case.submitted_at, reverse=True)[:MOST_CASES]


async def status_page(ctx: Context, hold: Hold) -> Form:
    """Where an alert stands, for whoever raised it."""
    again = Action("risk.status", ctx.words("risk.status.again"), hold.id, opens=True)
    return Form(
        "risk.raised",
        ctx.words("risk.status.title"),
        body=(
            await _state(ctx, hold),
            await contacts(ctx),
            Text(line(ctx.words("risk.record"))),
        ),
        actions=(again,) if hold.waiting else (),
    )


async def my_alerts(ctx: Context) -> list[CardBlock]:
    """The reader's own alerts that are not over, first on the start page; undelivered ones cannot be overlooked."""
    blocks: list[CardBlock] = []
    for hold in await ctx.uow.find(Hold, raised_by=ctx.me.id, released_at=None, order=("raised_at",)):
        if hold.waiting:
            blocks.append(await _state(ctx, hold))
    return blocks


async def holds_first(ctx: Context) -> tuple[list[Hold], int]:
    """Of the organisation's open concerns those a supervisor's start page shows, and how many more there are.

    Every one that nobody has taken on; then what this supervisor took on, then what others did, `MOST_HOLDS` in all.
    """
    holds = await ctx.uow.find(Hold, released_at=None, order=("raised_at",)) if ctx.me.has(Role.SUPERVISOR) else []
    waiting = [hold for hold in holds if hold.waiting]
    taken = sorted((h for h in holds if not h.waiting), key=lambda h: h.acknowledged_by != ctx.me.id)
    room = max(0, MOST_HOLDS - len(waiting))
    return [*waiting, *taken[:room]], len(taken[room:])


async def open_holds(ctx: Context, holds: Sequence[Hold], more: int) -> list[CardBlock]:
    """For a supervisor, before everything else: concerns that are not over, and how many more somebody has taken on."""
    rows: list[CardBlock] = [await hold_row(ctx, hold) for hold in holds]
    rows += [Text(line(muted(ctx.words.count("hold.more", more))))] if more else []
    return [Heading(ctx.words("hold.heading")), *rows] if rows else []


async def hold_row(ctx: Context, hold: Hold) -> Row:
    """A hold with what a supervisor can do; who presented it stays hidden until looked up."""
    w = ctx.words
    title = line(strong(await hold_title(ctx, hold)))
    if not hold.waiting:
        taker = await _name(ctx, hold.acknowledged_by)
        detail = line(w("hold.taken_by", name=taker))
    elif hold.exhausted_at or hold.undelivered_at:
        detail = line(strong(w("hold.undelivered")))
    else:
        detail = line(w("hold.waiting"))
    return Row(title, detail, await hold_actions(ctx, hold))


async def hold_title(ctx: Context, hold: Hold) -> str:
    """The case by its code, or who asks for help before a case was sent."""
    if hold.case is None:
        return ctx.words("hold.by_author", name=await _name(ctx, hold.raised_by))
    case = await ctx.uow.get(Case, hold.case)
    return ctx.words("hold.case" if case.held_at else "hold.case_ended", code=case.code)


async def hold_actions(ctx: Context, hold: Hold) -> tuple[Action, ...]:
    """What this supervisor may do with a hold now."""
    w = ctx.words
    if hold.released_at or await concerned(ctx, hold, ctx.me.id):
        return ()
    actions = []
    if hold.waiting:
        actions.append(Action("risk.acknowledge", w("risk.acknowledge"), hold.id, look="primary"))
    if hold.case:
        readable = await may_read(ctx, [await ctx.uow.get(Case, hold.case)])
        if readable and await ctx.uow.parts(hold.case):
            actions.append(Action("case.read", w("case.read"), hold.case, opens=True))
        if not await has_part(ctx, hold, ctx.me.id):
            actions.append(Action("risk.unmask", w("risk.unmask"), hold.case, opens=True))
    if await raised_it_themselves(ctx, hold, ctx.me.id):
        return tuple(actions)
    if hold.case:
        ask = Confirm(w("risk.release.title"), w("risk.release.text"), w("risk.release"), w("back"))
        actions.append(Action("risk.release", w("risk.release"), hold.id, confirm=ask))
    else:
        ask = Confirm(w("risk.close.title"), w("risk.close.text"), w("risk.close"), w("back"))
        actions.append(Action("risk.release", w("risk.close"), hold.id, confirm=ask))
    if hold.case and (await ctx.uow.get(Case, hold.case)).open:
        ask = Confirm(w("risk.withdraw.title"), w("case.withdraw.text"), w("risk.withdraw"), w("keep"))
        actions.append(Action("risk.withdraw", w("risk.withdraw"), hold.id, look="danger", confirm=ask))
    return tuple(actions)


def unmask_form(ctx: Context, case: Case, errors: dict[str, str]) -> Form:
    """Looking up a presenter needs a reason, is told to the presenter and stands in the audit trail."""
    w = ctx.words
    return Form(
        "risk.unmask.send",
        w("unmask.title"),
        case.id,
        body=(Text(line(w("unmask.intro"))),),
        fields=(_reasons(w, "unmask", UnmaskReason),),
        submit=w("unmask.submit"),
        errors=errors,
    )


async def presenter_shown(ctx: Context, case: Case, presenter: Person) -> Form:
    """The presenter, and how to reach them."""
    w = ctx.words
    clinic = await ctx.uow.get(Clinic, presenter.clinic)
    rows = (
        (w("case.code"), line(case.code)),
        (w("presenter"), line(strong(presenter.name))),
        (w("hold.clinic"), line(clinic.name)),
        (w("hold.email"), line(presenter.email)),
    )
    return Form("risk.unmasked", w("unmask.title"), case.id, body=(Facts(rows), Text(line(w("unmask.told")))))


def read_form(ctx: Context, case: Case, errors: dict[str, str]) -> Form:
    """Opening a text one takes no part in needs a reason, is told to the presenter and stands in the audit trail."""
    w = ctx.words
    return Form(
        "case.read.send",
        w("case.read.title"),
        case.id,
        body=(Text(line(w("case.read.intro", code=case.code))),),
        fields=(_reasons(w, "read", ReadReason),),
        submit=w("case.read.submit"),
        errors=errors,
    )


async def text_page(ctx: Context, case: Case) -> Form:
    """The case with questions and reviews, by letters as its peers see them."""
    w = ctx.words
    reviews = await review_blocks(ctx, case)
    body = [
        *await case_blocks(ctx, case),
        *await question_blocks(ctx, case, None),
        *((Heading(w("review.released.title")), *reviews) if reviews else ()),
    ]
    form = Form("case.text", w("case.read.title"), case.id, body=tuple(body))
    return replace(form, actions=(Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True),))


def _reasons(w: Words, kind: str, reasons: type[StrEnum]) -> ChoiceField:
    options = tuple(Option(r.value, w(f"{kind}.reason.{r.value}")) for r in reasons)
    return ChoiceField("reason", w(f"{kind}.reason"), options, hint=w("reason.no_clinical_detail"))


def how_it_ended(hold: Hold, case: Case | None) -> str:
    """What became of the case of an alert that is over: `withdrawn` with it, `released` from its hold, or `closed`.

    `closed` also where the case stopped at no time, was stopped again, or is over for another reason.
    """
    if case is None:
        return "closed"
    if case.withdrawn_at is not None and case.withdrawn_at == hold.released_at:
        return "withdrawn"
    return "released" if case.open and not case.held_at else "closed"


async def _over(ctx: Context, hold: Hold, ended: datetime) -> Notice:
    w = ctx.words
    day = w.day(ended.astimezone(ctx.zone).date())
    how = how_it_ended(hold, await ctx.uow.one(Case, id=hold.case) if hold.case else None)
    said = {
        "withdrawn": w("risk.state.withdrawn", day=day),
        "released": w("risk.state.released", day=day),
        "closed": w("risk.state.closed", day=day),
    }
    return Notice(Tone.OK, line(said[how]))


async def _state(ctx: Context, hold: Hold) -> Notice:
    w = ctx.words
    if hold.released_at:
        return await _over(ctx, hold, hold.released_at)
    if not hold.waiting:
        return Notice(Tone.OK, line(w("risk.state.taken")))
    phone = await own_phone(ctx)
    minutes = await minutes_to_answer(ctx, hold)
    if (hold.exhausted_at and not hold.called) or ctx.now >= hold.raised_at + timedelta(minutes=minutes):
        return Notice(Tone.DANGER, line(strong(w("risk.state.nobody_left", phone=phone))))
    if hold.undelivered_at:
        return Notice(Tone.DANGER, line(strong(w("risk.state.undelivered", phone=phone))))
    return Notice(Tone.WARN, line(w("risk.state.alerted", minutes=minutes, phone=phone)))


async def _name(ctx: Context, person: str | None) -> str:
    found = await ctx.uow.find(Person, id=person) if person else []
    return found[0].name if found else "–"
