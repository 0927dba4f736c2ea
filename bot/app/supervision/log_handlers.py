"""Entries of the supervision log by hand: add, look, correct, withdraw. What rounds make is in `closing.py`.

A correction is a new entry of the same chain; nothing that was recorded or signed is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of
from bot.app.facts.log_entries import PROFESSIONS, SUPERVISOR, entries_of, with_words
from bot.app.facts.permissions import colleagues
from bot.app.facts.second_sending import SINCE
from bot.app.facts.themes import themes_of
from bot.app.gate.private_notes import masked, too_long
from bot.app.steps.recorded import recorded_now
from bot.app.supervision.entry_fields import (
    LONGEST_LENGTH,
    SAME,
    SHORT,
    minutes_field,
    own_fields,
    read_short,
    same_field,
    short_field,
)
from bot.app.supervision.log_views import METHODS, correction_form, entry_form, log_card, shown_by
from bot.domain.supervision import (
    EventType,
    Facts,
    Medium,
    Method,
    NotYourEntry,
    Role,
    SupervisionEvent,
    correct,
    current,
    history,
)
from bot.ports.records import LogEntry
from bot.ui.inbound import (
    ActionPressed,
    Done,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)
from bot.ui.model import ChoiceField, DateField, Field, Form, ManyField, NumberField, Option, Text, line

BY_HAND = (EventType.INDIVIDUAL, EventType.GROUP, EventType.LIVE, EventType.PEER)
"""A peer meeting outside the rounds too: several bodies count those alone."""
ENTERED_BACK_DAYS = 366 * 5
LONGEST_MINUTES = 24 * 60
LARGEST_GROUP = 200
LARGEST_INDIVIDUAL = 3
"""The person, who supervises, and one who listens."""
_GROUPS = frozenset({EventType.GROUP, EventType.PEER})
Values = Mapping[str, Sensitive | tuple[str, ...]]


async def open_add(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for supervision outside rounds."""
    return Show(await add_form(ctx, {}, {}))


async def typed_add(ctx: Context, text: str) -> Form:
    """The form with the length of time typed behind the command: `/supervision add 1 h 30`; other words are named."""
    if not text:
        return await add_form(ctx, {}, {})
    errors: dict[str, str] = {}
    minutes = ctx.typed_minutes(Sensitive(text), "minutes", 1, LONGEST_MINUTES, errors)
    typed = Sensitive(f"{minutes}" if minutes else text[:LONGEST_LENGTH])
    made = ctx.as_filled_in(Invalid(await add_form(ctx, {"minutes": typed}, errors)))
    return made.form if isinstance(made, Invalid) else await add_form(ctx, {}, {})


async def send_add(ctx: Context, event: FormSubmitted) -> Outcome:
    """A new entry: individual, group or live supervision, or a peer meeting, with its declared minutes."""
    w = ctx.words
    errors = too_long(ctx, event)
    day = ctx.typed_day(typed_text(event, "day"), "day", errors, past=True)
    if day is None:
        errors.setdefault("day", w("field.needed"))
    elif not ctx.my_today - timedelta(days=ENTERED_BACK_DAYS) < day <= ctx.my_today:
        errors["day"] = w("log.day_range")
    minutes = ctx.typed_minutes(typed_text(event, "minutes"), "minutes", 1, LONGEST_MINUTES, errors)
    others = tuple(p.id for p in await colleagues(ctx, ctx.me) if p.id in chosen(event, "members"))
    picked = {name: _one(ctx, event, name, options, errors) for name, options in _CHOICES.items() if name != "method"}
    kind = EventType(picked["type"])
    known = None if kind in _GROUPS and not others else len(others) + 2 - bool(others)
    size = _number(ctx, event, "group_size", 1, LARGEST_GROUP, errors, default=known)
    method = next((Method(word) for word in chosen(event, "method") if word in METHODS), Method.UNSAID)
    if size and "type" not in errors:
        _check_size(ctx, kind, size, len(others) + 1, errors)
    if day and minutes:
        await _check_day(ctx, day, minutes, "", errors)
    supervisor, professions = (read_short(ctx, event, name, errors) for name in SHORT)
    same = None
    if not errors and day and minutes:
        same = await _same(ctx, event, (day, kind, Role(picked["role"]), minutes), "", errors)
    if errors or day is None or minutes is None or size is None:
        return Invalid(await add_form(ctx, event.values, errors, same))
    entry = SupervisionEvent(
        id=ctx.tools.ids.new("log"),
        person=ctx.me.id,
        clinic=ctx.me.clinic,
        role=Role(picked["role"]),
        mode=(await caseload_of(ctx, ctx.me)).chosen_mode_on(day),
        days=(day,),
        minutes=minutes,
        group_size=size,
        recorded_at=ctx.now,
        type=kind,
        medium=Medium(picked["medium"]),
        documented="yes" in chosen(event, "documented"),
        members=others,
        themes=await _themes(ctx, event),
        method=method,
        supervisor=supervisor,
        professions=professions,
    )
    await keep(ctx, entry)
    return Done(w("log.added", day=w.day(day, year=True)), await log_card(ctx))


async def open_entry(ctx: Context, event: ActionPressed) -> Outcome:
    """One entry with its history."""
    entry, versions = ctx.subject(my_entry)
    told = [await with_words(ctx, version) for version in versions]
    return Show(await entry_form(ctx, await with_words(ctx, entry), told))


async def open_correct(ctx: Context, event: ActionPressed) -> Outcome:
    """The form to correct an entry."""
    entry = await with_words(ctx, ctx.subject(my_entry)[0])
    return Show(await correction_form(ctx, entry, {}))


async def send_correct(ctx: Context, event: FormSubmitted) -> Outcome:
    """A new version with one's own minutes, themes and learning point; of an entry made by hand every fact."""
    entry = await with_words(ctx, ctx.subject(my_entry)[0])
    errors = too_long(ctx, event)
    minutes = ctx.typed_minutes(typed_text(event, "minutes"), "minutes", 1, LONGEST_MINUTES, errors)
    themes = await _themes(ctx, event, entry.themes)
    facts = None if entry.round else _facts(ctx, event, entry, errors)
    if minutes:
        await _check_day(ctx, facts.day if facts else entry.day, minutes, entry.chain, errors)
    same = None
    if minutes and not errors:
        key = (facts.day, facts.type, entry.role, minutes) if facts else (entry.day, entry.type, entry.role, minutes)
        if key != _key(entry):
            same = await _same(ctx, event, key, entry.chain, errors)
    if not errors and event.subject != entry.id:  # drawn beside an earlier version
        errors[SINCE] = ctx.words("text.changed_since")
    if errors or minutes is None:
        typed, point = typed_text(event, "minutes").reveal(), typed_text(event, "learning_point")
        return Invalid(await correction_form(ctx, entry, errors, typed, themes, point, facts, same))
    made = correct(
        entry, new_id=ctx.tools.ids.new("log"), by=ctx.me.id, at=ctx.now, minutes=minutes, themes=themes, facts=facts
    )
    if made.day != entry.day:
        made = replace(made, mode=(await caseload_of(ctx, ctx.me)).chosen_mode_on(made.day))
    await keep(ctx, made)
    return Done(ctx.words("log.corrected"), await log_card(ctx))


def _facts(ctx: Context, event: FormSubmitted, entry: SupervisionEvent, errors: dict[str, str]) -> Facts:
    """Day, kind, medium, size, method, supervisor and professions as they were typed; what was left out stays."""
    w = ctx.words
    typed = typed_text(event, "day")
    day = (ctx.typed_day(typed, "day", errors, past=True) if typed else None) or entry.day
    if not ctx.my_today - timedelta(days=ENTERED_BACK_DAYS) < day <= ctx.my_today:
        errors["day"] = w("log.day_range")
    size = _number(ctx, event, "group_size", 1, LARGEST_GROUP, errors, default=entry.group_size) or entry.group_size
    kept = {"type": entry.type, "medium": entry.medium, "method": entry.method}
    picked = {n: (chosen(event, n) or (now,))[0] for n, now in kept.items()}
    known = {n: picked[n] if picked[n] in (*_CHOICES[n], now) else now for n, now in kept.items()}
    _check_size(ctx, EventType(known["type"]), size, len(entry.members) + 1, errors)
    short = {SUPERVISOR: entry.supervisor, PROFESSIONS: entry.professions}
    short |= {name: read_short(ctx, event, name, errors) for name in SHORT if name in event.values}
    return Facts(
        day, EventType(known["type"]), Medium(known["medium"]), size, Method(known["method"]),
        short[SUPERVISOR], short[PROFESSIONS],
    )  # fmt: skip


def _check_size(ctx: Context, kind: EventType, size: int, least: int, errors: dict[str, str]) -> None:
    """A group is more than one person, and individual supervision is no group."""
    w = ctx.words
    if size < least:
        errors["group_size"] = w("log.group_too_small", n=least)
    elif kind in _GROUPS and size == 1:
        errors["group_size"] = w("log.group_of_one")
    elif kind is EventType.INDIVIDUAL and size > LARGEST_INDIVIDUAL:
        errors["group_size"] = w("log.individual_too_large")


async def _check_day(ctx: Context, day: date, minutes: int, chain: str, errors: dict[str, str]) -> None:
    """A day has 24 hours, for all the entries of which it is the only day together."""
    same = [e for e in current(await entries_of(ctx, ctx.me.id)) if e.days == (day,) and e.chain != chain]
    if minutes + sum(e.minutes for e in same) > LONGEST_MINUTES:
        errors["minutes"] = ctx.words("log.day_too_full")


Key = tuple[date, EventType, Role, int]
"""What makes two entries the same to whoever reads the log: day, kind, part and minutes."""


def _key(entry: SupervisionEvent) -> Key:
    return entry.day, entry.type, entry.role, entry.minutes


async def _same(
    ctx: Context, event: FormSubmitted, key: Key, chain: str, errors: dict[str, str]
) -> SupervisionEvent | None:
    """Another entry in force that reads the same, unless the form says that both are kept; told in `errors`."""
    every = current(await entries_of(ctx, ctx.me.id))
    alike = [each for each in every if _key(each) == key and each.chain != chain]
    if not alike or {each.chain for each in alike} & set(chosen(event, SAME)):
        return None
    errors[SAME] = ctx.words("log.same.asked")
    return alike[-1]


async def withdraw(ctx: Context, event: ActionPressed) -> Outcome:
    """Take an entry out of every total; all of its versions stay readable in exports."""
    entry, _ = ctx.subject(my_entry)
    made = correct(entry, new_id=ctx.tools.ids.new("log"), by=ctx.me.id, at=ctx.now, withdrawn=True)
    await keep(ctx, made)
    return Done(ctx.words("log.withdrawn_now"), await log_card(ctx))


async def keep(ctx: Context, entry: SupervisionEvent) -> None:
    """Store an entry made by the person, its learning point encrypted beside it."""
    await ctx.uow.add(
        LogEntry(
            id=entry.id,
            organisation=ctx.uow.organisation,
            source=f"hand:{entry.id}",
            person=entry.person,
            clinic=entry.clinic,
            role=entry.role.value,
            mode=entry.mode.value,
            days=entry.days,
            day=entry.day,
            minutes=entry.minutes,
            group_size=entry.group_size,
            recorded_at=await recorded_now(ctx, LogEntry, entry.person),
            recorded_by=ctx.me.id,
            type=entry.type.value,
            medium=entry.medium.value,
            minutes_estimated=entry.minutes_estimated,
            documented=entry.documented,
            round=entry.round,
            members=entry.members,
            themes=entry.themes,
            corrects=entry.corrects,
            withdrawn=entry.withdrawn,
            counts_on=entry.counts_on,
            method=entry.method.value,
            moved_from=entry.moved_from,
        )
    )
    for name, text in ((SUPERVISOR, entry.supervisor), (PROFESSIONS, entry.professions)):
        if text:
            await ctx.uow.put_sealed(entry.chain, f"{name}:{entry.id}", text.encode())
    words = {name: text for name, text in masked(ctx).items() if name == "learning_point"}
    if words:
        await ctx.uow.put_text(entry.chain, f"log:{entry.id}", words)


async def add_form(
    ctx: Context, values: Values, errors: Mapping[str, str], same: SupervisionEvent | None = None
) -> Form:
    """Day, kind, one's part, minutes, medium, who took part; themes and a learning point are optional."""
    w = ctx.words
    others = await colleagues(ctx, ctx.me)
    typed = {name: value for name, value in values.items() if isinstance(value, Sensitive)}
    fields: list[Field] = [
        DateField("day", w("log.date"), ctx.typed_day(typed.get("day", Sensitive()), "day", {}, past=True)
                  or ctx.my_today, required=True),
        *(
            ChoiceField(name, w(f"log.{name}"), tuple(Option(o, w(_option(name, o))) for o in options),
                        (_many(values, name) or (None,))[0])
            for name, options in _CHOICES.items()
        ),
        minutes_field(ctx, typed.get("minutes", Sensitive()).reveal()),
        *same_field(ctx, same),
        NumberField("group_size", w("log.group"), _whole(typed, "group_size"), 1, LARGEST_GROUP, w("log.group.hint")),
    ]  # fmt: skip
    if others:
        options = tuple(Option(p.id, p.name) for p in others)
        fields.append(ManyField("members", w("log.members"), options, _many(values, "members"), w("log.members.hint")))
    kept = (Option("yes", w("log.documented.yes")),)
    fields += [short_field(ctx, name, typed.get(name, Sensitive())) for name in SHORT]
    fields.append(ManyField("documented", w("log.documented"), kept, _many(values, "documented") or ("yes",)))
    fields += await own_fields(ctx, _many(values, "themes"), typed.get("learning_point", Sensitive()))
    intro = Text(line(w("log.add.intro")))
    return Form("log.add.send", w("log.add.title"), "", {}, (intro,), tuple(fields), w("log.add.submit"), (), errors)


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "type": tuple(BY_HAND),
    "role": tuple(Role),
    "medium": (Medium.IN_PERSON, Medium.VIDEO, Medium.PHONE, Medium.WRITTEN),
    "method": METHODS,
}


def _option(name: str, option: str) -> str:
    """The key of an option's word; outside rounds nobody is a reviewer, they took part."""
    return "log.role.took_part" if option == Role.REVIEWER else f"log.{name}.{option}"


async def my_entry(ctx: Context, id: str) -> tuple[SupervisionEvent, tuple[SupervisionEvent, ...]]:
    """The version in force of one's own entry, and all its versions; anything else is refused alike."""
    every = await entries_of(ctx, ctx.me.id)
    for entry in current(every):
        versions = history(every, entry.chain)
        if id in {version.id for version in versions}:
            return entry, versions
    raise NotYourEntry


async def _themes(ctx: Context, event: FormSubmitted, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    known = (*await themes_of(ctx), *also)
    return tuple(theme for theme in chosen(event, "themes") if theme in known)


def _one(ctx: Context, event: FormSubmitted, name: str, options: tuple[str, ...], errors: dict[str, str]) -> str:
    picked = chosen(event, name)
    if picked and picked[0] in options:
        return picked[0]
    errors[name] = ctx.words("field.choose")
    return options[0]


def _number(
    ctx: Context,
    event: FormSubmitted,
    name: str,
    low: int,
    high: int,
    errors: dict[str, str],
    default: int | None = None,
) -> int | None:
    digits = typed_text(event, name).reveal()
    if not digits and default is not None:
        return default
    if digits.isdecimal() and len(digits) < 6 and low <= int(digits) <= high:
        return int(digits)
    errors[name] = ctx.words("field.whole_number", low=ctx.words.number(low), high=ctx.words.number(high))
    return None


def _whole(typed: Mapping[str, Sensitive], name: str) -> int | None:
    digits = typed[name].reveal().strip() if name in typed else ""
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None


def _many(values: Values, name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()


async def open_log(ctx: Context, event: ActionPressed) -> Outcome:
    """My supervision log, from the latest entry or from one further back, of one year, or what is not signed."""
    return Say(await log_card(ctx, shown_by(event.args)))
