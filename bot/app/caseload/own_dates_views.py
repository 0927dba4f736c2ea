"""Forms for a person's own days: working week, calendar feed, absences from a file or an address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from bot.app.context import Context
from bot.app.steps.absence_calendars import LONGEST_ADDRESS, Proposal, calendar_of, changing, proposal
from bot.calendars.absences import LONGEST_TEXT, Absence, Absences
from bot.domain.person import WEEKDAYS
from bot.ports.records import AbsenceCalendar, CalendarFeed, LeaveEntry
from bot.ports.web_files import WhyNot
from bot.ui.model import (
    Action,
    Confirm,
    Field,
    Form,
    FormBlock,
    ManyField,
    Notice,
    Option,
    Row,
    Text,
    TextField,
    Tone,
    code,
    line,
)

MOST_SHOWN = 40
"""Periods of a file that a form can offer."""


def own_dates_actions(ctx: Context) -> tuple[Action, ...]:
    """The buttons on the caseload card."""
    w = ctx.words
    return (
        Action("week.open", w("week.open"), opens=True),
        Action("feed.open", w("feed.open"), opens=True),
        Action("absences.open", w("absences.open"), opens=True),
    )


def week_words(ctx: Context, weekdays: Collection[int]) -> str:
    """ "Monday, Tuesday and Thursday"."""
    return ctx.words.listing([ctx.words.weekday(day) for day in sorted(weekdays)])


def week_form(ctx: Context, weekdays: Collection[int], errors: Mapping[str, str]) -> Form:
    """On which weekdays the person works."""
    w = ctx.words
    options = tuple(Option(str(day), w.weekday(day)) for day in WEEKDAYS)
    return Form(
        "week.send",
        w("week.title"),
        body=(Text(line(w("week.intro"))),),
        fields=(ManyField("weekdays", w("week.days"), options, tuple(map(str, weekdays)), required=True),),
        submit=w("week.submit"),
        errors=errors,
    )


async def feed_form(ctx: Context) -> Form:
    """What the calendar holds and who can read it, with the way to an address or out of it."""
    w = ctx.words
    made = await ctx.uow.find(CalendarFeed, person=ctx.me.id)
    actions: tuple[Action, ...] = (Action("feed.make", w("feed.make"), look="primary"),)
    if not made:
        state = w("feed.no_address")
    else:
        renew = Confirm(w("feed.renew.title"), w("feed.renew.text"), w("feed.renew"), w("keep"))
        stop = Confirm(w("feed.end.title"), w("feed.end.text"), w("feed.end"), w("keep"))
        day = w.day(made[0].created_at.astimezone(ctx.zone).date(), year=True)
        state = w("feed.has_address", day=day)
        actions = (
            Action("feed.make", w("feed.renew"), confirm=renew),
            Action("feed.end", w("feed.end"), look="danger", confirm=stop),
        )
    return Form("feed", w("feed.title"), body=(Text(line(w("feed.intro"))), Text(line(state))), actions=actions)


def address_form(ctx: Context, url: str) -> Form:
    """The address, this once."""
    w = ctx.words
    body = (Text(line(w("feed.once"))), Text(line(code(url))), Notice(Tone.WARN, line(w("feed.secret"))))
    return Form("feed.address", w("feed.title"), body=body)


def import_form(ctx: Context, can_read_files: bool, errors: Mapping[str, str]) -> Form:
    """A calendar file with absences."""
    w = ctx.words
    intro = Text(line(w("absences.intro")))
    daily = Row(
        line(w("absences.address.or")), (), (Action("absences.address", w("absences.address.open"), opens=True),)
    )
    if not can_read_files:
        there = Text(line(w("absences.on_the_web"), " ", code(ctx.tools.public_url)))
        return Form("absences.elsewhere", w("absences.title"), body=(intro, there, daily))
    file = TextField(
        "file",
        w("absences.file"),
        w("absences.file.hint"),
        required=True,
        multiline=True,
        max_length=LONGEST_TEXT,
        accept=".ics",
    )
    return Form(
        "absences.send",
        w("absences.title"),
        body=(intro, daily),
        fields=(file,),
        submit=w("absences.read"),
        errors=errors,
    )


def found_form(ctx: Context, found: Absences) -> Form:
    """The absences of a file, to choose from."""
    w = ctx.words
    shown = found.periods[:MOST_SHOWN]
    options = tuple(Option(str(p), _period(ctx, p.first, p.last)) for p in shown)
    left_out = found.left_out + len(found.periods) - len(shown)
    notes = (Text(line(w.count("absences.left_out", left_out))),) if left_out else ()
    return Form(
        "absences.take",
        w("absences.title"),
        body=(Text(line(w("absences.found"))), *notes),
        fields=(ManyField("periods", w("absences.periods"), options, tuple(o.value for o in options)),),
        submit=w("absences.submit"),
    )


async def absence_address_form(ctx: Context, errors: Mapping[str, str]) -> Form:
    """The address of a calendar that is read daily, and how the last reading went."""
    w = ctx.words
    calendar = await calendar_of(ctx, ctx.me)
    body: list[FormBlock] = [Text(line(w("absences.address.intro")))]
    if calendar:
        stop = Confirm(w("absences.address.end"), w("absences.address.end.text"), w("absences.address.end"), w("keep"))
        actions = [Action("absences.address.end", w("absences.address.end"), look="danger", confirm=stop)]
        if await proposal(ctx, ctx.me, calendar):
            actions.insert(0, Action("absences.proposed", w("absences.proposed.open"), look="primary", opens=True))
        if calendar.fault:
            body.append(Notice(Tone.WARN, line(fault_words(ctx, calendar))))
        state = w("absences.address.waits")
        if calendar.read_at:
            state = w("absences.address.read", moment=w.moment(calendar.read_at, ctx.me.timezone))
        body.append(Row(line(state), (), tuple(actions)))
    address = TextField(
        "address", w("absences.address.field"), w("absences.address.hint"), required=True, max_length=LONGEST_ADDRESS
    )
    return Form(
        "absences.address.send",
        w("absences.address.title"),
        body=tuple(body),
        fields=(address,),
        submit=w("absences.address.submit"),
        errors=errors,
    )


def fault_words(ctx: Context, calendar: AbsenceCalendar) -> str:
    """Why the last reading failed."""
    w = ctx.words
    said = {
        WhyNot.PRIVATE: w("absences.fault.private"),
        WhyNot.SILENT: w("absences.fault.silent"),
        WhyNot.REFUSED: w("absences.fault.refused"),
        WhyNot.LARGE: w("absences.fault.large"),
        WhyNot.OTHER: w("absences.fault.other"),
    }
    return said[WhyNot(calendar.fault)]


def proposed_form(ctx: Context, found: Proposal) -> Form:
    """What a calendar would change: leave to take, leave to move or give up; everything is ticked at first."""
    w = ctx.words
    fields: list[Field] = []
    if found.take:
        options = tuple(Option(str(p), _period(ctx, p.first, p.last)) for p in found.take[:MOST_SHOWN])
        ticked = tuple(o.value for o in options)
        fields.append(ManyField("take", w("absences.periods"), options, ticked, required=False))
    if found.change:
        options = tuple(Option(changing(e, to), _change_words(ctx, e, to)) for e, to in found.change[:MOST_SHOWN])
        ticked = tuple(o.value for o in options)
        fields.append(ManyField("change", w("absences.changes"), options, ticked, required=False))
    return Form(
        "absences.settle",
        w("absences.proposed.title"),
        body=(Text(line(w("absences.proposed.intro"))),),
        fields=tuple(fields),
        submit=w("absences.settle"),
    )


def _change_words(ctx: Context, entry: LeaveEntry, to: Absence | None) -> str:
    """ "Mon, 1 Feb – Fri, 12 Feb → Mon, 1 Feb – Fri, 5 Feb"; as long as an option may be."""
    w = ctx.words
    now = f"{w.day(entry.first_day)} – {w.day(entry.last_day) if entry.last_day else '…'}"
    return f"{now} → {w.day(to.first)} – {w.day(to.last)}" if to else f"{now} → {w('absences.change.gone')}"


def _period(ctx: Context, first: date, last: date) -> str:
    w = ctx.words
    if first == last:
        return w.day(first, year=True)
    return w("leave.period", first=w.day(first, year=True), last=w.day(last, year=True))
