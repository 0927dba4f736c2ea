"""A staff file against the people who are there: who is new, changed, unchanged or missing, and how it is applied.

People are found by their personnel id, else by their e-mail. A file says nothing about what it has no column for.
Applying the same file twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.admin.context import AdminContext, people_like
from bot.admin.second_person import agreed
from bot.admin.staff_files import BadRows, Given, Known, PersonRow, StaffFile, read_person, read_staff
from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.steps.addresses import keep_addresses
from bot.app.steps.departure import leave_service, settle_left
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.recorded import recorded_now
from bot.app.steps.second_person import OFFICES, Weighty, changes_of_office
from bot.app.steps.welcome import welcome
from bot.domain.data_request import DataAct
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Person, Role
from bot.errors import SetupError
from bot.ports.records import Audited, ExperienceEntry, FteEntry
from bot.ports.unit_of_work import UnitOfWork

NEW, BACK, CHANGED, UNCHANGED, MISSING, FAULT = "new", "back", "changed", "unchanged", "missing", "fault"


@dataclass(frozen=True)
class Line:
    """What a file means for one person: what happens, and each change as "before -> after"."""

    what: str
    name: str
    email: str
    changes: Mapping[str, str] = field(default_factory=dict)
    row: PersonRow | None = None
    person: Person | None = None

    def __str__(self) -> str:
        changed = "; ".join(f"{name}: {change}" for name, change in self.changes.items())
        return f"{self.what}  {self.name}  {self.email}{f'  ({changed})' if changed else ''}"

    @property
    def plain(self) -> dict[str, Any]:
        """As it is printed for machines."""
        return {"what": self.what, "name": self.name, "email": self.email, "changes": dict(self.changes)}


@dataclass(frozen=True)
class Wanted:
    """How a file is to be read and applied."""

    given_clinic: str = ""
    given_group: str = ""
    given_roles: frozenset[Role] = frozenset()
    dry_run: bool = False
    skip_bad: bool = False
    remove_missing: bool = False


@dataclass(frozen=True)
class _There:
    """Everybody and everything of the organisation that a file is compared with."""

    people: Sequence[Person]
    clinics: Mapping[str, Clinic]
    groups: Mapping[str, Group]
    memberships: Mapping[str, frozenset[str]]
    shares: Mapping[str, float]
    language: str


async def apply_file(admin: AdminContext, org: str, file: Path, wanted: Wanted) -> list[Line]:
    """As `apply_content`, from a file of this machine."""
    return await apply_content(admin, org, _read(file), str(file), wanted)


async def apply_content(admin: AdminContext, org: str, content: bytes, source: str, wanted: Wanted) -> list[Line]:
    """Read a staff file, compare it, and do what it says unless it is a dry run; all or nothing.

    The lines that were, or would be, acted on; for a dry run every one. Raises SetupError, BadRows.
    """
    async with admin.begin(org) as uow:
        there = await _there(admin, uow)
        given = Given(_named(there.clinics, wanted.given_clinic, "clinic"), wanted.given_group, wanted.given_roles)
        staff = read_staff(content, Known(there.clinics, there.groups, there.language), given, source=source)
        lines = compared(staff, there)
        _note(admin, staff)
        faults = [*staff.faults, *(f"{line.email}: {line.changes['fault']}" for line in lines if line.what == FAULT)]
        if faults and not wanted.dry_run and not wanted.skip_bad:
            raise BadRows(f"{source}: nothing was imported.\n  " + "\n  ".join(faults))
        if wanted.dry_run:
            return [*(Line(FAULT, "", "", {"fault": fault}) for fault in staff.faults), *lines]
        await agreed(admin, uow, _of_office(lines, wanted))
        done = [line for line in lines if await _apply(admin, uow, line, there, wanted)]
        for fault in faults:
            admin.notes.append(f"left out: {fault}")
        await uow.commit()
    return done


async def apply_rows(admin: AdminContext, org: str, rows: Sequence[PersonRow]) -> list[Line]:
    """As `apply_content` for people who stand in no file (a chat's members): nobody is missing, faults are left out.

    Every line with what was done: new, back, changed, unchanged, or a fault.
    """
    async with admin.begin(org) as uow:
        there = await _there(admin, uow, await _meant(uow, rows))
        lines = [line for line in compared(StaffFile(tuple(rows)), there) if line.what != MISSING]
        await agreed(admin, uow, _of_office(lines, Wanted()))
        for line in lines:
            await _apply(admin, uow, line, there, Wanted())
        await uow.commit()
    return lines


async def add_one(admin: AdminContext, org: str, values: Mapping[str, str]) -> list[Person]:
    """One person by the rules of a row; somebody who left comes back with their history."""
    async with admin.begin(org) as uow:
        there = await _there(admin, uow, ())
        row, faults = read_person(values, Known(there.clinics, there.groups, there.language))
        if row:
            there = await _there(admin, uow, await _meant(uow, [row]))
        lines = compared(StaffFile((row,)), there) if row else []
        if lines and lines[0].what not in {NEW, BACK}:
            faults.append("this email is there already: change a person by admin change-person")
        if faults or not lines:
            raise BadRows("Nobody was added.\n  " + "\n  ".join(faults))
        await agreed(admin, uow, _of_office(lines, Wanted()))
        await _apply(admin, uow, lines[0], there, Wanted())
        found = [p for p in await people_like(uow, [lines[0].email]) if p.active]
        await uow.commit()
    return found


def compared(staff: StaffFile, there: _There) -> list[Line]:
    """What the file means for each of its rows, then who of its clinics is missing."""
    by_id = {p.personnel_id.casefold(): p for p in there.people if p.personnel_id}
    by_email = {p.email.casefold(): p for p in there.people}
    names = {p.name.casefold(): p for p in there.people if p.active}
    lines: list[Line] = []
    met: set[str] = set()
    for row in staff.rows:
        known = by_id.get((row.personnel_id or "").casefold()) or by_email.get(row.email.casefold())
        owner = by_email.get(row.email.casefold())
        if known and (known.id in met or (owner and owner.id != known.id)):
            fault = f"this e-mail or personnel id belongs to another person already (line {row.line})"
            lines.append(Line(FAULT, row.name, row.email, {"fault": fault}))
            continue
        if known is None:
            twin = names.get(row.name.casefold())
            more = {"note": f"{twin.name} is here already with the e-mail {twin.email}"} if twin else {}
            lines.append(Line(NEW, row.name, row.email, more, row))
            continue
        met.add(known.id)
        changes = _changes(row, known, there)
        what = BACK if not known.active else CHANGED if changes else UNCHANGED
        lines.append(Line(what, row.name, row.email, changes, row, known))
    places = {there.clinics[row.clinic].id for row in staff.rows if row.clinic}
    inactive = {each.casefold() for each in staff.inactive}
    lines += [
        Line(MISSING, p.name, p.email, {}, None, p)
        for p in there.people
        if p.active and p.id not in met and (p.clinic in places or p.email.casefold() in inactive)
    ]
    return lines


def _changes(row: PersonRow, person: Person, there: _There) -> dict[str, str]:
    """Each field that the file says otherwise, as "before -> after"."""
    places = {clinic.id: name for name, clinic in there.clinics.items()}
    found: dict[str, tuple[object, object]] = {
        "name": (person.name, row.name),
        "email": (person.email, row.email),
        "clinic": (places.get(person.clinic, person.clinic), row.clinic),
        "roles": (" ".join(sorted(person.roles)), " ".join(sorted(row.roles)) if row.roles else None),
        "language": (person.language, None if person.language_chosen else row.language),
        "languages": (" ".join(person.languages), _reads(row, person)),
        "timezone": (person.timezone, row.timezone),
        "experienced_since": (person.experienced_since, row.experienced_since),
        "fte": (there.shares.get(person.id, person.fte), row.fte),
        "personnel_id": (person.personnel_id, row.personnel_id),
    }
    if row.group and row.group not in there.memberships.get(person.id, frozenset()):
        found["group"] = (", ".join(sorted(there.memberships.get(person.id, ()))), row.group)
    if found["email"][0] and str(found["email"][0]).casefold() == row.email.casefold():
        del found["email"]
    return {
        name: f"{'-' if before in (None, '') else before} -> {after}"
        for name, (before, after) in found.items()
        if after not in (None, before)
    }


def _reads(row: PersonRow, person: Person) -> str | None:
    """The languages that a file names for somebody who has not chosen their own, where they are others."""
    if row.languages is None or person.languages_chosen or set(row.languages) == set(person.languages):
        return None
    return " ".join(row.languages)


def _of_office(lines: Sequence[Line], wanted: Wanted) -> list[Weighty]:
    """What the lines do to who could be a second person."""
    found: list[Weighty] = []
    for line in lines:
        person, row = line.person, line.row
        if row and line.what == NEW and row.roles and row.roles & OFFICES:
            held = " ".join(sorted(row.roles & OFFICES))
            found.append(Weighty(DataAct.NEW_OFFICER, row.email, f"{held} {row.email}"))
        elif row and person and line.what in {CHANGED, BACK}:
            after = replace(person, email=row.email, roles=row.roles or person.roles)
            after = replace(after, removed_at=None) if line.what == BACK else after
            found += changes_of_office(person, after)
        elif person and line.what == MISSING and wanted.remove_missing and not person.has(Role.ADMIN):
            found += changes_of_office(person, None)
    return found


async def _apply(admin: AdminContext, uow: UnitOfWork, line: Line, there: _There, wanted: Wanted) -> bool:
    """Do what a line says; whether anything was done."""
    work = Work(uow, admin.clock.now(), admin.tools)
    if line.what == NEW and line.row:
        await _add(admin, uow, line.row, there)
    elif line.what in {CHANGED, BACK} and line.row and line.person:
        await _update(admin, work, line.row, line.person, line.what == BACK, there)
    elif line.what == MISSING and wanted.remove_missing and line.person:
        if line.person.has(Role.ADMIN):
            admin.notes.append(f"{line.email} is missing and stays: an administrator is removed by hand.")
            return False
        left = await leave_service(work, await uow.get(Person, line.person.id), by="admin")
        await admin.audit(uow, Audited.PERSON_REMOVED, line.person.id)
        admin.notes.append(f"{line.email}: {left}.")
    else:
        return False
    return True


async def _add(admin: AdminContext, uow: UnitOfWork, row: PersonRow, there: _There) -> None:
    now = admin.clock.now()
    assert row.clinic is not None
    place, language = there.clinics[row.clinic], row.language or there.language
    person = Person(
        id=admin.tools.ids.new("person"),
        organisation=uow.organisation,
        name=row.name,
        email=row.email,
        clinic=place.id,
        roles=row.roles or frozenset({Role.THERAPIST}),
        created_at=now,
        language=language,
        timezone=row.timezone or place.timezone,
        languages=row.languages or tuple(dict.fromkeys((language, "en"))),
        experienced_since=row.experienced_since,
        fte=1.0 if row.fte is None else row.fte,
        personnel_id=row.personnel_id or "",
        language_given=row.language is not None,
    )
    contact = admin.tools.ids.new("contact")
    await uow.add(
        person, Contact(contact, uow.organisation, person.id, "web", uow.organisation, person.id, seen_at=now)
    )
    await admin.audit(uow, Audited.PERSON_ADDED, person.id, roles=" ".join(sorted(person.roles)))
    work = Work(uow, now, admin.tools)
    await keep_addresses(work, [person])
    await _join(admin, uow, person, row.group, there, is_new=True)
    await welcome(work, person)


async def _update(admin: AdminContext, work: Work, row: PersonRow, person: Person, back: bool, there: _There) -> None:
    """Change what the file says otherwise; share and experience as dated facts of today."""
    uow = work.uow
    clinic = there.clinics[row.clinic] if row.clinic else None
    zone = row.timezone or (clinic.timezone if clinic and clinic.id != person.clinic else person.timezone)
    changed = replace(
        person,
        name=row.name,
        email=row.email,
        clinic=clinic.id if clinic else person.clinic,
        roles=row.roles or person.roles,
        language=person.language if person.language_chosen else row.language or person.language,
        language_given=person.language_given or row.language is not None,
        languages=row.languages or person.languages if _reads(row, person) else person.languages,
        timezone=zone,
        personnel_id=row.personnel_id or person.personnel_id,
    )
    if back:
        changed = replace(changed, removed_at=None, leaves_on=None, leaving_cover=None)
        await admin.audit(uow, Audited.PERSON_RETURNED, person.id)
    changed = await uow.save(changed)
    await set_moments_anew(work, changed)
    await keep_addresses(work, [changed])
    today = work.today(changed.timezone)
    if row.fte is not None and row.fte != there.shares.get(person.id, person.fte):
        entry, at = admin.tools.ids.new("fte"), await recorded_now(work, FteEntry, person.id)
        await uow.add(FteEntry(entry, uow.organisation, person.id, row.fte, today, at, "admin"))
    if row.experienced_since and row.experienced_since != person.experienced_since:
        entry, at = admin.tools.ids.new("experience"), await recorded_now(work, ExperienceEntry, person.id)
        await uow.add(ExperienceEntry(entry, uow.organisation, person.id, row.experienced_since, at, "admin"))
        changed = await uow.save(replace(changed, experienced_since=row.experienced_since))
    if person.active and person.has(Role.THERAPIST) and not changed.has(Role.THERAPIST):
        admin.notes.append(f"{row.email} is no therapist any more: {await settle_left(work, changed, by='admin')}.")
    if changed.roles != person.roles:
        before, after = (" ".join(sorted(each.roles)) for each in (person, changed))
        await admin.audit(uow, Audited.ROLE_CHANGED, person.id, roles=f"{before} -> {after}")
    await _join(admin, uow, changed, row.group, there)
    await welcome(work, changed)


async def _join(
    admin: AdminContext, uow: UnitOfWork, person: Person, group: str | None, there: _There, *, is_new: bool = False
) -> None:
    if not group:
        return
    found = there.groups[group]
    day = admin.clock.now().astimezone(ZoneInfo(found.timezone)).date()
    if not is_new and any(m.holds_on(day) for m in await uow.find(Membership, group=found.id, person=person.id)):
        return
    await uow.add(Membership(admin.tools.ids.new("membership"), uow.organisation, found.id, person.id, day))
    if not is_new:
        await admin.audit(uow, Audited.PERSON_CHANGED, person.id, joined=found.id)


async def _meant(uow: UnitOfWork, rows: Sequence[PersonRow]) -> list[Person]:
    """Whom a few rows may be about: nobody else is read for them."""
    emails, ids = [row.email for row in rows], [row.personnel_id or "" for row in rows]
    return await people_like(uow, emails, ids, [row.name for row in rows])


async def _there(admin: AdminContext, uow: UnitOfWork, people: Sequence[Person] | None = None) -> _There:
    """One read of everything a file is compared with; with `people` only of these."""
    of: dict[str, Any] = {} if people is None else {"person__in": [person.id for person in people]}
    if people is None:
        people = await uow.find(Person, order=("name",))
    groups = {group.name: group for group in await uow.find(Group, closed_on=None)}
    today = admin.clock.now().date()
    names = {group.id: group.name for group in groups.values()}
    memberships: dict[str, frozenset[str]] = {}
    for member in await uow.find(Membership, **of) if people else ():
        if member.group in names and (member.left_on is None or member.left_on >= today):
            memberships[member.person] = memberships.get(member.person, frozenset()) | {names[member.group]}
    caseloads = await caseloads_of(Work(uow, admin.clock.now(), admin.tools), people)
    return _There(
        people=people,
        clinics={clinic.name: clinic for clinic in await uow.find(Clinic, closed_on=None)},
        groups=groups,
        memberships=memberships,
        shares={id: caseload.fte_on(today) for id, caseload in caseloads.items()},
        language=(await uow.get(Organisation, uow.organisation)).language,
    )


def _named(known: Iterable[str], name: str, what: str) -> str:
    if name and name not in set(known):
        raise SetupError(f"There is no {what} {name}; there are {', '.join(sorted(known)) or 'none'}.")
    return name


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({type(error).__name__}).") from None


def _note(admin: AdminContext, staff: StaffFile) -> None:
    """Say how the file was read: nothing is left out in silence."""
    read = ", ".join(f"{heading} as {name}" for heading, name in staff.used.items() if heading != name)
    admin.notes += [f"Columns read: {read}."] if read else []
    admin.notes += [f"Columns left out: {', '.join(staff.unused)}."] if staff.unused else []
    if staff.inactive:
        admin.notes.append(f"{len(staff.inactive)} rows left out: their accounts are not active there.")
