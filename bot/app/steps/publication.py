"""A publication by hand waits ten minutes, in which any supervisor of the group takes it back and nobody was told.

Who reviews which case shows when the round is published and not before: seen, taken back and planned again, plan after
plan, it would tell who presents. So what is taken back is a moment and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.app.context import Context, Work
from bot.app.facts.message_hours import told_when
from bot.app.facts.permissions import NothingToUndo, members
from bot.app.facts.workdays import clinic_days, home_clinic
from bot.app.steps.undo import FOR, remember, take_back
from bot.domain.calendar import wall_time, zone_of
from bot.domain.organisation import Group
from bot.domain.person import Role
from bot.domain.round import Round
from bot.errors import Refusal
from bot.ports.records import Timer, UndoStep

WHAT = "round.publish"
"""The kind of step, as its note names it, and the timer that publishes."""
WAITS_FOR = "at"
"""The argument of *Publish now* that names the moment of the publication it stands with."""


class PublicationChanged(Refusal):
    """The page shows a publication that was taken back or asked for anew since; `moment` is when it comes by itself."""


@dataclass(frozen=True)
class Told:
    """How many members hear of a publication, how many of them at that moment, and when the last one does.

    The same whoever presents and reviews: every therapist of the group hears of it who is not on leave, by their
    review, their case, or that neither is with them (`round_news.tell_published`).
    """

    people: int
    at_once: int
    last: datetime


async def publish_soon(work: Work, round_: Round, person: str) -> datetime:
    """Let a round be published in ten minutes, or sooner where that is its time; pressed twice it is one.

    The plan is made at that moment: until then, and where it is taken back, a round that collects cases goes on.
    """
    round_.must_be_unpublished()
    if at := await pending_publication(work, round_):
        return at
    at = work.now + FOR
    if work.now < round_.publish_at < at:
        at = round_.publish_at
    await remember(work, person, WHAT, {"round": round_.id, "at": at.isoformat()})
    await work.uow.wake(WHAT, round_.id, at)
    return at


async def pending_publication(work: Work, round_: Round) -> datetime | None:
    """When a round is published that somebody let be published; None when nobody did, or it was."""
    step = await _pressed(work, round_)
    return datetime.fromisoformat(step.data["at"]) if step else None


async def must_wait_for(ctx: Context, round_: Round, seen: str) -> None:
    """Refuse a press from a page of a publication other than the one that waits; "" stands on no such page."""
    if not seen or round_.published_at or not round_.open:
        return
    pending = await pending_publication(ctx, round_)
    if pending is None or pending.isoformat() != seen:
        timers = await ctx.uow.find(Timer, what=WHAT, subject=round_.id)
        at = timers[0].at if timers else round_.publish_at
        raise PublicationChanged(moment=ctx.words.moment(at, ctx.me.timezone))


async def take_publication_back(work: Work, round_: Round) -> datetime:
    """A round waits for its own time again, or for the next working day where that is over; raises `NothingToUndo`."""
    round_.must_be_unpublished()
    step = await _pressed(work, round_)
    if step is None:
        raise NothingToUndo
    await take_back(work, step)
    at = round_.publish_at
    if at <= datetime.fromisoformat(step.data["at"]):
        group = await work.uow.get(Group, round_.group)
        calendar = (await clinic_days(work, (await home_clinic(work, group)).id)).calendar
        local = at.astimezone(zone_of(group.timezone))
        day = calendar.add_working_days(work.today(group.timezone), 1)
        at = wall_time(day, local.time().replace(tzinfo=None), group.timezone)
    await work.uow.wake(WHAT, round_.id, at)
    return at


async def told_of_publication(work: Work, group: Group, at: datetime) -> Told:
    """Who hears of a publication at a moment."""
    therapists = [person for person in await members(work, group) if person.has(Role.THERAPIST)]
    moments = (await told_when(work, therapists, at)).values()
    return Told(len(moments), sum(each == at for each in moments), max(moments, default=at))


async def pressed_by(work: Work, round_: Round) -> str:
    """Who let a round be published that is due now; nobody where its own time came."""
    steps = await work.uow.find(UndoStep, what=WHAT, undone_at=None, created_at__gt=round_.opened_at)
    due = [each for each in steps if each.data["round"] == round_.id]
    return next((each.person for each in due if datetime.fromisoformat(each.data["at"]) <= work.now), "")


async def _pressed(work: Work, round_: Round) -> UndoStep | None:
    if not round_.open or round_.published_at:
        return None
    timers = {timer.at.isoformat() for timer in await work.uow.find(Timer, id=f"{WHAT}:{round_.id}")}
    steps = await work.uow.find(UndoStep, what=WHAT, undone_at=None, created_at__gt=round_.opened_at)
    return next((each for each in steps if each.data["round"] == round_.id and each.data["at"] in timers), None)
