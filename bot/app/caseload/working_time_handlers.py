"""Working time as facts that are amended: weekdays, share of full time, experience, a limit of one's own on reviews.

Every answer says what holds now, can be changed, and can be undone for ten minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.app.caseload.limits import in_force, read_limit
from bot.app.caseload.own_dates_views import week_form
from bot.app.caseload.state_views import working_time_card
from bot.app.caseload.views import shown, work_form
from bot.app.context import Context
from bot.app.facts.permissions import limit_of_supervised, self_or_supervised, share_of_supervised
from bot.app.steps.modes import NoSuchSwitch
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.recorded import recorded_now
from bot.app.steps.undo import remember
from bot.app.steps.undo_standing import WORKING_TIME
from bot.domain.person import WEEKDAYS, Person
from bot.ports.records import ExperienceEntry, FteEntry, LimitEntry
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text


@dataclass
class Recorded:
    """What one step recorded or gave up, entries by kind, and the weekdays before it where these changed."""

    person: Person
    made: dict[str, str] = field(default_factory=dict)
    cancelled: dict[str, str] = field(default_factory=dict)
    weekdays: tuple[int, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """What it takes to undo it."""
        return {
            "person": self.person.id,
            "made": self.made,
            "cancelled": self.cancelled,
            "weekdays": list(self.weekdays),
        }


async def open_week(ctx: Context, event: ActionPressed) -> Outcome:
    """On which weekdays I work."""
    return Show(week_form(ctx, ctx.me.weekdays, {}))


async def send_week(ctx: Context, event: FormSubmitted) -> Outcome:
    """Reminders and due days leave the other days out from now on."""
    days = tuple(day for day in WEEKDAYS if str(day) in chosen(event, "weekdays"))
    if not days:
        return Invalid(week_form(ctx, (), {"weekdays": ctx.words("field.choose")}))
    before = ctx.me.weekdays
    changed = await ctx.uow.save(replace(ctx.me, weekdays=days))
    await set_moments_anew(ctx, changed)
    return await _answer(ctx, Recorded(changed, weekdays=before))


async def open_work(ctx: Context, event: ActionPressed) -> Outcome:
    """Share of full time and experience: one's own, or a supervised person's."""
    return Show(work_form(ctx, await shown(ctx, ctx.subject(self_or_supervised)), {}))


async def send_work(ctx: Context, event: FormSubmitted) -> Outcome:
    """Record what changed; all of it stays readable as dated facts."""
    w = ctx.words
    person = ctx.subject(self_or_supervised)
    mine = await shown(ctx, person)
    errors: dict[str, str] = {}
    digits = typed_text(event, "fte").reveal()
    percent = int(digits) if digits.isdecimal() and len(digits) < 4 else 0
    if not 5 <= percent <= 100:
        errors["fte"] = w("field.whole_number", low=5, high=100)
    start = ctx.typed_day(typed_text(event, "fte_from"), "fte_from", errors) or mine.today
    since = ctx.typed_day(typed_text(event, "practising_since"), "practising_since", errors, past=True)
    if since and since > mine.today:
        errors["practising_since"] = w("work.since_future")
    limit = read_limit(ctx, event, mine.today, errors)
    if errors:
        return Invalid(work_form(ctx, mine, errors))
    org, ids, done = ctx.uow.organisation, ctx.tools.ids, Recorded(person)
    if limit != in_force(mine.caseload, mine.today):
        at = await recorded_now(ctx, LimitEntry, person.id)
        entry = LimitEntry(
            ids.new("limit"), org, person.id, mine.today, at, ctx.me.id, limit.until, limit.percent, limit.cap
        )
        await ctx.uow.add(entry)
        done.made["limit"] = entry.id
    if percent != round(mine.caseload.fte_on(start) * 100):
        at = await recorded_now(ctx, FteEntry, person.id)
        share = FteEntry(ids.new("fte"), org, person.id, percent / 100, start, at, ctx.me.id)
        await ctx.uow.add(share)
        done.made["share"] = share.id
    if since and since != mine.caseload.practising_since:
        at = await recorded_now(ctx, ExperienceEntry, person.id)
        fact = ExperienceEntry(ids.new("experience"), org, person.id, since, at, ctx.me.id)
        await ctx.uow.add(fact)
        done.made["experience"] = fact.id
    return await _answer(ctx, done)


async def delete_share(ctx: Context, event: ActionPressed) -> Outcome:
    """As if a share of full time had never been recorded; it stays in the history."""
    return await _give_up(ctx, ctx.subject(share_of_supervised), "share")


async def delete_limit(ctx: Context, event: ActionPressed) -> Outcome:
    """As if a limit on reviews had never been recorded; it stays in the history."""
    return await _give_up(ctx, ctx.subject(limit_of_supervised), "limit")


async def undo_working_time(ctx: Context, person: Person, data: Mapping[str, Any], step: str) -> Outcome:
    """As it was before: entries made are cancelled, those given up hold again, the weekdays are the old ones."""
    for kind, id in data["made"].items():
        entry = await ctx.uow.get(WORKING_TIME[kind], id)
        if isinstance(entry, ExperienceEntry):
            await ctx.uow.remove(ExperienceEntry, id)  # the one recorded before counts again
        else:
            await ctx.uow.save(replace(entry, cancelled_at=ctx.now))
    for kind, id in data["cancelled"].items():
        held = await ctx.uow.get(WORKING_TIME[kind], id)
        if not isinstance(held, ExperienceEntry):
            await ctx.uow.save(replace(held, cancelled_at=None))
    if data["weekdays"]:
        person = await ctx.uow.save(replace(person, weekdays=tuple(data["weekdays"])))
        await set_moments_anew(ctx, person)
    if person.id != ctx.me.id:
        await ctx.tell(person.id, "mode_entered", step)
    return Say(await working_time_card(ctx, person, undone=True))


async def _give_up(ctx: Context, entry: FteEntry | LimitEntry, kind: str) -> Outcome:
    """An entry no longer holds; it can be taken back, and is told to whom it is about."""
    if entry.cancelled_at:
        raise NoSuchSwitch
    await ctx.uow.save(replace(entry, cancelled_at=ctx.now))
    return await _answer(ctx, Recorded(await ctx.uow.get(Person, entry.person), cancelled={kind: entry.id}))


async def _answer(ctx: Context, done: Recorded) -> Outcome:
    """What holds now, with the way back where something changed; a member is told."""
    if not (done.made or done.cancelled or done.weekdays):
        return Say(await working_time_card(ctx, done.person))
    step = await remember(ctx, ctx.me.id, "work", done.data)
    if done.person.id != ctx.me.id:
        await ctx.tell(done.person.id, "mode_entered", step.id)
    return Say(await working_time_card(ctx, done.person, step))
