"""The risk path (DOMAIN.md section 5): raise, alert at once, take on, release or withdraw, look up, read.

Who and when is stored, never what; no keyword triggers anything. Whether somebody can be alerted never decides
whether a case stops: with nobody to alert it stands still and the telephone number is shown.
"""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Context
from bot.app.facts.hold_permissions import concerned, has_part, raised_it_themselves
from bot.app.facts.permissions import may_supervise, my_hold, takes_part
from bot.app.facts.repeated_alarms import joined_to
from bot.app.risk.views import (
    presenter_shown,
    raise_form,
    read_form,
    risk_card,
    status_page,
    text_page,
    unmask_form,
)
from bot.app.steps.alerts import begin, raised, stand_down
from bot.app.steps.holds import go_on, stand_still
from bot.app.steps.second_person import Weighty, waits_for
from bot.app.steps.shown_anew import changed
from bot.app.steps.withdrawal import take_out
from bot.domain.case import Case
from bot.domain.data_request import DataAct
from bot.domain.person import Person
from bot.domain.risk import (
    Hold,
    HoldOrigin,
    HoldOver,
    NotOnHold,
    OwnCaseConcerned,
    RaisedItYourself,
    ReadReason,
    TakesPartInCase,
    UnmaskReason,
)
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, CommandTyped, Done, FormSubmitted, Invalid, Outcome, Say, Show, chosen

# ---- raising ---------------------------------------------------------------------------------


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """Whom to call now, and the cases one may raise a concern about."""
    return Say(await risk_card(ctx))


async def show_card(ctx: Context, event: ActionPressed) -> Outcome:
    """The same by a button."""
    return Say(await risk_card(ctx))


async def open_raise(ctx: Context, event: ActionPressed) -> Outcome:
    """What happens next, before it happens; no clinical detail is asked for."""
    return Show(await raise_form(ctx, ctx.subject(takes_part)))


async def send_raise(ctx: Context, event: FormSubmitted) -> Outcome:
    """The case stops, presenter and duty supervisor are alerted at once.

    Each person's concern is a hold of its own, so nobody's is lost when another was raised before; one's own that
    still stands is shown instead of a second.
    """
    case = ctx.subject(takes_part)
    mine = await ctx.uow.find(Hold, case=case.id, raised_by=ctx.me.id, released_at=None)
    if mine:
        return Show(await status_page(ctx, mine[0]))
    presenter = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
    await stand_still(ctx, case)
    hold = await _open_hold(ctx, HoldOrigin.CONCERN, presenter.clinic, case)
    if presenter.id != ctx.me.id:
        first = await joined_to(ctx, hold)
        slot = f"alarm:{first}"
        if first == hold.id:
            await ctx.tell_everywhere(presenter.id, "risk_presenter", case.id, key=hold.id, slot=slot)
        else:
            await ctx.tell_everywhere(presenter.id, "risk_presenter_again", case.id, key=hold.id, slot=slot)
    return Show(await status_page(ctx, hold))


async def alert_duty(ctx: Context, event: ActionPressed) -> Outcome:
    """From the stop at submission: the duty supervisor is alerted, whether or not the draft is still there."""
    mine = await ctx.uow.find(Hold, case=None, raised_by=ctx.me.id, released_at=None, acknowledged_at=None)
    hold = mine[0] if mine else await _open_hold(ctx, HoldOrigin.SUBMISSION, ctx.me.clinic, None)
    return Show(await status_page(ctx, hold))


async def open_status(ctx: Context, event: ActionPressed) -> Outcome:
    """Where the alert stands, for whoever raised it."""
    return Show(await status_page(ctx, ctx.subject(my_hold)))


# ---- a supervisor's steps --------------------------------------------------------------------


async def acknowledge(ctx: Context, event: ActionPressed) -> Outcome:
    """A supervisor takes it on; nobody else is alerted."""
    hold = ctx.subject(concern_to_decide)
    if not hold.waiting:
        return Done(ctx.words("risk.taken_already"))
    hold = await ctx.uow.save(hold.acknowledge(ctx.me.id, ctx.now))
    await stand_down(ctx, hold)
    await ctx.uow.audit(Audited.HOLD_ACKNOWLEDGED, ctx.me.id, hold.id, ctx.now)
    await ctx.tell_everywhere(hold.raised_by, "risk_acknowledged", hold.id, slot=raised(hold))
    return Done(ctx.words("risk.acknowledged"))


async def release(ctx: Context, event: ActionPressed) -> Outcome:
    """Only a supervisor releases a hold; the case goes on when no other concern about it stands."""
    hold = ctx.subject(concern_to_end)
    await _end(ctx, hold)
    if hold.case is None:
        return Done(ctx.words("risk.closed"))
    case = await ctx.uow.get(Case, hold.case)
    if await ctx.uow.count(Hold, case=case.id, released_at=None):
        return Done(ctx.words("risk.released_others"))
    presenter = await ctx.uow.presenter(case.id)
    if case.open and case.held_at:
        await go_on(ctx, case)
        if presenter != hold.raised_by:  # to whoever presents and raised it the end of their alert says it
            await ctx.tell(presenter, "hold_released", case.id, key=hold.id)
    await changed(ctx, case.id, "risk_presenter", "risk_presenter_again")
    return Done(ctx.words("risk.released"))


async def withdraw(ctx: Context, event: ActionPressed) -> Outcome:
    """A supervisor ends a held case for good: its text is erased, peers hear no reason."""
    hold = ctx.subject(concern_to_end)
    if hold.case is None:
        raise NotOnHold
    case = await ctx.uow.get(Case, hold.case)
    presenter = await ctx.uow.presenter(case.id)
    await take_out(ctx, case.withdraw_from_hold(ctx.now), ctx.me.id)
    ended = await ctx.uow.find(Hold, case=case.id, released_at=None)
    for each in ended:
        await _end(ctx, each)
    if presenter not in {each.raised_by for each in ended}:
        await ctx.tell(presenter, "hold_withdrawn", case.id, key=hold.id)
    await changed(ctx, case.id, "risk_presenter", "risk_presenter_again")
    return Done(ctx.words("case.withdrawn", code=case.code))


async def open_unmask(ctx: Context, event: ActionPressed) -> Outcome:
    """Looking up the presenter needs a reason, tells the presenter and is audited."""
    return Show(unmask_form(ctx, ctx.subject(held_case), {}))


async def send_unmask(ctx: Context, event: FormSubmitted) -> Outcome:
    """Show the presenter of a held case to the supervisor who gave a reason."""
    case = ctx.subject(held_case)
    reason = (chosen(event, "reason") or ("",))[0]
    if reason not in set(UnmaskReason):
        return Invalid(unmask_form(ctx, case, {"reason": ctx.words("field.choose")}))
    if waits := await waits_for(ctx, Weighty(DataAct.UNMASK, case.id), ctx.me):
        day = ctx.words.day(waits.until.astimezone(ctx.zone).date() - timedelta(days=1))
        names = ctx.words.either([p.name for p in waits.others])
        return Done(ctx.words("officer.asked", names=names, day=day))
    presenter = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
    await ctx.uow.audit(Audited.UNMASKED, ctx.me.id, case.id, ctx.now, reason=reason)
    key = ctx.tools.ids.new("notice")
    await ctx.tell(presenter.id, "presenter_seen", case.id, key=key, by=ctx.me.id, reason=reason)
    return Show(await presenter_shown(ctx, case, presenter))


async def open_read(ctx: Context, event: ActionPressed) -> Outcome:
    """Reading a text one takes no part in needs a reason, tells the presenter and is audited."""
    case = ctx.subject(may_supervise)
    return Show(read_form(ctx, case, {})) if await ctx.uow.parts(case.id) else Done(ctx.words("case.text_gone"))


async def send_read(ctx: Context, event: FormSubmitted) -> Outcome:
    """Show the text to the supervisor who gave a reason; where none is kept nothing was read and nobody is told."""
    case = ctx.subject(may_supervise)
    if not await ctx.uow.parts(case.id):
        return Done(ctx.words("case.text_gone"))
    reason = (chosen(event, "reason") or ("",))[0]
    if reason not in set(ReadReason):
        return Invalid(read_form(ctx, case, {"reason": ctx.words("field.choose")}))
    await ctx.uow.audit(Audited.TEXT_OPENED, ctx.me.id, case.id, ctx.now, reason=reason)
    key = ctx.tools.ids.new("notice")
    await ctx.tell(await ctx.uow.presenter(case.id), "text_read", case.id, key=key, by=ctx.me.id, reason=reason)
    return Show(await text_page(ctx, case))


async def _open_hold(ctx: Context, origin: HoldOrigin, clinic: str, case: Case | None) -> Hold:
    hold = Hold(
        id=ctx.tools.ids.new("hold"),
        organisation=ctx.uow.organisation,
        case=case.id if case else None,
        origin=origin.value,
        clinic=clinic,
        raised_by=ctx.me.id,
        raised_at=ctx.now,
    )
    await ctx.uow.add(hold)
    await ctx.uow.audit(Audited.HOLD_RAISED, ctx.me.id, hold.id, ctx.now)
    return await begin(ctx, hold)


async def _end(ctx: Context, hold: Hold) -> None:
    hold = await ctx.uow.save(hold.release(ctx.me.id, ctx.now))
    await stand_down(ctx, hold)
    await ctx.tell_everywhere(hold.raised_by, "risk_closed", hold.id, slot=raised(hold))
    await ctx.uow.audit(Audited.HOLD_RELEASED, ctx.me.id, hold.id, ctx.now)


async def concern_to_decide(ctx: Context, id: str) -> Hold:
    """A standing concern. A hold that is over decides nothing any more: an old button would erase a case at work."""
    hold = await ctx.uow.get(Hold, id)
    if hold.released_at:
        raise HoldOver
    if await concerned(ctx, hold, ctx.me.id):
        raise OwnCaseConcerned
    return hold


async def concern_to_end(ctx: Context, id: str) -> Hold:
    hold = await concern_to_decide(ctx, id)
    if await raised_it_themselves(ctx, hold, ctx.me.id):
        raise RaisedItYourself
    return hold


async def held_case(ctx: Context, id: str) -> Case:
    """A case about which a concern stands; nothing else is looked up, not even whether it exists."""
    holds = await ctx.uow.find(Hold, case=id, released_at=None)
    if not holds:
        raise NotOnHold
    await concern_to_decide(ctx, holds[0].id)
    if await has_part(ctx, holds[0], ctx.me.id):
        raise TakesPartInCase
    return await ctx.uow.get(Case, id)
