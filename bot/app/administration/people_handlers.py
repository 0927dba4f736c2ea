"""People as administrators change them on the page and in chats, by the same steps as the shell.

Every change is a line of the trail. What an answer changed of somebody's details or roles, and whom it added, is
undone for ten minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.admin import adding_undo, lifecycle, people, rules
from bot.admin.context import people_like
from bot.admin.second_person import agreed
from bot.app.administration.event_admin import EventAdmin, done, may_wait
from bot.app.administration.people_views import (
    ALL,
    GONE,
    LOST,
    SORTS,
    Search,
    change_form,
    group_form,
    list_form,
    not_added_card,
    person_form,
    places,
    remove_form,
    roles_form,
    undone_card,
)
from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, colleagues, my_step
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.second_person import changes_of_office
from bot.app.steps.undo import remember, take_back
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.errors import NotDone
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Say, Show, chosen, typed_text

DETAILS = ("name", "email", "clinic", "timezone", "language", "personnel_id")


async def open_list(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody, or a page of a search."""
    args = event.args
    page = int(args["page"]) if args.get("page", "").isdecimal() and len(args["page"]) < 6 else 0
    search = await _search(ctx, {name: args.get(name, "") for name in ("text", "clinic", "group", "who", "sort")})
    return Show(await list_form(ctx, replace(search, page=page)))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """The people who meet what was typed and chosen."""
    wanted = {name: (chosen(event, name) or ("",))[0] for name in ("clinic", "group", "who", "sort")}
    return Show(await list_form(ctx, await _search(ctx, {**wanted, "text": typed_text(event, "text").reveal()})))


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """One person."""
    return Show(await person_form(ctx, await ctx.uow.get(Person, event.subject)))


async def open_add(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a new person; nobody can be added before there is a clinic."""
    if not await ctx.uow.count(Clinic, closed_on=None):
        return Done(ctx.words("places.clinic_first"))
    return Show(await change_form(ctx, None, {}, {}))


@may_wait
async def send_add(ctx: Context, event: FormSubmitted) -> Outcome:
    """A new person, or somebody who comes back by their e-mail."""
    given = _given(event, ("name", "email", "personnel_id"))
    given |= {name: (chosen(event, name) or ("",))[0] for name in ("clinic", "language", "group")}
    errors = await _faults(ctx, given, None)
    roles = chosen(event, "roles")
    if not roles or not set(roles) <= set(Role):
        errors["roles"] = ctx.words("field.choose")
    if errors:
        return Invalid(await change_form(ctx, None, given, errors))
    there = await places(ctx)
    names = {"clinic": there.clinics.get(given["clinic"], ""), "group": there.groups.get(given["group"], "")}
    values = {**given, **names, "roles": " ".join(roles)}
    before = await adding_undo.noted_before(ctx)
    admin = EventAdmin(ctx)
    (added,) = await done(people.person(admin, "", {name: value for name, value in values.items() if value}))
    step = await remember(ctx, ctx.me.id, "added", await adding_undo.noted(ctx, before))
    return Show(await person_form(ctx, added, step))


async def open_change(ctx: Context, event: ActionPressed) -> Outcome:
    """The form with somebody's details."""
    return Show(await change_form(ctx, await _active(ctx, event.subject), {}, {}))


@may_wait
async def send_change(ctx: Context, event: FormSubmitted) -> Outcome:
    """Other details; the history stays."""
    person = await _active(ctx, event.subject)
    given = _given(event, ("name", "email", "timezone", "personnel_id"))
    given |= {name: (chosen(event, name) or ("",))[0] for name in ("clinic", "language")}
    errors = await _faults(ctx, given, person)
    if errors:
        return Invalid(await change_form(ctx, person, given, errors))
    wanted = {name: value for name, value in given.items() if value and value != getattr(person, name)}
    if "clinic" in wanted:
        wanted["clinic"] = (await places(ctx)).clinics.get(wanted["clinic"], "")
    if not wanted:
        return Show(await person_form(ctx, person))
    (changed,) = await done(lifecycle.change_person(EventAdmin(ctx), "", person.email, wanted))
    return await _changed(ctx, person, changed)


async def open_roles(ctx: Context, event: ActionPressed) -> Outcome:
    """The form with somebody's roles."""
    return Show(roles_form(ctx, await _active(ctx, event.subject), {}))


@may_wait
async def send_roles(ctx: Context, event: FormSubmitted) -> Outcome:
    """Other roles; who is no therapist any more leaves nothing behind."""
    person, roles = await _active(ctx, event.subject), chosen(event, "roles")
    if not set(roles) <= set(Role):
        return Invalid(roles_form(ctx, person, {"roles": ctx.words("field.choose")}))
    if Role.ADMIN not in roles and await _last_admin(ctx, person):
        return Invalid(roles_form(ctx, person, {"roles": ctx.words("staff.last_admin")}))
    (changed,) = await done(rules.set_roles(EventAdmin(ctx), "", person.email, list(roles)))
    return await _changed(ctx, person, changed)


async def open_join(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a group to join."""
    return await _open_group(ctx, event, joins=True)


async def send_join(ctx: Context, event: FormSubmitted) -> Outcome:
    """A member of a group from a day on."""
    return await _group(ctx, event, joins=True)


async def open_leave(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a group to leave."""
    return await _open_group(ctx, event, joins=False)


async def send_leave(ctx: Context, event: FormSubmitted) -> Outcome:
    """A day is the last one in a group; what is left behind is settled then."""
    return await _group(ctx, event, joins=False)


async def open_remove(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for somebody's last day."""
    person = await _active(ctx, event.subject)
    return Show(remove_form(ctx, person, await _covers(ctx, person), {}))


@may_wait
async def send_remove(ctx: Context, event: FormSubmitted) -> Outcome:
    """Access ends now or after a day to come; everything left behind is settled, supervisors hear."""
    person = await _active(ctx, event.subject)
    errors: dict[str, str] = {}
    day = ctx.typed_day(typed_text(event, "day"), "day", errors)
    cover = (chosen(event, "cover") or (ALL,))[0]
    covers = {p.id: p for p in await _covers(ctx, person)}
    if day and day < ctx.my_today:
        errors["day"] = ctx.words("staff.day.over")
    if cover != ALL and cover not in covers:
        errors["cover"] = ctx.words("field.choose")
    if await _last_admin(ctx, person):
        errors["day"] = ctx.words("staff.last_admin")
    if errors:
        return Invalid(remove_form(ctx, person, list(covers.values()), errors))
    by = covers[cover].email if cover != ALL else ""
    (gone,) = await done(people.remove_person(EventAdmin(ctx), "", person.email, day, by))
    return Show(await person_form(ctx, gone))


async def stay(ctx: Context, event: ActionPressed) -> Outcome:
    """A last day that was set is given up."""
    person = await _active(ctx, event.subject)
    (kept,) = await done(people.stay(EventAdmin(ctx), "", person.email))
    return Show(await person_form(ctx, kept))


@may_wait
async def come_back(ctx: Context, event: ActionPressed) -> Outcome:
    """Somebody who left comes back, with everything their log and history hold."""
    gone = await ctx.uow.get(Person, event.subject)
    if gone.active:
        return Show(await person_form(ctx, gone))
    (back,) = await done(people.return_person(EventAdmin(ctx), "", gone.email))
    return Show(await person_form(ctx, back))


@may_wait
async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """Details and roles as they were before my last change of the last ten minutes; moved work stays moved.

    Whom I added is gone again; who was written to meanwhile has lost access instead, and the answer says so.
    """
    step = ctx.subject(my_step)
    if step.what not in {"staff", "added"}:
        raise NothingToUndo
    if step.what == "added":
        added = await ctx.uow.find(Person, id__in=[*step.data["people"], *step.data["back"]])
        await agreed(EventAdmin(ctx), ctx.uow, [each for one in added for each in changes_of_office(one, None)])
        await take_back(ctx, step)
        gone = await adding_undo.put_back(ctx, step.data)
        for id in (*gone.removed, *gone.ended):
            await ctx.uow.audit(Audited.PERSON_REMOVED, ctx.me.id, id, ctx.now, undone="added")
        return Say(not_added_card(ctx, gone))
    person, before = await ctx.uow.get(Person, step.data["person"]), step.data["before"]
    roles = frozenset(Role(each) for each in step.data["roles"])
    earlier = replace(person, **before, roles=roles)
    await agreed(EventAdmin(ctx), ctx.uow, changes_of_office(person, earlier))
    await take_back(ctx, step)
    back = await ctx.uow.save(earlier)
    await set_moments_anew(ctx, back)
    fields = " ".join([name for name in DETAILS if getattr(person, name) != getattr(back, name)] or ["roles"])
    await ctx.uow.audit(Audited.PERSON_CHANGED, ctx.me.id, person.id, ctx.now, fields=fields)
    return Say(undone_card(ctx, back))


async def _changed(ctx: Context, before: Person, changed: Person) -> Outcome:
    """The person as they are now, with the way back."""
    kept = {name: asdict(before)[name] for name in DETAILS}
    data: dict[str, Any] = {"person": before.id, "before": kept, "roles": sorted(before.roles)}
    return Show(await person_form(ctx, changed, await remember(ctx, ctx.me.id, "staff", data)))


async def _open_group(ctx: Context, event: ActionPressed, *, joins: bool) -> Outcome:
    person = await _active(ctx, event.subject)
    there = await places(ctx, person)
    mine = there.member_of.get(person.id, [])
    ids = [id for id in there.groups if id not in mine] if joins else [id for id in mine if id in there.groups]
    if not ids:
        return Done(ctx.words("staff.in_all_groups") if joins else ctx.words("staff.no_group"))
    return Show(group_form(ctx, person, {id: there.groups[id] for id in ids}, joins=joins, errors={}))


async def _group(ctx: Context, event: FormSubmitted, *, joins: bool) -> Outcome:
    person = await _active(ctx, event.subject)
    there = await places(ctx, person)
    if not there.groups:
        return Done(ctx.words("staff.no_group"))
    errors: dict[str, str] = {}
    day = ctx.typed_day(typed_text(event, "day"), "day", errors)
    name = there.groups.get((chosen(event, "group") or ("",))[0])
    if name is None:
        errors["group"] = ctx.words("field.choose")
    if day and day < ctx.my_today:
        errors["day"] = ctx.words("staff.day.over")
    if errors or name is None:
        return Invalid(group_form(ctx, person, there.groups, joins=joins, errors=errors))
    step = people.join_group if joins else people.leave_group
    await done(step(EventAdmin(ctx), "", person.email, name, day))
    return Show(await person_form(ctx, await ctx.uow.get(Person, person.id)))


async def _active(ctx: Context, id: str) -> Person:
    person = await ctx.uow.get(Person, id)
    if not person.active:
        raise NotDone(why=f"{person.email} has left.")
    return person


async def _covers(ctx: Context, person: Person) -> list[Person]:
    return [p for p in await colleagues(ctx, person) if p.has(Role.THERAPIST)]


async def _last_admin(ctx: Context, person: Person) -> bool:
    admins = await ctx.uow.find(Person, removed_at=None, roles__has=Role.ADMIN.value)
    return person.has(Role.ADMIN) and not [p for p in admins if p.id != person.id]


async def _faults(ctx: Context, given: Mapping[str, str], person: Person | None) -> dict[str, str]:
    """What is wrong with somebody's details, by field, before anything is done."""
    w, errors = ctx.words, {}
    email = given.get("email", "")
    if not given.get("name"):
        errors["name"] = w("field.needed")
    if "@" not in email.strip("@") or any(c.isspace() for c in email):
        errors["email"] = w("staff.email.wrong")
    same = await people_like(ctx.uow, [email])
    if any((person is None and p.active) or (person is not None and p.id != person.id) for p in same):
        errors["email"] = w("staff.email.taken")
    return errors


async def _search(ctx: Context, given: Mapping[str, str]) -> Search:
    """What was asked for, with "all" for what there is not."""
    there = await places(ctx)
    known = {
        "clinic": there.clinics,
        "group": there.groups,
        "who": {*Role, GONE, LOST},
        "sort": SORTS,
    }
    picked = {name: given[name] if given[name] in known[name] else ALL for name in ("clinic", "group", "who")}
    sort = given["sort"] if given["sort"] in SORTS else SORTS[0]
    return Search(given["text"].strip()[:100], picked["clinic"], picked["group"], picked["who"], sort)


def _given(event: FormSubmitted, names: tuple[str, ...]) -> dict[str, str]:
    return {name: typed_text(event, name).reveal() for name in names}
