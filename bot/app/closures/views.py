"""The closed days of clinics as people see them: what was listed by hand, and the public holidays of the next year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.holidays import named_holidays
from bot.domain.organisation import Clinic, Closure
from bot.ports.records import UndoStep
from bot.ui.model import (
    Action,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
    DateField,
    Field,
    Form,
    Heading,
    Option,
    Row,
    Text,
    TextField,
    line,
    muted,
    strong,
)
from bot.ui.strings import Words

NAME_LENGTH = 60
AHEAD = timedelta(days=366)


async def closures_card(ctx: Context, step: UndoStep | None = None) -> Card:
    """Clinic by clinic, from today on; after a step with the way back."""
    w = ctx.words
    blocks: list[CardBlock] = [Text(line(w("closures.intro")))]
    yesterday = ctx.now.date() - timedelta(days=1)  # the earliest today of any zone
    coming = await ctx.uow.find(Closure, last_day__ge=yesterday, order=("first_day",))
    for clinic in await ctx.uow.find(Clinic, closed_on=None, order=("name",)):
        blocks.append(Heading(clinic.name))
        today = ctx.today(clinic.timezone)
        listed = [closure for closure in coming if closure.clinic == clinic.id and closure.last_day >= today]
        blocks += [_row(w, closure) for closure in listed] or [Text(line(w("closures.none")))]
        blocks.append(Text(line(muted(_holidays(w, clinic, today)))))
    add = Action("closures.add", w("closures.add"), look="primary", opens=True)
    undo = (Action("closures.undo", w("undo"), step.id),) if step else ()
    return Card("closures", w("closures.title"), tuple(blocks), (*undo, add), summary=w("closures.title"))


async def closure_form(ctx: Context, old: Closure | None, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Clinic, days, and a name that people recognise."""
    w = ctx.words
    clinics = await ctx.uow.find(Clinic, closed_on=None, order=("name",))
    fields: list[Field] = []
    if old is None and len(clinics) > 1:
        options = tuple(Option(c.id, c.name) for c in clinics)
        fields.append(ChoiceField("clinic", w("closures.clinic"), options, values.get("clinic") or ctx.me.clinic))
    first = _day(values, "first_day", old.first_day if old else None)
    last = _day(values, "last_day", old.last_day if old else None)
    fields += [
        DateField("first_day", w("closures.first_day"), first, required=True),
        DateField("last_day", w("closures.last_day"), last, w("closures.last_day.hint")),
        TextField(
            "name",
            w("closures.name"),
            w("closures.name.hint"),
            Sensitive(values.get("name", old.name if old else "")),
            max_length=NAME_LENGTH,
        ),
    ]
    return Form(
        "closures.send",
        w("closures.form.title"),
        old.id if old else "",
        body=(Text(line(w("closures.form.intro"))),),
        fields=tuple(fields),
        submit=w("closures.submit"),
        errors=errors,
    )


def _row(w: Words, closure: Closure) -> Row:
    first, last = w.day(closure.first_day, year=True), w.day(closure.last_day, year=True)
    days = first if closure.first_day == closure.last_day else w("leave.period", first=first, last=last)
    ask = Confirm(w("closures.remove.title"), w("closures.remove.text"), w("closures.remove"), w("keep"))
    actions = (
        Action("closures.edit", w("closures.edit"), closure.id, opens=True),
        Action("closures.remove", w("closures.remove"), closure.id, look="danger", confirm=ask),
    )
    return Row(line(strong(days)), line(closure.name), actions)


def _holidays(w: Words, clinic: Clinic, today: date) -> str:
    """The public holidays of the next year that fall on a weekday, so that nobody has to list them."""
    names = named_holidays(w, clinic, {today.year, today.year + 1})
    coming = [day for day in names if today <= day < today + AHEAD and day.weekday() < 5]
    return w("closures.holidays", days=w.listing([f"{w.day(day)} ({names[day]})" for day in coming]))


def _day(values: Mapping[str, str], name: str, default: date | None) -> date | None:
    try:
        return date.fromisoformat(values.get(name, ""))
    except ValueError:
        return default
