"""Clinics, groups and duty as administrators change them on the page and in chats, by the same steps as the shell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from bot.admin import lifecycle, merge_undo, people, rules
from bot.app.administration.event_admin import EventAdmin, done
from bot.app.administration.places_views import (
    DO,
    NOBODY,
    Place,
    add_form,
    duty_form,
    merge_form,
    place_form,
    places_form,
    rename_form,
    would_go,
)
from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, my_step
from bot.app.steps.undo import remember, take_back
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role
from bot.ports.records import Audited
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import Form, Text, line, strong


async def open_places(ctx: Context, event: ActionPressed) -> Outcome:
    """Every clinic and group."""
    return Show(await places_form(ctx))


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """One clinic or group."""
    return Show(await place_form(ctx, await place_by_id(ctx, event.subject)))


async def open_rename(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for another name."""
    return Show(rename_form(ctx, await place_by_id(ctx, event.subject), {}))


async def send_rename(ctx: Context, event: FormSubmitted) -> Outcome:
    """Another name for a clinic or a group."""
    place, name = await place_by_id(ctx, event.subject), typed_text(event, "name").reveal()
    if not name:
        return Invalid(rename_form(ctx, place, {"name": ctx.words("field.needed")}))
    if await _taken(ctx, type(place), name, place.id):
        return Invalid(rename_form(ctx, place, {"name": ctx.words("places.name.taken")}))
    await done(lifecycle.rename(EventAdmin(ctx), "", type(place), place.name, name))
    step = await remember(ctx, ctx.me.id, "renamed", {"place": place.id, "before": place.name, "after": name.strip()})
    return Show(await place_form(ctx, await place_by_id(ctx, place.id), step))


async def open_merge(ctx: Context, event: ActionPressed) -> Outcome:
    """The form that asks which other one this becomes part of."""
    place = await place_by_id(ctx, event.subject)
    others = await _others(ctx, place)
    if not others:
        return Done(ctx.words("places.only_one"))
    return Show(merge_form(ctx, place, others, {}))


async def send_merge(ctx: Context, event: FormSubmitted) -> Outcome:
    """One becomes part of another; what was logged at it stays logged there."""
    place = await place_by_id(ctx, event.subject)
    others = {each.id: each for each in await _others(ctx, place)}
    if not others:
        return Done(ctx.words("places.only_one"))
    into = others.get((chosen(event, "into") or ("",))[0])
    if into is None:
        return Invalid(merge_form(ctx, place, list(others.values()), {"into": ctx.words("field.choose")}))
    noted = await merge_undo.noted(ctx, place, into.id)
    if isinstance(place, Clinic):
        await done(lifecycle.merge_clinics(EventAdmin(ctx), "", place.name, into.name))
    else:
        await done(lifecycle.merge_groups(EventAdmin(ctx), "", place.name, into.name))
    if DO not in chosen(event, "do"):
        shown = would_go(ctx, noted, into)
        return Show(merge_form(ctx, place, list(others.values()), {}, into, shown), dry=True)
    step = await remember(ctx, ctx.me.id, "merge", noted)
    return Show(await place_form(ctx, await place_by_id(ctx, into.id), step))


async def close(ctx: Context, event: ActionPressed) -> Outcome:
    """A clinic at which nobody works, or a group, ends today."""
    place = await place_by_id(ctx, event.subject)
    noted = await merge_undo.noted(ctx, place)
    if isinstance(place, Clinic):
        if await ctx.uow.count(Person, clinic=place.id, removed_at=None):
            return Done(ctx.words("places.not_empty"))
        await done(lifecycle.close_clinic(EventAdmin(ctx), "", place.name))
    else:
        await done(lifecycle.close_group(EventAdmin(ctx), "", place.name))
    return Show(await places_form(ctx, await remember(ctx, ctx.me.id, "closed", noted)))


async def look_at_closing(ctx: Context, event: ActionPressed) -> Outcome:
    """What would end with a group; nothing is closed. A clinic at which people work is refused as it would be."""
    place = await place_by_id(ctx, event.subject)
    noted = await merge_undo.noted(ctx, place)
    closed = await close(ctx, event)
    if not isinstance(closed, Show):
        return closed
    body = (Text(line(strong(place.name))), *would_go(ctx, noted, None))
    return Show(Form("places.close.look", ctx.words("places.close.look"), place.id, body=body), dry=True)


async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """A place as it was before I merged, closed or renamed it or named its duty in the last ten minutes.

    What somebody changed since stays: a name that another place has by now, another duty.
    """
    step = ctx.subject(my_step)
    if step.what not in UNDONE:
        raise NothingToUndo
    await take_back(ctx, step)
    back, kept = await UNDONE[step.what](ctx, step.data)
    changed = {"merge": "parted again", "closed": "opened again", "renamed": "renamed back", "duty": "duty put back"}
    await ctx.uow.audit(Audited.PLACE_CHANGED, ctx.me.id, back.id, ctx.now, change=changed[step.what])
    return Show(await place_form(ctx, back, kept=kept))


async def _parted(ctx: Context, data: Mapping[str, Any]) -> tuple[Place, str]:
    return await merge_undo.put_back(ctx, data), ""


async def _opened(ctx: Context, data: Mapping[str, Any]) -> tuple[Place, str]:
    back = await merge_undo.put_back(ctx, data)
    return back, "" if isinstance(back, Clinic) else ctx.words("places.undo.ended")


async def _renamed(ctx: Context, data: Mapping[str, Any]) -> tuple[Place, str]:
    place = await place_by_id(ctx, data["place"])
    if place.name != data["after"]:
        return place, ctx.words("places.undo.changed")
    if await _taken(ctx, type(place), data["before"], place.id):
        return place, ctx.words("places.name.taken")
    return await ctx.uow.save(replace(place, name=data["before"])), ""


async def _duty_back(ctx: Context, data: Mapping[str, Any]) -> tuple[Place, str]:
    clinic = await ctx.uow.get(Clinic, data["clinic"])
    if [clinic.duty_supervisor, clinic.deputy_supervisor, clinic.duty_phone] != data["after"]:
        return clinic, ctx.words("places.undo.changed")
    duty, deputy, phone = data["before"]
    back = replace(clinic, duty_supervisor=duty, deputy_supervisor=deputy, duty_phone=phone)
    return await ctx.uow.save(back), ""


UNDONE: Mapping[str, Callable[[Context, Mapping[str, Any]], Awaitable[tuple[Place, str]]]] = {
    "merge": _parted,
    "closed": _opened,
    "renamed": _renamed,
    "duty": _duty_back,
}
"""By step what puts it back: the place as it is then, and what could not be put back, as a sentence."""


async def open_duty(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for who is on duty at a clinic."""
    clinic, supervisors = await ctx.uow.get(Clinic, event.subject), await _supervisors(ctx)
    if not supervisors:
        return Done(ctx.words("places.no_supervisor"))
    return Show(duty_form(ctx, clinic, supervisors, {}))


async def send_duty(ctx: Context, event: FormSubmitted) -> Outcome:
    """Duty supervisor, deputy and their number."""
    clinic, known = await ctx.uow.get(Clinic, event.subject), {p.id: p for p in await _supervisors(ctx)}
    if not known:
        return Done(ctx.words("places.no_supervisor"))
    first, second = ((chosen(event, name) or (NOBODY,))[0] for name in ("duty", "deputy"))
    errors = {} if first in known else {"duty": ctx.words("field.choose")}
    if second != NOBODY and (second not in known or second == first):
        errors["deputy"] = ctx.words("places.deputy.other")
    if errors:
        return Invalid(duty_form(ctx, clinic, list(known.values()), errors))
    deputy = known[second].email if second in known else ""
    phone = typed_text(event, "phone").reveal()
    await done(rules.set_duty(EventAdmin(ctx), "", clinic.name, known[first].email, deputy, phone))
    changed = await ctx.uow.get(Clinic, clinic.id)
    before, after = ([each.duty_supervisor, each.deputy_supervisor, each.duty_phone] for each in (clinic, changed))
    step = await remember(ctx, ctx.me.id, "duty", {"clinic": clinic.id, "before": before, "after": after})
    return Show(await place_form(ctx, changed, step))


async def open_add_clinic(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a new clinic."""
    return Show(add_form(ctx, {}, {}, clinic=True))


async def send_add_clinic(ctx: Context, event: FormSubmitted) -> Outcome:
    """A new clinic with its country's public holidays."""
    given = {name: typed_text(event, name).reveal() for name in ("name", "country", "timezone", "phone")}
    errors = await _faults(ctx, given, Clinic)
    if len(given["country"]) != 2 or not given["country"].isalpha():
        errors["country"] = ctx.words("places.country.hint")
    if errors:
        return Invalid(add_form(ctx, given, errors, clinic=True))
    country = given["country"].upper()
    step = people.clinic(EventAdmin(ctx), "", given["name"], country, "", given["timezone"], given["phone"])
    (made,) = await done(step)
    return Show(await place_form(ctx, made))


async def open_add_group(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a new group."""
    return Show(add_form(ctx, {}, {}, clinic=False))


async def send_add_group(ctx: Context, event: FormSubmitted) -> Outcome:
    """A new group."""
    given = {name: typed_text(event, name).reveal() for name in ("name", "timezone")}
    errors = await _faults(ctx, given, Group)
    if errors:
        return Invalid(add_form(ctx, given, errors, clinic=False))
    (made,) = await done(people.group(EventAdmin(ctx), "", given["name"], given["timezone"]))
    return Show(await place_form(ctx, made))


async def place_by_id(ctx: Context, id: str) -> Place:
    """A clinic or group that is not closed. Raises NotFound."""
    for kind in (Clinic, Group):
        for found in await ctx.uow.find(kind, id=id, closed_on=None):
            assert isinstance(found, Clinic | Group)
            return found
    raise NotFound(id)


async def _others(ctx: Context, place: Place) -> list[Place]:
    found = await ctx.uow.find(type(place), closed_on=None, order=("name",))
    return [each for each in found if each.id != place.id]


async def _supervisors(ctx: Context) -> list[Person]:
    return await ctx.uow.find(Person, removed_at=None, roles__has=Role.SUPERVISOR.value, order=("name",))


async def _taken(ctx: Context, kind: type[Clinic] | type[Group], name: str, but: str = "") -> bool:
    """Whether another one is called so, but for the case of letters, closed ones too."""
    return any(each.name.casefold() == name.casefold() and each.id != but for each in await ctx.uow.find(kind))


async def _faults(ctx: Context, given: dict[str, str], kind: type[Clinic] | type[Group]) -> dict[str, str]:
    errors = {}
    if not given["name"]:
        errors["name"] = ctx.words("field.needed")
    elif await _taken(ctx, kind, given["name"]):
        errors["name"] = ctx.words("places.name.taken")
    if given["timezone"] not in available_timezones():
        errors["timezone"] = ctx.words("places.zone.hint")
    return errors
