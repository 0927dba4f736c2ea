"""What `intervision admin` does, each step one unit of work. Knows no shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.admin.context import AdminContext, named, not_the_last_admin, people_like, person_named, step
from bot.admin.roster import add_one
from bot.admin.second_person import agreed
from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.deadlines import start_of_day
from bot.app.facts.permissions import groups_of, members, supervisors_of
from bot.app.steps import leavers_files
from bot.app.steps.clinic_split import part_ways
from bot.app.steps.closures import keep_closure, remove_closure
from bot.app.steps.departure import leave_group as depart_from_group
from bot.app.steps.departure import leave_service, leave_service_on
from bot.app.steps.second_person import Weighty, changes_of_office
from bot.app.steps.shown_anew import changed
from bot.app.steps.welcome import welcome
from bot.domain.data_request import DataAct
from bot.domain.organisation import Clinic, Closure, Group, Membership, Organisation, Workspace
from bot.domain.person import Contact, Person, Role
from bot.errors import Refusal, SetupError
from bot.ports.records import Audited
from bot.ports.unit_of_work import AlreadyThere, UnitOfWork
from bot.ui.strings import LANGUAGES, words

R = TypeVar("R")


async def organisation(admin: AdminContext, name: str, language: str) -> list[Organisation]:
    """A new organisation."""
    if language not in LANGUAGES:
        raise SetupError(f"There is no language {language}; there are {', '.join(LANGUAGES)}.")
    id = admin.tools.ids.new("organisation")
    made = Organisation(id, id, name, admin.clock.now(), language)
    async with admin.store.begin(id) as uow:
        await uow.add(made)
        await uow.commit()
    return [made]


async def clinic(
    admin: AdminContext, org: str, name: str, country: str, region: str, timezone: str, phone: str, language: str = ""
) -> list[Clinic]:
    """A clinic; its country must be known to the holiday library. Without `language` its texts are in the country's."""
    _checked_language(language)
    checked_zone(timezone)
    try:
        admin.tools.calendars.calendar(country, region, frozenset()).is_working(date(2027, 1, 4))
    except Refusal:
        raise SetupError(
            f"No public holidays are known for {country} {region}".rstrip() + "; write DE, SE, …"
        ) from None
    async with admin.begin(org) as uow:
        await free_name(uow, Clinic, name)
        made = Clinic(admin.tools.ids.new("clinic"), uow.organisation, name, country, timezone, region, phone)
        made = replace(made, language=language)
        await uow.add(made)
        await admin.audit(uow, Audited.PLACE_CHANGED, made.id, change="added")
        await uow.commit()
    return [made]


async def clinic_language(admin: AdminContext, org: str, name: str, language: str) -> list[Clinic]:
    """In which language the texts of a clinic start; empty: its country's."""
    _checked_language(language)
    async with admin.begin(org) as uow:
        changed = await uow.save(replace(await named(uow, Clinic, name), language=language))
        await admin.audit(uow, Audited.PLACE_CHANGED, changed.id, change="language")
        await uow.commit()
    return [changed]


def _checked_language(language: str) -> None:
    if language and language not in LANGUAGES:
        raise SetupError(f"There is no language {language}; there are {', '.join(LANGUAGES)}.")


async def workspace(admin: AdminContext, org: str, platform: str, tenant: str) -> list[Workspace]:
    """A workspace or tenant of the organisation: from now on people are recognised only in those listed."""
    async with admin.begin(org) as uow:
        # What its directory says of an e-mail address is its owner's word: it could name anybody.
        await agreed(admin, uow, [Weighty(DataAct.NEW_WORKSPACE, uow.organisation, f"{platform} {tenant}")])
        made = Workspace(admin.tools.ids.new("workspace"), uow.organisation, platform, tenant)
        try:
            await uow.add(made)
        except AlreadyThere:
            raise SetupError(f"{platform} {tenant} is listed already.") from None
        await uow.commit()
    return [made]


async def leave_workspace(admin: AdminContext, org: str, platform: str, tenant: str) -> list[Contact]:
    """No longer the organisation's: the accounts there are disconnected, their people go on elsewhere."""
    now = admin.clock.now()
    async with admin.begin(org) as uow:
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


async def group(admin: AdminContext, org: str, name: str, timezone: str) -> list[Group]:
    """A group."""
    checked_zone(timezone)
    async with admin.begin(org) as uow:
        await free_name(uow, Group, name)
        made = Group(admin.tools.ids.new("group"), uow.organisation, name, timezone)
        await uow.add(made)
        await admin.audit(uow, Audited.PLACE_CHANGED, made.id, change="added")
        await uow.commit()
    return [made]


async def person(admin: AdminContext, org: str, values: Mapping[str, str]) -> list[Person]:
    """One person, by the rules of a row of a staff file; somebody who left comes back."""
    return await add_one(admin, org, values)


async def join_group(admin: AdminContext, org: str, email: str, name: str, on: date | None = None) -> list[Membership]:
    """Somebody belongs to a group from a day on, today if none is named."""
    async with admin.begin(org) as uow:
        found, member = await named(uow, Group, name), await person_named(uow, email)
        day = on or _today(admin, found)
        later = [m for m in await _of(uow, found, member) if m.left_on is None or m.left_on >= day]
        if any(m.holds_on(day) for m in later):
            raise SetupError(f"{email} is in {name} already on {day}.")
        if later:
            raise SetupError(f"{email} joins {name} on {later[0].joined_on} already.")
        made = Membership(admin.tools.ids.new("membership"), uow.organisation, found.id, member.id, day)
        await uow.add(made)
        await admin.audit(uow, Audited.PERSON_CHANGED, member.id, joined=found.id, on=day.isoformat())
        await welcome(Work(uow, admin.clock.now(), admin.tools), member)
        if day > _today(admin, found):
            await uow.wake("person.welcome", member.id, start_of_day(day, found.timezone))
        await uow.commit()
    return [made]


async def leave_group(
    admin: AdminContext, org: str, email: str, name: str, on: date | None = None, cover: str = ""
) -> list[Membership]:
    """A day, today if none is named, is somebody's last in a group; what they leave behind is settled then."""
    async with admin.begin(org) as uow:
        found, member = await named(uow, Group, name), await person_named(uow, email)
        today = _today(admin, found)
        day = on or today
        held = [m for m in await _of(uow, found, member) if m.left_on is None or m.left_on >= today]
        if not held:
            raise SetupError(f"{email} is not in {name}.")
        if day < max(today, min(m.joined_on for m in held)):
            raise SetupError(f"{day} is over, or before {email} joined; name today or a later day.")
        work = Work(uow, admin.clock.now(), admin.tools)
        covering = await _cover(uow, cover, member)
        await admin.audit(uow, Audited.PERSON_CHANGED, member.id, left=found.id, on=day.isoformat())
        left = await depart_from_group(work, member, found, held, day, by="admin", cover=covering)
        admin.notes.append(f"{email}: {left}." if left else f"{email} leaves {name} after {day}; it is settled then.")
        await _note_supervisors(admin, work, member, [found])
        ended = [await uow.get(Membership, m.id) for m in held]
        await uow.commit()
    return ended


async def remove_person(
    admin: AdminContext, org: str, email: str, on: date | None = None, cover: str = "", *, dry_run: bool = False
) -> list[Person]:
    """Access ends, at once or after a last day; open reviews move, own cases change hands or end, facts stay."""
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        work = Work(uow, admin.clock.now(), admin.tools)
        await not_the_last_admin(uow, person)
        if not dry_run:
            await agreed(admin, uow, changes_of_office(person, None))
        covering, groups = await _cover(uow, cover, person), await groups_of(work, person)
        if on is not None and on >= work.today(person.timezone):
            gone = await leave_service_on(work, person, on, covering)
            await admin.audit(uow, Audited.PERSON_CHANGED, person.id, leaves_on=step(person.leaves_on, on))
            admin.notes.append(f"{email} leaves after {on}; it is settled then.")
        else:
            left = await leave_service(work, person, by="admin", cover=covering)
            gone = left.person
            admin.notes.append(f"{email}: {left}.")
            await admin.audit(uow, Audited.PERSON_REMOVED, person.id)
            await admin.note_duty(uow, gone)
        await _note_supervisors(admin, work, person, groups)
        if dry_run:
            admin.notes.append("Nothing was changed (dry run).")
            return [person]
        await uow.commit()
    return [gone]


async def stay(admin: AdminContext, org: str, email: str) -> list[Person]:
    """A leaving that was planned for a day to come is given up."""
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        if person.leaves_on is None:
            raise SetupError(f"{email} does not leave on any day.")
        await uow.wake("person.leaves", person.id, None)
        kept = await uow.save(replace(person, leaves_on=None, leaving_cover=None))
        await admin.audit(uow, Audited.PERSON_CHANGED, person.id, leaves_on=step(person.leaves_on, None))
        await uow.commit()
    return [kept]


async def return_person(admin: AdminContext, org: str, email: str, group: str = "") -> list[Person]:
    """Somebody who left comes back, with everything their log and history hold."""
    async with admin.begin(org) as uow:
        gone = [p for p in await people_like(uow, [email]) if not p.active]
        if not gone:
            raise SetupError(f"Nobody who left has the e-mail {email}.")
        back = await come_back(admin, uow, gone[0])
        if group:
            found = await named(uow, Group, group)
            await _join(admin, uow, found, back)
        await uow.commit()
    return [back]


async def come_back(admin: AdminContext, uow: UnitOfWork, person: Person) -> Person:
    """Access again from now on; memberships are new ones."""
    returned = replace(person, removed_at=None, leaves_on=None, leaving_cover=None)
    await agreed(admin, uow, changes_of_office(person, returned))
    back = await uow.save(returned)
    await leavers_files.end_offers(Work(uow, admin.clock.now(), admin.tools), back)
    await admin.audit(uow, Audited.PERSON_RETURNED, person.id)
    await uow.wake("person.remind", person.id, admin.clock.now())
    await changed(Work(uow, admin.clock.now(), admin.tools), person.id, "person_left")
    return back


async def end_agreement(admin: AdminContext, org: str, name: str) -> list[str]:
    """A clinic leaves every group it shares; neither side reads a text of the other any more."""
    async with admin.begin(org) as uow:
        work, clinic = Work(uow, admin.clock.now(), admin.tools), await named(uow, Clinic, name)
        await agreed(admin, uow, [Weighty(DataAct.END_AGREEMENT, clinic.id)])
        parted = await part_ways(work, clinic)
        await uow.commit()
    left = f"{name} has left {parted.groups} shared groups with {parted.people} people"
    return [f"{left}; {parted.reviews} reviews across erased, {parted.withdrawn} cases withdrawn."]


async def closure(admin: AdminContext, org: str, name: str, first: date, last: date, title: str) -> list[Closure]:
    """Closed days of a clinic; deadlines and dates of rounds follow, whoever is affected is told."""
    async with admin.begin(org) as uow:
        found = await named(uow, Clinic, name)
        made = Closure(admin.tools.ids.new("closure"), uow.organisation, found.id, first, last, title)
        try:
            await keep_closure(Work(uow, admin.clock.now(), admin.tools), made)
        except Refusal as refusal:
            raise SetupError(words("en")(f"refusal.{refusal.key}", **refusal.values)) from None
        await uow.commit()
    return [made]


async def drop_closure(admin: AdminContext, org: str, name: str, first: date) -> list[Closure]:
    """Take back the closed days of a clinic that begin on a day."""
    async with admin.begin(org) as uow:
        found = await named(uow, Clinic, name)
        listed = await uow.find(Closure, clinic=found.id, order=("first_day",))
        gone = [c for c in listed if c.first_day == first]
        if not gone:
            days = ", ".join(c.first_day.isoformat() for c in listed)
            raise SetupError(f"{name} has no closed days from {first} on; there are some from {days or 'no day'}.")
        for each in gone:
            await remove_closure(Work(uow, admin.clock.now(), admin.tools), each)
        await uow.commit()
    return gone


async def closures(admin: AdminContext, org: str, name: str) -> list[Closure]:
    """The closed days of a clinic, by date."""
    async with admin.begin(org, write=False) as uow:
        return await uow.find(Closure, clinic=(await named(uow, Clinic, name)).id, order=("first_day",))


@dataclass(frozen=True)
class Listed:
    """A person as a list shows them: with clinic and groups by name, and the share of full time of today."""

    id: str
    name: str
    email: str
    clinic: str
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    fte: float
    language: str
    timezone: str
    personnel_id: str
    leaves_on: date | None

    def __str__(self) -> str:
        parts = [self.name, self.email, self.clinic, ", ".join(self.groups) or "no group", " ".join(self.roles)]
        parts += [f"{self.fte:.0%}"] if self.fte != 1 else []
        parts += [f"leaves after {self.leaves_on}"] if self.leaves_on else []
        return "  ".join(["person", self.id, *parts])


async def everything(admin: AdminContext, org: str) -> list[Any]:
    """Clinics, groups, people."""
    async with admin.begin(org, write=False) as uow:
        clinics = await uow.find(Clinic, closed_on=None, order=("name",))
        groups = await uow.find(Group, closed_on=None, order=("name",))
        people = await uow.find(Person, removed_at=None, order=("name",))
        work = Work(uow, admin.clock.now(), admin.tools)
        caseloads = await caseloads_of(work, people)
        names = {place.id: place.name for place in clinics} | {group.id: group.name for group in groups}
        member_of: dict[str, list[str]] = {}
        for member in await uow.find(Membership):
            if member.group in names and member.holds_on(work.today("UTC")):
                member_of.setdefault(member.person, []).append(names[member.group])
        listed = [
            Listed(
                p.id,
                p.name,
                p.email,
                names.get(p.clinic, p.clinic),
                tuple(sorted(member_of.get(p.id, ()))),
                tuple(sorted(p.roles)),
                caseloads[p.id].fte_on(work.today(p.timezone)),
                p.language,
                p.timezone,
                p.personnel_id,
                p.leaves_on,
            )
            for p in people
        ]
        return [*clinics, *groups, *listed]


def _today(admin: AdminContext, group: Group) -> date:
    return admin.clock.now().astimezone(ZoneInfo(group.timezone)).date()


async def _of(uow: UnitOfWork, group: Group, member: Person) -> list[Membership]:
    return await uow.find(Membership, group=group.id, person=member.id, order=("joined_on",))


async def _join(admin: AdminContext, uow: UnitOfWork, group: Group, person: Person) -> None:
    """A member from today on, unless they are one already."""
    day = _today(admin, group)
    if not any(m.holds_on(day) for m in await _of(uow, group, person)):
        await uow.add(Membership(admin.tools.ids.new("membership"), uow.organisation, group.id, person.id, day))


async def _cover(uow: UnitOfWork, email: str, person: Person) -> str | None:
    """The covering therapist by e-mail. Raises SetupError."""
    if not email:
        return None
    found = await person_named(uow, email)
    if found.id == person.id or not found.has(Role.THERAPIST):
        raise SetupError(f"{email} cannot present cases of {person.email}: name another therapist.")
    return found.id


async def _note_supervisors(admin: AdminContext, work: Work, person: Person, groups: Sequence[Group]) -> None:
    """Say which groups are without a supervisor of their own now."""
    if not person.has(Role.SUPERVISOR):
        return
    for group in groups:
        others = [p for p in await members(work, group) if p.has(Role.SUPERVISOR) and p.id != person.id]
        if not others:
            names = ", ".join(p.name for p in await supervisors_of(work, group) if p.id != person.id) or "nobody"
            admin.notes.append(f"{group.name} has no supervisor of its own now; {names} act for it.")


async def free_name(uow: UnitOfWork, kind: type[Clinic] | type[Group], name: str) -> None:
    """Clinics and groups are spoken of by name, so a name stands for one."""
    if not name.strip():
        raise SetupError("A name is missing.")
    for other in await uow.find(kind):
        if other.name.casefold() == name.strip().casefold():
            closed = " (it is closed)" if other.closed_on else ""
            raise SetupError(f"There is a {kind.__name__.lower()} {other.name} already{closed}.")


def checked_zone(name: str) -> None:
    """Raises SetupError for a time zone that is not known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SetupError(f"There is no time zone {name}; write it like Europe/Copenhagen.") from None
