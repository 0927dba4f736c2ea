"""Another rhythm for a series that goes on: the form, what it would move, and keeping it.

Open rounds stay; what is not open yet follows the new plan. Members are told once when a date they were shown changes.
"""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.permissions import members
from bot.app.series.change_views import CHANGED_NAMES, change_form, change_preview, read_change
from bot.app.series.handlers import live_series
from bot.app.series.views import series_card
from bot.app.steps.series_store import as_plan, follow, open_due
from bot.domain.organisation import Group
from bot.ports.records import SeriesEntry
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text


async def open_change(ctx: Context, event: ActionPressed) -> Outcome:
    """The form, filled with what holds today."""
    return Show(await change_form(ctx, await live_series(ctx, event.subject), {}, {}))


async def send_preview(ctx: Context, event: FormSubmitted) -> Outcome:
    """Which of the next dates it moves and why; nothing is kept yet."""
    entry = await live_series(ctx, event.subject)
    values = {name: typed_text(event, name).reveal() for name in CHANGED_NAMES if name != "rhythm"}
    values["rhythm"] = (chosen(event, "rhythm") or ("",))[0]
    changed, errors = await read_change(ctx, entry, values)
    if changed is None:
        return Invalid(await change_form(ctx, entry, values, errors))
    return Show(await change_preview(ctx, entry, changed, values))


async def keep(ctx: Context, event: FormSubmitted) -> Outcome:
    """The new plan holds. What was due by the old one is opened first; the preview is then shown again."""
    entry = await live_series(ctx, event.subject)
    if entry.next_at and entry.next_at <= ctx.now:
        await open_due(ctx, entry.id)
        entry = await live_series(ctx, event.subject)
    values = {name: event.state.get(name, "") for name in CHANGED_NAMES}
    changed, errors = await read_change(ctx, entry, values)
    if changed is None:
        return Show(await change_form(ctx, entry, values, errors))
    if event.state.get("seen") != str(entry.version):
        return Show(await change_preview(ctx, entry, changed, values, ctx.words("series.change.meanwhile")))
    told = changed.moves_a_date(entry, ctx.now)
    entry = await follow(ctx, replace(entry, plan=as_plan(changed.new.series, changed.new.phases)))
    if told:
        await _tell_members(ctx, entry)
    return Done(ctx.words("series.changed"), await series_card(ctx, entry))


async def _tell_members(ctx: Context, entry: SeriesEntry) -> None:
    for person in await members(ctx, await ctx.uow.get(Group, entry.group)):
        if person.id != ctx.me.id:
            await ctx.tell(person.id, "series_changed", entry.id, key=str(entry.version))
