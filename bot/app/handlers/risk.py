"""The risk path (DOMAIN.md section 5): raise, alert at once, acknowledge, escalate, release, unmask.

Who and when is stored, never what; no keyword triggers anything. Alerts are urgent: they ignore quiet
hours. What could not be delivered is shown as such to whoever raised it, with the phone number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app.context import Context, Work
from bot.app.handlers.texts import my_draft, typed_text
from bot.app.relations import takes_part
from bot.app.views.caseload import clinic_calendar
from bot.domain.case import Assignment, Case
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role
from bot.domain.risk import Hold, HoldOrigin
from bot.errors import Refusal
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show
from bot.ui.model import Facts, Form, Notice, Text, TextField, Tone, line, strong


class NobodyOnDuty(Refusal):
    """The clinic has named neither a duty supervisor nor another one to alert."""


async def open_raise(ctx: Context, event: ActionPressed) -> Outcome:
    """What happens next, before it happens; no clinical detail is asked for."""
    case = await takes_part(ctx, event.subject)
    w = ctx.words
    phone = (await ctx.uow.get(Clinic, ctx.me.clinic)).emergency_phone
    return Show(
        Form(
            "risk.raise.send",
            w("risk.raise.title"),
            case.id,
            body=(
                Notice(Tone.DANGER, line(w("risk.raise.text"))),
                Text(line(w("risk.stop.phone"), strong(phone or w("risk.no_phone")))),
            ),
            submit=w("risk.raise.submit"),
        )
    )


async def send_raise(ctx: Context, event: FormSubmitted) -> Outcome:
    """The case stops, presenter and duty supervisor are alerted at once."""
    case = await takes_part(ctx, event.subject)
    if not case.held_at:
        await ctx.uow.save(case.hold(ctx.now))
        hold = await _open_hold(ctx, HoldOrigin.CONCERN, case)
        await ctx.tell(await ctx.uow.presenter(case.id), "risk_presenter", case.id, key=hold.id, urgent=True)
        await ctx.uow.wake("case.release", case.id, None)
    return Show(await _raised_page(ctx))


async def alert_duty(ctx: Context, event: ActionPressed) -> Outcome:
    """From the stop at submission: the duty supervisor is alerted; the text stays with its author."""
    await my_draft(ctx, event.subject)
    await _open_hold(ctx, HoldOrigin.SUBMISSION, None)
    return Show(await _raised_page(ctx))


async def acknowledge(ctx: Context, event: ActionPressed) -> Outcome:
    """A supervisor takes it on; no escalation follows."""
    hold = await ctx.uow.get(Hold, event.subject)
    await ctx.uow.save(hold.acknowledge(ctx.me.id, ctx.now))
    await ctx.uow.wake("hold.escalate", hold.id, None)
    await ctx.uow.audit(Audited.HOLD_ACKNOWLEDGED, ctx.me.id, hold.id, ctx.now)
    await ctx.tell(hold.raised_by, "risk_acknowledged", hold.id, urgent=True)
    return Done(ctx.words("risk.acknowledged"))


async def release(ctx: Context, event: ActionPressed) -> Outcome:
    """Only a supervisor releases a hold; the time it stood still is given back to every deadline."""
    hold = await ctx.uow.get(Hold, event.subject)
    await ctx.uow.save(hold.release(ctx.me.id, ctx.now))
    await ctx.uow.wake("hold.escalate", hold.id, None)
    await ctx.uow.audit(Audited.HOLD_RELEASED, ctx.me.id, hold.id, ctx.now)
    if hold.case:
        case = await ctx.uow.get(Case, hold.case)
        if case.open and case.held_at:
            await resume(ctx, case)
    return Done(ctx.words("risk.released"))


async def resume(work: Work, case: Case) -> None:
    """Clocks go on where they stopped: deadlines move by the working days of the hold."""
    assert case.held_at is not None
    stood = work.now - case.held_at
    clarify = (
        case.clarify_until + stood if case.clarify_until and case.clarify_until > case.held_at else case.clarify_until
    )
    await work.uow.save(replace(case.resume(), clarify_until=clarify))
    last = work.now
    for seat in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        if seat.due_at and seat.due_at > case.held_at:
            person = await work.uow.get(Person, seat.reviewer)
            calendar = await clinic_calendar(work, await work.uow.get(Clinic, person.clinic))
            due = seat.due_at + timedelta(days=stood.days + (1 if stood.seconds else 0))
            while not calendar.is_working(due.date()):
                due += timedelta(days=1)
            await work.uow.save(replace(seat, due_at=due))
            last = max(last, due)
        await work.uow.wake("person.remind", seat.reviewer, work.now)
    if case.published_at and not case.released_at:
        await work.uow.wake("case.release", case.id, last + timedelta(minutes=1))


async def open_unmask(ctx: Context, event: ActionPressed) -> Outcome:
    """Unmasking needs a reason, tells the presenter and is audited."""
    return Show(_unmask_form(ctx, event.subject, ""))


async def send_unmask(ctx: Context, event: FormSubmitted) -> Outcome:
    """Show the presenter of a held case to the supervisor who gave a reason."""
    case = await ctx.uow.get(Case, event.subject)
    reason = typed_text(event, "reason")
    if not reason:
        return Invalid(_unmask_form(ctx, case.id, ctx.words("unmask.needs_reason")))
    presenter = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
    await ctx.uow.audit(Audited.UNMASKED, ctx.me.id, case.id, ctx.now)
    await ctx.tell(presenter.id, "unmasked", case.id, key=ctx.tools.ids.new("notice"))
    w = ctx.words
    rows = ((w("case.code"), line(case.code)), (w("presenter"), line(strong(presenter.name))))
    return Show(Form("risk.unmasked", w("unmask.title"), case.id, body=(Facts(rows), Text(line(w("unmask.told"))))))


async def duty_people(work: Work, clinic: Clinic) -> list[Person]:
    """Who is alerted, in order: duty supervisor, deputy, then any other supervisor."""
    named = [id for id in (clinic.duty_supervisor, clinic.deputy_supervisor) if id]
    first = [p for id in named for p in await work.uow.find(Person, id=id, removed_at=None)]
    rest = [p for p in await work.uow.find(Person, removed_at=None, order=("name",)) if p.has(Role.SUPERVISOR)]
    return [*first, *(p for p in rest if p.id not in named)]


async def alert(work: Work, hold: Hold, person: Person) -> None:
    """The urgent notice to one supervisor; its key makes a second one for the same person impossible."""
    await work.tell(person.id, "risk_alert", hold.id, urgent=True)


async def _open_hold(ctx: Context, origin: HoldOrigin, case: Case | None) -> Hold:
    clinic = await ctx.uow.get(Clinic, ctx.me.clinic)
    people = await duty_people(ctx, clinic)
    if not people:
        raise NobodyOnDuty(phone=clinic.emergency_phone)
    group = await ctx.uow.get(Group, case.group) if case else None
    minutes = (await ctx.policy(group)).risk_acknowledgement_minutes
    hold = Hold(
        id=ctx.tools.ids.new("hold"),
        organisation=ctx.uow.organisation,
        case=case.id if case else None,
        origin=origin.value,
        raised_by=ctx.me.id,
        raised_at=ctx.now,
        alerted=people[0].id,
        alerted_at=ctx.now,
    )
    await ctx.uow.add(hold)
    await alert(ctx, hold, people[0])
    await ctx.uow.wake("hold.escalate", hold.id, ctx.now + timedelta(minutes=minutes))
    await ctx.uow.audit(Audited.HOLD_RAISED, ctx.me.id, hold.id, ctx.now)
    return hold


async def _raised_page(ctx: Context) -> Form:
    w = ctx.words
    clinic = await ctx.uow.get(Clinic, ctx.me.clinic)
    people = await duty_people(ctx, clinic)
    return Form(
        "risk.raised",
        w("risk.raised.title"),
        body=(
            Notice(Tone.WARN, line(w("risk.raised.text", name=people[0].name if people else ""))),
            Text(line(w("risk.stop.phone"), strong(clinic.emergency_phone or w("risk.no_phone")))),
            Text(line(w("risk.record"))),
        ),
    )


def _unmask_form(ctx: Context, case: str, error: str) -> Form:
    w = ctx.words
    return Form(
        "risk.unmask.send",
        w("unmask.title"),
        case,
        body=(Text(line(w("unmask.intro"))),),
        fields=(TextField("reason", w("unmask.reason"), required=True, max_length=300),),
        submit=w("unmask.submit"),
        errors={"reason": error} if error else {},
    )
