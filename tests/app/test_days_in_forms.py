"""Every field of every form in which a day or a time is typed, against what people type by mistake.

Where a calendar opens (Slack, Teams, most browsers) nobody types; elsewhere the same words arrive as text. Each is read
or refused by naming it, with three examples in the reader's language, and what was typed stays in the form.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

import bot.app
from bot.anonymise.text import Sensitive
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import Player, form_of
from bot.domain.person import Person
from bot.ui.inbound import Invalid, Outcome
from bot.ui.model import ChoiceField, DateField, Form, ManyField, NumberField, TextField
from bot.ui.strings import LANGUAGES, words
from bot.ui.typed import as_typed
from tests.app.log_steps import add, mine
from tests.app.series_steps import begin
from tests.world import World

Opened = Callable[[World, Player], Awaitable[Form]]
NO_DAY = {"a word": "someday", "no such day": "30 Feb 2027", "a mark nobody sees": "\u202esomeday\u202c",
          "very long": "x" * 10_000}  # fmt: skip
A_DAY = {"a year of two digits": "12.1.27", "a mark before it": "\u200f12.1.2027", "as said": "12 Jan 2027"}
"""Whether the form takes that day is another matter; it is read."""


def at_once(key: str, subject: str = "") -> Opened:
    async def opened(world: World, player: Player) -> Form:
        return await player.open(key, subject)

    return opened


def with_series(key: str, **args: str) -> Opened:
    async def opened(world: World, player: Player) -> Form:
        entry = await begin(world, anchor="2027-02-01")
        return form_of(await player.press(key, entry.id, **args), key)

    return opened


async def own_entry(world: World, player: Player) -> Form:
    await add(player)
    entry = (await mine(world))[-1]
    return await player.open("log.correct", entry.id)


@dataclass(frozen=True)
class Row:
    """A form: who opens it and how, its fields for days, and the module that makes it."""

    module: str
    who: str
    opened: Opened
    days: tuple[str, ...]
    given: Mapping[str, str] | None = None


ROWS = {
    "leave": Row("caseload/leave_views.py", "b", at_once("caseload.leave"), ("first_day", "last_day")),
    "a member's leave": Row(
        "caseload/leave_views.py", "s", at_once("caseload.leave", person_id("c")), ("first_day", "last_day")
    ),
    "switch": Row("caseload/views.py", "b", at_once("caseload.plan"), ("from_day", "until_day")),
    "working time": Row("caseload/views.py", "b", at_once("caseload.work"), ("fte_from", "practising_since")),
    "limit": Row("caseload/limits.py", "b", at_once("caseload.work"), ("limit_until",), {"limit_percent": "50"}),
    "closure": Row("closures/views.py", "s", at_once("closures.add"), ("first_day", "last_day"), {"name": "away day"}),
    "round": Row("rounds/new_form.py", "s", at_once("round.new"), ("publish_on",)),
    "sheet": Row("rounds/sheet_handlers.py", "s", at_once("sheet.group", GROUP), ("first", "last")),
    "series": Row("series/form_views.py", "s", at_once("series.new"), ("anchor", "last_day"), {"at": "09:00"}),
    "move": Row("series/handlers.py", "s", with_series("series.move", day="2027-02-01"), ("to",)),
    "pause": Row("series/handlers.py", "s", with_series("series.pause"), ("first_day", "last_day")),
    "export": Row("supervision/export_handlers.py", "a", at_once("log.export"), ("first", "last")),
    "span": Row("supervision/span_handlers.py", "a", at_once("log.span"), ("first", "last")),
    "entry": Row("supervision/log_handlers.py", "a", at_once("log.add"), ("day",)),
    "correction": Row("supervision/log_views.py", "a", own_entry, ("day",)),
    "trail": Row("privacy/officer_views.py", "p", at_once("officer.trail"), ("since", "until")),
    "own cases": Row("blocks/search.py", "a", at_once("case.list"), ("since", "until")),
    "worksheet": Row(
        "cases/worksheet_views.py", "a", at_once("pick.add"), ("heard", "discussed"), {"number": "P1", "week": "3"}
    ),
    "last day at the clinic": Row(
        "administration/people_views.py", "m", at_once("staff.leave", person_id("c")), ("day",)
    ),
    "removal": Row("administration/people_views.py", "m", at_once("staff.remove", person_id("c")), ("day",)),
}
PAIRS = {name: row for name, row in ROWS.items() if len(row.days) == 2 and name not in {"working time", "worksheet"}}


def shown(form: Form) -> dict[str, str | tuple[str, ...]]:
    """The form as it came."""
    values: dict[str, str | tuple[str, ...]] = {}
    for each in form.fields:
        match each:
            case TextField():
                values[each.name] = each.value.reveal()
            case ChoiceField():
                values[each.name] = (each.value,) if each.value else (each.options[0].value,)
            case ManyField():
                values[each.name] = each.values
            case DateField():
                values[each.name] = each.value.isoformat() if each.value else ""
            case NumberField():
                values[each.name] = str(each.value or "")
    return values


async def speaks(world: World, key: str, language: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), language=language))
        await uow.commit()


async def sent(world: World, row: Row, **values: str) -> Outcome:
    player = world.player(row.who)
    form = await row.opened(world, player)
    return await player.send(form, {**shown(form), **(row.given or {}), **values})


@pytest.mark.parametrize(("name", "language"), list(zip(ROWS, LANGUAGES * 4, strict=False)))
async def test_what_is_no_day_is_named_with_examples_and_stays_in_the_form(
    world: World, name: str, language: str
) -> None:
    row = ROWS[name]
    await speaks(world, row.who, language)
    player = world.player(row.who)
    form = await row.opened(world, player)
    for field in row.days:
        other = next((each for each in row.days if each != field), "")
        for why, typed in NO_DAY.items():
            answer = await player.send(form, {**shown(form), **(row.given or {}), other: "2027-03-01"} | {field: typed})
            assert isinstance(answer, Invalid), (field, why)
            unread = "field.date.none" if why == "no such day" else "field.date.unread"
            assert answer.form.errors[field] == words(language)(unread, typed=as_typed(typed)), (field, why)
            asked = {each.name: each for each in answer.form.fields}
            kept = asked[field]
            assert isinstance(kept, TextField), (field, why)
            assert kept.value == Sensitive(typed[:200])
            if other and isinstance(day := asked[other], DateField):
                assert day.value == date(2027, 3, 1), (field, why)


@pytest.mark.parametrize("name", ROWS)
async def test_a_day_is_read_however_it_is_written(world: World, name: str) -> None:
    row = ROWS[name]
    player = world.player(row.who)
    form = await row.opened(world, player)
    for field in row.days:
        for why, typed in A_DAY.items():
            other = {each: "" for each in row.days if each != field}
            answer = await player.send(form, {**shown(form), **(row.given or {}), **other, field: typed})
            if isinstance(answer, Invalid) and (said := answer.form.errors.get(field)):
                assert typed not in said, (field, why)
                (kept,) = [each for each in answer.form.fields if each.name == field]
                assert isinstance(kept, DateField), (field, why)
                assert kept.value == date(2027, 1, 12)
            if not isinstance(answer, Invalid):
                return  # it was done


@pytest.mark.parametrize("name", PAIRS)
async def test_an_end_before_its_beginning_is_refused_at_a_field(world: World, name: str) -> None:
    first, last = PAIRS[name].days
    answer = await sent(world, PAIRS[name], **{first: "2027-03-10", last: "2027-03-08"})
    assert isinstance(answer, Invalid), answer
    assert set(answer.form.errors) & {first, last}
    kept = {each.name: each.value for each in answer.form.fields if isinstance(each, DateField)}
    assert (kept[first], kept[last]) == (date(2027, 3, 10), date(2027, 3, 8))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["noonish", "25:00", "x" * 10_000])
async def test_what_is_no_time_of_day_is_named_with_examples_and_stays(world: World, language: str, typed: str) -> None:
    await speaks(world, "s", language)
    answer = await sent(world, ROWS["series"], at=typed)
    assert isinstance(answer, Invalid)
    assert answer.form.errors["at"] == words(language)("series.at.unread", typed=as_typed(typed))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_brings_three_examples(language: str) -> None:
    for said in ("field.date", "field.date.unread", "field.date.none", "series.at.unread"):
        sentence = words(language)(said, **({} if said == "field.date" else {"typed": "…"}))
        assert len(re.findall(r"\d[\d.:/-]*", sentence.rpartition("…")[2])) >= 3, sentence


def test_every_form_with_a_day_stands_in_the_table() -> None:
    folder = Path(str(bot.app.__file__)).parent
    made = {
        (str(path.relative_to(folder)), name)
        for path in folder.rglob("*.py")
        for name in re.findall(r'DateField\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert {(row.module, day) for row in ROWS.values() for day in row.days} == made
