"""Sensible ways to fill a form in, so that what depends on its values is tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.ui.model import ChoiceField, DateField, Form, ManyField, NumberField, TextField

WORDS: Mapping[str, str | tuple[str, ...]] = {
    "absences.address.send.address": "https://calendar.example.org/my.ics",
    "absences.send.file": (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270201\nDTEND;VALUE=DATE:20270206\nSUMMARY:Holiday\n"
        "END:VEVENT\nEND:VCALENDAR"
    ),
    "log.add.send.minutes": "60",
    "message.submit.excerpt": "I thanked for the note and asked which exercise was the hardest.",
    "pick.add.send.number": "P1",
    "pick.add.send.week": "3",
    "pick.file.send.file": (
        '{"resourceType": "Observation", "status": "final", "code": {"coding": [{"code": "44261-6"}]},'
        ' "subject": {"reference": "Patient/P2"}, "effectiveDateTime": "2027-01-04", "valueInteger": 18}'
    ),
    "places.add_clinic.send.country": "DK",
    "staff.add.send.email": "new@demo.example",
    "staff.file.send.file": "name,email,clinic\nNew Person,new@demo.example,Kiel",
}
"""What a field takes that takes not everything."""


def fillings(form: Form) -> list[dict[str, str | tuple[str, ...]]]:
    """Sensible ways to fill a form: as it opens, then each field by itself in every way that differs in kind."""
    usual = {each.name: WORDS.get(f"{form.key}.{each.name}") or _usual(each) for each in form.fields}
    ways = [usual]
    for each in form.fields:
        ways += [{**usual, each.name: value} for value in _others(each) if value != usual[each.name]]
    return ways


def everything(form: Form) -> int:
    """The number of a further way: every field that may stay empty filled, too."""
    return len(fillings(form))


def way(form: Form, choice: int) -> dict[str, str | tuple[str, ...]]:
    ways = fillings(form)
    ways.append({each.name: ways[0][each.name] or next(_others(each), "") for each in form.fields})
    return ways[choice % len(ways)]


def _usual(each: Any) -> str | tuple[str, ...]:
    match each:
        case ChoiceField(value=None, required=True):
            return (each.options[0].value,) if each.options else ()
        case ChoiceField():
            return (each.value,) if each.value else ()
        case ManyField():
            return each.values
        case DateField():
            return each.value.isoformat() if each.value else "2027-01-18" if each.required else ""
        case NumberField():
            return "" if each.value is None else str(each.value)
        case TextField():
            return each.value.reveal() or ("Some words." if each.required else "")
    raise TypeError(type(each).__name__)


def _others(each: Any) -> Iterator[str | tuple[str, ...]]:
    match each:
        case ChoiceField():
            yield from ((option.value,) for option in each.options)
        case ManyField():
            every = tuple(option.value for option in each.options)
            yield every
            yield from (tuple(v for v in every if v != left) for left in every)
            yield from ((one,) for one in every)
        case DateField():
            yield from ("2027-01-18", "2027-01-20", "2027-02-12")
        case NumberField():
            yield from ("0", "1", str(min(each.maximum, 20)))
        case TextField():
            yield "Some words."
