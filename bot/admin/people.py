"""What `intervision admin` does, each step one unit of work. Knows no shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.admin.context import Desk, named, person_named
from bot.admin.staff_files import PersonRow, checked_person, read_people
from bot.app.context import Work
from bot.app.steps.clinic_split import part_ways
from bot.app.steps.closures import keep_closure, remove_closure
from bot.app.steps.reassignment import free_seats_of
from bot.domain.organisation import Clinic, Closure, Group, Membership, Organisation, Workspace
from bot.domain.person import Contact, Person
from bot.errors import Refusal, SetupError
from bot.ports.records import Audited, Session
from bot.ports.unit_of_work import AlreadyThere, UnitOfWork
from bot.ui.strings import LANGUAGES, words

R = TypeVar("R")


async def organisation(desk: Desk, name: str, language: str) -> list[Organisation]:
    """A new organisation."""
    if language not in LANGUAGES:
        raise SetupError(f"There is no language {language}; there are {', '.join(LANGUAGES)}.")
    id = desk.tools.ids.new("organisation")
    made = Organisation(id, id, name, desk.clock.now(), language)
    async with desk.store.begin(id) as uow:
        await uow.add(made)
        await uow.commit()
    return [made]


async def clinic(desk: Desk, org: str, name: str, country: str, region: str, timezone: str, phone: str) -> list[Clinic]:
    """A clinic; its country must be known to the holiday library."""
    _zone(timezone)
    try:
        desk.tools.almanac.calendar(country, region, frozenset()).is_working(date(2027, 1, 4))
    except Refusal:
        raise SetupError(
            f"No public holidays are known for {country} {region}".rstrip() + "; write DE, SE, …"
        ) from None
    async with desk.begin(org) as uow:
        await _free_name(uow, Clinic, name)
        made = Clinic(desk.tools.ids.new("clinic"), uow.organisation, name, country, timezone, region, phone)
        await uow.add(made)
        await uow.commit()
    return [made]


async def workspace(desk: Desk, org: str, platform: str, tenant: str) -> list[Workspace]:
    """A workspace or tenant of the organisation: from now on people are recognised only in those listed."""
    async with desk.begin(org) as uow:
        made = Workspace(desk.tools.ids.new("workspace"), uow.organisation, platform, tenant)
        try:
            await uow.add(made)
        except AlreadyThere:
            raise SetupError(f"{platform} {tenant} is listed already.") from None
        await uow.commit()
    return [made]


async def leave_workspace(desk: Desk, org: str, platform: str, tenant: str) -> list[Contact]:
    """No longer the organisation's: the accounts there are disconnected, their people go on elsewhere."""
    now = desk.clock.now()
    async with desk.begin(org) as uow:
        listed = await uow.one(Workspace, platform=platform, tenant=tenant)
        if listed is None:
            raise SetupError(f"{platform} {tenant} is not listed.")
        await uow.remove(Workspace, listed.id)
        accounts = await uow.find(Contact, platform=platform, tenant=tenant, ended_at=None)
        ended = [replace(account, ended_at=now, failed_at=now, failure="left") for account in accounts]
        for account in ended:
            await uow.save(account)
        await uow.commit()
    return ended


async def group(desk: Desk, org: str, name: str, timezone: str) -> list[Group]:
    """A group."""
    _zone(timezone)
    async with desk.begin(org) as uow:
        await _free_name(uow, Group, name)
        made = Group(desk.tools.ids.new("group"), uow.organisation, name, timezone)
        await uow.add(made)
        await uow.commit()
    return [made]


async def people(desk: Desk, org: str, file: Path) -> list[Person]:
    """Everybody in the file, or nobody."""
    async with desk.begin(org) as uow:
        clinics = {c.name: c for c in await uow.find(Clinic)}
        groups = {g.name: g for g in await uow.find(Group)}
        emails = [p.email for p in await uow.find(Person)]
        rows = read_people(file, clinics, groups, emails)
        made = [await _add_person(desk, uow, row, clinics[row.clinic], groups.get(row.group)) for row in rows]
        await uow.commit()
    return made


async def person(desk: Desk, org: str, values: Mapping[str, str]) -> list[Person]:
    """One person, by the rules of a row of the file."""
    async with desk.begin(org) as uow:
        clinics = {c.name: c for c in await uow.find(Clinic)}
        groups = {g.name: g for g in await uow.find(Group)}
        row = checked_person(values, clinics, groups, [p.email for p in await uow.find(Person)])
        made = await _add_person(desk, uow, row, clinics[row.clinic], groups.get(row.group))
        await uow.commit()
    return [made]


async def join_group(desk: Desk, org: str, email: str, name: str) -> list[Membership]:
    """Somebody belongs to a group from today on."""
    async with desk.begin(org) as uow:
        found, member = await named(uow, Group, name), await person_named(uow, email)
        day = _today(desk, found)
        if await _held(uow, found, member, day):
            raise SetupError(f"{email} is in {name} already.")
        made = Membership(desk.tools.ids.new("membership"), uow.organisation, found.id, member.id, day)
        await uow.add(made)
        await uow.commit()
    return [made]


async def leave_group(desk: Desk, org: str, email: str, name: str) -> list[Membership]:
    """Today is somebody's last day in a group; reviews they hold stay theirs."""
    async with desk.begin(org) as uow:
        found, member = await named(uow, Group, name), await person_named(uow, email)
        day = _today(desk, found)
        held = await _held(uow, found, member, day)
        if not held:
            raise SetupError(f"{email} is not in {name}.")
        ended = [await uow.save(replace(m, left_on=day)) for m in held]
        await uow.commit()
    return ended


async def remove_person(desk: Desk, org: str, email: str) -> list[Person]:
    """Access ends at once; open reviews move, sessions end, facts stay."""
    async with desk.begin(org) as uow:
        person = await person_named(uow, email)
        gone = await uow.save(replace(person, removed_at=desk.clock.now()))
        for session in await uow.find(Session, person=person.id):
            await uow.remove(Session, session.id)
        await free_seats_of(Work(uow, desk.clock.now(), desk.tools), gone)
        await desk.audit(uow, Audited.PERSON_REMOVED, person.id)
        await desk.note_duty(uow, gone)
        await uow.commit()
    return [gone]


async def end_agreement(desk: Desk, org: str, name: str) -> list[str]:
    """A clinic leaves every group it shares; neither side reads a text of the other any more."""
    async with desk.begin(org) as uow:
        parted = await part_ways(Work(uow, desk.clock.now(), desk.tools), await named(uow, Clinic, name))
        await uow.commit()
    left = f"{name} has left {parted.groups} shared groups with {parted.people} people"
    return [f"{left}; {parted.reviews} reviews across erased, {parted.withdrawn} cases withdrawn."]


async def closure(desk: Desk, org: str, name: str, first: date, last: date, title: str) -> list[Closure]:
    """Closed days of a clinic; deadlines and dates of rounds follow, whoever is affected is told."""
    async with desk.begin(org) as uow:
        found = await named(uow, Clinic, name)
        made = Closure(desk.tools.ids.new("closure"), uow.organisation, found.id, first, last, title)
        try:
            await keep_closure(Work(uow, desk.clock.now(), desk.tools), made)
        except Refusal as refusal:
            raise SetupError(words("en")(f"refusal.{refusal.key}", **refusal.values)) from None
        await uow.commit()
    return [made]


async def drop_closure(desk: Desk, org: str, name: str, first: date) -> list[Closure]:
    """Take back the closed days of a clinic that begin on a day."""
    async with desk.begin(org) as uow:
        found = await named(uow, Clinic, name)
        listed = await uow.find(Closure, clinic=found.id, order=("first_day",))
        gone = [c for c in listed if c.first_day == first]
        if not gone:
            days = ", ".join(c.first_day.isoformat() for c in listed)
            raise SetupError(f"{name} has no closed days from {first} on; there are some from {days or 'no day'}.")
        for each in gone:
            await remove_closure(Work(uow, desk.clock.now(), desk.tools), each)
        await uow.commit()
    return gone


async def closures(desk: Desk, org: str, name: str) -> list[Closure]:
    """The closed days of a clinic, by date."""
    async with desk.begin(org, write=False) as uow:
        return await uow.find(Closure, clinic=(await named(uow, Clinic, name)).id, order=("first_day",))


async def everything(desk: Desk, org: str) -> list[Any]:
    """Clinics, groups, people."""
    async with desk.begin(org, write=False) as uow:
        return [
            *await uow.find(Clinic, order=("name",)),
            *await uow.find(Group, order=("name",)),
            *await uow.find(Person, removed_at=None, order=("name",)),
        ]


async def sign_in_link(desk: Desk, org: str, email: str) -> list[str]:
    """A single-use link for one person."""
    async with desk.begin(org, write=False) as uow:
        person = await person_named(uow, email)
    return [await desk.sign_in.link_for_person(person.organisation, person.id)]


async def _add_person(desk: Desk, uow: UnitOfWork, row: PersonRow, place: Clinic, group: Group | None) -> Person:
    now = desk.clock.now()
    person = Person(
        id=desk.tools.ids.new("person"),
        organisation=uow.organisation,
        name=row.name,
        email=row.email,
        clinic=place.id,
        roles=row.roles,
        created_at=now,
        language=row.language,
        timezone=row.timezone or place.timezone,
        languages=tuple(dict.fromkeys((row.language, "en"))),
        experienced_since=row.experienced_since,
        fte=row.fte,
    )
    contact = desk.tools.ids.new("contact")
    await uow.add(
        person, Contact(contact, uow.organisation, person.id, "web", uow.organisation, person.id, seen_at=now)
    )
    if group:
        day = _today(desk, group)
        await uow.add(Membership(desk.tools.ids.new("membership"), uow.organisation, group.id, person.id, day))
    return person


def _today(desk: Desk, group: Group) -> date:
    return desk.clock.now().astimezone(ZoneInfo(group.timezone)).date()


async def _held(uow: UnitOfWork, group: Group, member: Person, day: date) -> list[Membership]:
    return [m for m in await uow.find(Membership, group=group.id, person=member.id) if m.holds_on(day)]


async def _free_name(uow: UnitOfWork, kind: type[Clinic | Group], name: str) -> None:
    """Clinics and groups are spoken of by name, so a name stands for one."""
    if not name.strip():
        raise SetupError("A name is missing.")
    if await uow.count(kind, name=name):
        raise SetupError(f"There is a {kind.__name__.lower()} {name} already.")


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SetupError(f"There is no time zone {name}; write it like Europe/Copenhagen.") from None
