"""Numbers and rules as administrators change them on the page and in chats, by the same step as the shell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import time
from enum import StrEnum

from bot.admin import rules
from bot.admin.second_person import agreed
from bot.anonymise import Sensitive
from bot.app.administration.event_admin import EventAdmin, done, may_wait
from bot.app.administration.places_handlers import place_by_id
from bot.app.administration.policy_table import PARTS, called, in_words, minutes_in, part_of
from bot.app.administration.policy_views import NO, YES, Whose, change_form, policies_form
from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, my_step
from bot.app.facts.policy_budget import narrowed_by
from bot.app.steps.undo import remember, take_back
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.policy import PAIRS, SETTINGS, Policy
from bot.ports.records import UndoStep
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text

FIRST = next(iter(PARTS))
LONGEST = 6
_TIME = re.compile(r"(?:[01]\d|2[0-3])[:.][0-5]\d")


async def open_policies(ctx: Context, event: ActionPressed) -> Outcome:
    """Every number of the organisation, of a clinic or of a group."""
    return await _shown(ctx, await _whose(ctx, event.subject), event.args.get("part", FIRST), event.actor.platform)


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """The numbers of another part."""
    part = (chosen(event, "part") or (FIRST,))[0]
    return await _shown(ctx, await _whose(ctx, event.subject), part, event.actor.platform)


async def open_change(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for one number."""
    return Show(await change_form(ctx, await _whose(ctx, event.subject), _named(event.args), None, {}))


@may_wait
async def send_change(ctx: Context, event: FormSubmitted) -> Outcome:
    """Another value for a number; one that cannot be is refused with what can."""
    whose, name = await _whose(ctx, event.subject), _named(event.state)
    typed = (chosen(event, "value") or (typed_text(event, "value").reveal(),))[0].strip()
    errors: dict[str, str] = {}
    value = _length(ctx, name, typed, errors) if minutes_in(name) else _read(name, typed)
    if value is None:
        errors.setdefault("value", _unreadable(ctx, name))
    elif misfit := await _misfit(ctx, whose, name, value):
        errors["value"] = misfit
    if errors:
        return Invalid(await change_form(ctx, whose, name, typed, errors))
    return await _set(ctx, event, whose, name, value)


@may_wait
async def reset(ctx: Context, event: ActionPressed) -> Outcome:
    """What holds above holds here again."""
    whose, name = await _whose(ctx, event.subject), _named(event.args)
    if name not in whose.policy:
        return Show(await change_form(ctx, whose, name, None, {}))
    if error := await _misfit(ctx, whose, name, None):
        return Invalid(await change_form(ctx, whose, name, None, {"value": error}))
    return await _set(ctx, event, whose, name, None)


@may_wait
async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """A number as it was before my last change of the last ten minutes."""
    step = ctx.subject(my_step)
    if step.what != "policy":
        raise NothingToUndo
    whose, name = await _whose(ctx, step.data["whose"]), step.data["name"]
    value = whose.policy.get(name)
    now = "" if value is None else f"{called(ctx.words, name)}: {in_words(ctx.words, name, value)}"
    # What is undone must still stand, so that it is asked first whether a second person is needed.
    ends = rules.ends_rule(whose, {name: step.data["before"]})
    await agreed(EventAdmin(ctx), ctx.uow, ends, take=False)
    await take_back(ctx, step, now)
    await _save(ctx, whose, name, step.data["before"])
    return await _shown(ctx, await _whose(ctx, whose.id), part_of(name), event.actor.platform)


async def _set(ctx: Context, event: ActionPressed | FormSubmitted, whose: Whose, name: str, value: object) -> Outcome:
    """The numbers as they are now, with the way back."""
    before = whose.policy.get(name)
    if before == value:
        return await _shown(ctx, whose, part_of(name), event.actor.platform)
    await _save(ctx, whose, name, value)
    data = {"whose": whose.id, "name": name, "before": before}
    step = await remember(ctx, ctx.me.id, "policy", data)
    return await _shown(ctx, await _whose(ctx, whose.id), part_of(name), event.actor.platform, step)


async def _save(ctx: Context, whose: Whose, name: str, value: object) -> None:
    clinic = whose.name if isinstance(whose, Clinic) else ""
    group = whose.name if isinstance(whose, Group) else ""
    await done(rules.set_policy(EventAdmin(ctx), "", clinic, group, {name: value}))


async def _shown(ctx: Context, whose: Whose, part: str, platform: str, step: UndoStep | None = None) -> Outcome:
    """A page of ours has room for every part; a chat shows one at a time."""
    known, whole = part if part in PARTS else FIRST, ctx.tools.own_pages(platform)
    return Show(await policies_form(ctx, whose, known, whole=whole, step=step))


async def _whose(ctx: Context, id: str) -> Whose:
    """The organisation, or a clinic or group that is not closed. Raises NotFound."""
    if id in {"", ctx.uow.organisation}:
        return await ctx.organisation()
    return await place_by_id(ctx, id)


def _named(given: Mapping[str, str]) -> str:
    """The number that a button or form is about. Raises NotFound for one of another version."""
    name = given.get("name", "")
    if name not in SETTINGS:
        raise NotFound(name)
    return name


def _read(name: str, typed: str) -> object:
    """A value as a policy keeps it: truth, a whole number in range, an option, a time; None for what is none of it."""
    setting = SETTINGS[name]
    if isinstance(setting.default, bool):
        return {YES: True, NO: False}.get(typed)
    if isinstance(setting.default, time):
        return typed.replace(".", ":") if _TIME.fullmatch(typed) else None
    if isinstance(setting.default, StrEnum):
        return typed if typed in setting.options else None
    number = int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < LONGEST else -1
    return number if number in (setting.options or range(setting.low, setting.high + 1)) else None


def _length(ctx: Context, name: str, typed: str, errors: dict[str, str]) -> int | None:
    """A length of time in the unit of its number: "1 h 30" are 90 minutes, "two hours" 2 hours."""
    setting = SETTINGS[name]
    return ctx.typed_minutes(Sensitive(typed), "value", setting.low, setting.high, errors, per=minutes_in(name))


def _unreadable(ctx: Context, name: str) -> str:
    w, setting = ctx.words, SETTINGS[name]
    if isinstance(setting.default, time):
        return w("policies.time.wrong")
    if isinstance(setting.default, int) and not isinstance(setting.default, bool) and not setting.options:
        return w("policies.between", low=w.number(setting.low), high=w.number(setting.high))
    return w("field.choose")


async def _misfit(ctx: Context, whose: Whose, name: str, value: object) -> str:
    """Why this value cannot stand beside the others, as a sentence; empty when it can. None: what holds above."""
    w = ctx.words
    own = {**whose.policy, name: value}
    changed: Whose = replace(whose, policy={key: each for key, each in own.items() if each is not None})
    above = {} if isinstance(whose, Organisation) else (await ctx.organisation()).policy
    holds = {**asdict(Policy()), **above, **changed.policy}
    for smaller, larger, may_equal in PAIRS:
        low, high = (_comparable(holds[each]) for each in (smaller, larger))
        if name not in {smaller, larger} or low < high or (low == high and may_equal):
            continue
        other = larger if name == smaller else smaller
        said = {(True, False): "policies.less", (True, True): "policies.not_more"}
        said |= {(False, False): "policies.more", (False, True): "policies.not_less"}
        return w(said[name == smaller, may_equal], what=called(w, other), value=in_words(w, other, holds[other]))
    if misfit := await rules.policy_misfit(ctx.uow, changed):
        return w("policies.elsewhere", name=misfit)
    few = await narrowed_by(ctx, whose, changed)
    return w("policies.narrowed", group=few.group, left=few.left, least=few.least) if few else ""


def _comparable(value: object) -> int:
    """A number, or a time of day as minutes, whether kept as a time or as "09:00"."""
    if isinstance(value, int):
        return value
    at = value if isinstance(value, time) else time.fromisoformat(str(value))
    return at.hour * 60 + at.minute
