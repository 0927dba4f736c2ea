"""Numbers and rules as administrators see them: what holds, what the product says, who set what and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import time
from enum import StrEnum

from bot.anonymise import Sensitive
from bot.app.administration.policy_table import PARTS, called, in_words, minutes_in, range_in_words
from bot.app.context import Context
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Person
from bot.domain.policy import SETTINGS, Policy, resolve
from bot.ports.records import Audited, AuditEntry, UndoStep
from bot.ui.model import (
    Action,
    ChoiceField,
    Field,
    Form,
    FormBlock,
    Heading,
    Line,
    NumberField,
    Option,
    Row,
    Text,
    TextField,
    code,
    line,
    muted,
    strong,
)

Whose = Organisation | Clinic | Group
YES, NO = "true", "false"
TIME = 5
LENGTH = 60
"""Characters of a length of time in words."""


async def holds_for(ctx: Context, whose: Whose) -> Policy:
    """What holds for the organisation, for a clinic or for a group."""
    above = await ctx.organisation()
    return resolve(above.policy, *_own(whose))


def _own(whose: Whose) -> tuple[Mapping[str, object] | None, Mapping[str, object] | None]:
    return whose.policy if isinstance(whose, Clinic) else None, whose.policy if isinstance(whose, Group) else None


async def policies_form(ctx: Context, whose: Whose, part: str, *, whole: bool, step: UndoStep | None = None) -> Form:
    """Numbers of a part, or of every part where a page has room, each with where its value comes from."""
    w = ctx.words
    values, above = asdict(await holds_for(ctx, whose)), (await ctx.organisation()).policy
    setters = await _setters(ctx, whose)
    body: list[FormBlock] = [Text(line(_intro(ctx, whose)))]
    for each in PARTS if whole else (part,):
        body.append(Heading(w(f"policies.part.{each}")))
        for name in PARTS[each]:
            detail = _detail(ctx, whose, name, above, setters)
            change = Action("policies.change", w("policies.change"), whose.id, {"name": name}, opens=True)
            shown = line(strong(called(w, name)), f": {in_words(w, name, values[name])}")
            setting = SETTINGS[name]
            fixed = type(setting.default) is int and not setting.options and setting.low == setting.high
            body.append(Row(shown, detail, () if fixed else (change,)))
    fields: tuple[Field, ...] = ()
    if not whole:
        parts = tuple(Option(each, w(f"policies.part.{each}")) for each in PARTS)
        fields = (ChoiceField("part", w("policies.part"), parts, part),)
    undo = (Action("policies.undo", w("undo"), step.id),) if step else ()
    return Form(
        "policies.find",
        w("policies.title"),
        whose.id,
        body=tuple(body),
        fields=fields,
        submit=w("staff.open") if fields else "",
        actions=undo,
    )


async def change_form(ctx: Context, whose: Whose, name: str, given: str | None, errors: Mapping[str, str]) -> Form:
    """One number: what holds, its range, and a field for another value."""
    w = ctx.words
    value = getattr(await holds_for(ctx, whose), name)
    above, setters = (await ctx.organisation()).policy, await _setters(ctx, whose)
    reset = Action("policies.reset", w("policies.reset"), whose.id, {"name": name})
    return Form(
        "policies.change.send",
        w("policies.title"),
        whose.id,
        state={"name": name},
        body=(
            Text(line(strong(called(w, name)), f": {in_words(w, name, value)}")),
            Text(_detail(ctx, whose, name, above, setters)),
            Text(line(_intro(ctx, whose))),
        ),
        fields=(_field(ctx, name, value, given),),
        submit=w("staff.save"),
        actions=(reset,) if name in whose.policy else (),
        errors=errors,
    )


def _field(ctx: Context, name: str, value: object, given: str | None) -> Field:
    w, setting = ctx.words, SETTINGS[name]
    label = w("policies.value")
    if isinstance(setting.default, bool):
        either = (Option(YES, w("policies.yes")), Option(NO, w("policies.no")))
        return ChoiceField("value", label, either, YES if value else NO)
    if isinstance(value, time):
        shown = given if given is not None else f"{value:%H:%M}"
        return TextField("value", label, "", Sensitive(shown), required=True, max_length=TIME)
    options = tuple(Option(str(each), in_words(w, name, each)) for each in _choices(name))
    if options:
        return ChoiceField("value", label, options, value.value if isinstance(value, StrEnum) else str(value))
    if minutes_in(name):
        typed = given if given is not None else f"{value}"
        return TextField("value", label, w("field.minutes"), Sensitive(typed), required=True, max_length=LENGTH)
    number = int(given) if given and given.isdecimal() and len(given) < TIME else value
    assert isinstance(number, int)
    return NumberField("value", label, number, setting.low, setting.high, required=True)


def _choices(name: str) -> Sequence[object]:
    return range(7) if name == "cadence_weekday" else SETTINGS[name].options


def _intro(ctx: Context, whose: Whose) -> str:
    if isinstance(whose, Organisation):
        return ctx.words("policies.intro.organisation")
    intro = "policies.intro.clinic" if isinstance(whose, Clinic) else "policies.intro.group"
    return ctx.words(intro, name=whose.name)


def _detail(
    ctx: Context, whose: Whose, name: str, above: Mapping[str, object], setters: Mapping[str, tuple[str, str]]
) -> Line:
    """ "Set here: 3 reviewers by M, 12 Jan · Default: 2 reviewers · 1 to 4 reviewers · reviewers_per_case"."""
    w = ctx.words
    parts = []
    if name in whose.policy:
        own = w("policies.own", value=in_words(w, name, whose.policy[name]))
        by, day = setters.get(name, ("", ""))
        parts.append(f"{own} {w('policies.set_by', name=by, day=day)}" if by else own)
    if name in above and not isinstance(whose, Organisation):
        parts.append(w("policies.above", value=in_words(w, name, above[name])))
    parts.append(w("policies.default", value=in_words(w, name, SETTINGS[name].default)))
    parts += [range_in_words(w, name)] if range_in_words(w, name) else []
    return line(muted(" · ".join(parts) + " · "), code(name))


async def _setters(ctx: Context, whose: Whose) -> dict[str, tuple[str, str]]:
    """Who set each number last, and on which day, as far back as the trail reaches."""
    entries = await ctx.uow.find(AuditEntry, what=Audited.POLICY_CHANGED.value, subject=whose.id, order=("number",))
    names = {p.id: p.name for p in await ctx.uow.find(Person, id__in=sorted({e.actor for e in entries}))}
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        by = names.get(entry.actor) or ctx.words("policies.shell")
        day = ctx.words.day(entry.at.astimezone(ctx.zone).date(), year=True)
        found |= dict.fromkeys(entry.detail, (by, day))
    return found
