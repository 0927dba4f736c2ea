"""What `intervision admin` does, each step one unit of work. Knows no shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.app.agreement import part_ways
from bot.app.closures import keep_closure, remove_closure
from bot.app.context import Work
from bot.app.handlers.repair import free_seats_of
from bot.app.signin import SignInDesk
from bot.app.tools import Tools
from bot.domain.organisation import Clinic, Closure, Group, Membership, Organisation, Workspace
from bot.domain.person import Contact, Person, Role
from bot.domain.policy import InvalidPolicy, resolve
from bot.errors import Refusal, SetupError
from bot.people_import import PersonRow, checked_person, read_people
from bot.ports.records import Audited, Session
from bot.ports.system import Clock
from bot.ports.work import AlreadyThere, Store, UnitOfWork
from bot.ui.strings import LANGUAGES, words

R = TypeVar("R")


@dataclass
class Desk:
    """What an administrator's step works with."""

    store: Store
    clock: Clock
    tools: Tools
    sign_in: SignInDesk
    login: str = ""

    async def audit(self, uow: UnitOfWork, what: Audited, subject: str, **changed: str) -> None:
        """A line of the trail; the shell knows no person, so it names the account that runs it."""
        by = {"login": self.login} if self.login else {}
        await uow.audit(what, "admin", subject, self.clock.now(), **by, **changed)


@dataclass(frozen=True)
class PolicyLine:
    """A number that holds, and the level that says so: default, organisation, clinic or group."""

    name: str
    value: object
    source: str

    def __str__(self) -> str:
        return f"{self.name} = {self.value}  ({self.source})"


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
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        await _free_name(uow, Clinic, name)
        made = Clinic(desk.tools.ids.new("clinic"), org, name, country, timezone, region, phone)
        await uow.add(made)
        await uow.commit()
    return [made]


async def workspace(desk: Desk, org: str, platform: str, tenant: str) -> list[Workspace]:
    """A workspace or tenant of the organisation: from now on people are recognised only in those listed."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        made = Workspace(desk.tools.ids.new("workspace"), org, platform, tenant)
        try:
            await uow.add(made)
        except AlreadyThere:
            raise SetupError(f"{platform} {tenant} is listed already.") from None
        await uow.commit()
    return [made]


async def leave_workspace(desk: Desk, org: str, platform: str, tenant: str) -> list[Contact]:
    """No longer the organisation's: the accounts there are disconnected, their people go on elsewhere."""
    org = await _organisation(desk, org)
    now = desk.clock.now()
    async with desk.store.begin(org) as uow:
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
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        await _free_name(uow, Group, name)
        made = Group(desk.tools.ids.new("group"), org, name, timezone)
        await uow.add(made)
        await uow.commit()
    return [made]


async def people(desk: Desk, org: str, file: Path) -> list[Person]:
    """Everybody in the file, or nobody."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        clinics = {c.name: c for c in await uow.find(Clinic)}
        groups = {g.name: g for g in await uow.find(Group)}
        emails = [p.email for p in await uow.find(Person)]
        rows = read_people(file, clinics, groups, emails)
        made = [await _add_person(desk, uow, row, clinics[row.clinic], groups.get(row.group)) for row in rows]
        await uow.commit()
    return made


async def person(desk: Desk, org: str, values: Mapping[str, str]) -> list[Person]:
    """One person, by the rules of a row of the file."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        clinics = {c.name: c for c in await uow.find(Clinic)}
        groups = {g.name: g for g in await uow.find(Group)}
        row = checked_person(values, clinics, groups, [p.email for p in await uow.find(Person)])
        made = await _add_person(desk, uow, row, clinics[row.clinic], groups.get(row.group))
        await uow.commit()
    return [made]


async def join_group(desk: Desk, org: str, email: str, name: str) -> list[Membership]:
    """Somebody belongs to a group from today on."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found, member = await _group(uow, name), await _person(uow, email)
        day = desk.clock.now().astimezone(ZoneInfo(found.timezone)).date()
        if [m for m in await uow.find(Membership, group=found.id, person=member.id) if m.holds_on(day)]:
            raise SetupError(f"{email} is in {name} already.")
        made = Membership(desk.tools.ids.new("membership"), org, found.id, member.id, day)
        await uow.add(made)
        await uow.commit()
    return [made]


async def leave_group(desk: Desk, org: str, email: str, name: str) -> list[Membership]:
    """Today is somebody's last day in a group; reviews they hold stay theirs."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found, member = await _group(uow, name), await _person(uow, email)
        day = desk.clock.now().astimezone(ZoneInfo(found.timezone)).date()
        held = [m for m in await uow.find(Membership, group=found.id, person=member.id) if m.holds_on(day)]
        if not held:
            raise SetupError(f"{email} is not in {name}.")
        ended = [await uow.save(replace(m, left_on=day)) for m in held]
        await uow.commit()
    return ended


async def set_policy(desk: Desk, org: str, place: str, of_group: str, given: Mapping[str, object]) -> list[PolicyLine]:
    """Numbers of the organisation, of one clinic or of one group; None: what the level above says. Audited."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        whose: Organisation | Clinic | Group = await uow.get(Organisation, org)
        if place:
            whose = await _clinic(uow, place)
        elif of_group:
            whose = await _group(uow, of_group)
        own = {**whose.policy, **given}
        changed = await uow.save(replace(whose, policy={key: value for key, value in own.items() if value is not None}))
        lines = await _policy_lines(uow, org, place, of_group)
        differences = {name: _step(whose.policy.get(name), value) for name, value in given.items()}
        await desk.audit(uow, Audited.POLICY_CHANGED, changed.id, **differences)
        await uow.commit()
    return [line for line in lines if line.name in given]


async def policy(desk: Desk, org: str, place: str, of_group: str) -> list[PolicyLine]:
    """Every number that holds for the organisation, a clinic or a group."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org, write=False) as uow:
        return await _policy_lines(uow, org, place, of_group)


async def _policy_lines(uow: UnitOfWork, org: str, place: str, of_group: str) -> list[PolicyLine]:
    levels = {"organisation": (await uow.get(Organisation, org)).policy}
    if place:
        levels["clinic"] = (await _clinic(uow, place)).policy
    if of_group:
        levels["group"] = (await _group(uow, of_group)).policy
    try:
        holds = resolve(**levels)
    except InvalidPolicy as refused:
        raise SetupError("\n  ".join(["Nothing was changed.", *map(str, refused.mistakes)])) from None
    return [PolicyLine(name, value, _source(name, levels)) for name, value in asdict(holds).items()]


def _step(before: object, after: object) -> str:
    """What a line of the trail says of a change; nothing of its own is what the level above says."""
    return f"{'-' if before in (None, '') else before} -> {'-' if after in (None, '') else after}"


def _source(name: str, levels: Mapping[str, Mapping[str, object]]) -> str:
    return next((level for level in reversed(tuple(levels)) if name in levels[level]), "default")


async def set_roles(desk: Desk, org: str, email: str, roles: list[str]) -> list[Person]:
    """Replace a person's roles; audited."""
    unknown = [word for word in roles if word not in set(Role)]
    if unknown:
        raise SetupError(f"There is no role {', '.join(unknown)}; there are {', '.join(Role)}.")
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        person = await _person(uow, email)
        changed = await uow.save(replace(person, roles=frozenset(Role(word) for word in roles)))
        step = _step(" ".join(sorted(person.roles)), " ".join(sorted(changed.roles)))
        await desk.audit(uow, Audited.ROLE_CHANGED, person.id, roles=step)
        await uow.commit()
    return [changed]


async def set_themes(desk: Desk, org: str, themes: list[str]) -> list[Organisation]:
    """The themes offered on cases and log entries; none: the product's own list."""
    from bot.app.views.themes import THEMES

    if any(not theme.strip() or "\n" in theme or len(theme) > 40 for theme in themes):
        raise SetupError("A theme has 1 to 40 characters, on one line.")
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found = await uow.get(Organisation, org)
        changed = await uow.save(replace(found, themes=tuple(dict.fromkeys(t.strip() for t in themes))))
        # How many, not which: a theme is free text.
        counts = _step(len(found.themes or THEMES), len(changed.themes or THEMES))
        await desk.audit(uow, Audited.POLICY_CHANGED, org, themes=counts)
        await uow.commit()
    return [changed]


async def set_duty(desk: Desk, org: str, name: str, duty: str, deputy: str, phone: str = "") -> list[Clinic]:
    """Name the duty supervisor and the deputy of a clinic, and the number that reaches whoever is on duty."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found = await _clinic(uow, name)
        first = await _person(uow, duty)
        second = await _person(uow, deputy) if deputy else None
        for person in filter(None, (first, second)):
            if not person.has(Role.SUPERVISOR):
                raise SetupError(f"{person.email} cannot take a risk alert on: give them the role supervisor first.")
        changed = replace(
            found,
            duty_supervisor=first.id,
            deputy_supervisor=second.id if second else None,
            duty_phone=phone or found.duty_phone,
        )
        await uow.save(changed)
        await desk.audit(
            uow,
            Audited.ROLE_CHANGED,
            found.id,
            duty=_step(found.duty_supervisor, changed.duty_supervisor),
            deputy=_step(found.deputy_supervisor, changed.deputy_supervisor),
        )
        await uow.commit()
    return [changed]


async def remove_person(desk: Desk, org: str, email: str) -> list[Person]:
    """Access ends at once; open reviews move, sessions end, facts stay."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        person = await _person(uow, email)
        gone = await uow.save(replace(person, removed_at=desk.clock.now()))
        for session in await uow.find(Session, person=person.id):
            await uow.remove(Session, session.id)
        await free_seats_of(Work(uow, desk.clock.now(), desk.tools), gone)
        await desk.audit(uow, Audited.PERSON_REMOVED, person.id)
        await uow.commit()
    return [gone]


async def end_agreement(desk: Desk, org: str, name: str) -> list[str]:
    """A clinic leaves every group it shares; neither side reads a text of the other any more."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        parted = await part_ways(Work(uow, desk.clock.now(), desk.tools), await _clinic(uow, name))
        await uow.commit()
    left = f"{name} has left {parted.groups} shared groups with {parted.people} people"
    return [f"{left}; {parted.reviews} reviews across erased, {parted.withdrawn} cases withdrawn."]


async def closure(desk: Desk, org: str, name: str, first: date, last: date, title: str) -> list[Closure]:
    """Closed days of a clinic; deadlines and dates of rounds follow, whoever is affected is told."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found = await _clinic(uow, name)
        made = Closure(desk.tools.ids.new("closure"), org, found.id, first, last, title)
        try:
            await keep_closure(Work(uow, desk.clock.now(), desk.tools), made)
        except Refusal as refusal:
            raise SetupError(words("en")(f"refusal.{refusal.key}", **refusal.values)) from None
        await uow.commit()
    return [made]


async def drop_closure(desk: Desk, org: str, name: str, first: date) -> list[Closure]:
    """Take back the closed days of a clinic that begin on a day."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org) as uow:
        found = await _clinic(uow, name)
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
    org = await _organisation(desk, org)
    async with desk.store.begin(org, write=False) as uow:
        return await uow.find(Closure, clinic=(await _clinic(uow, name)).id, order=("first_day",))


async def everything(desk: Desk, org: str) -> list[Any]:
    """Clinics, groups, people."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org, write=False) as uow:
        return [
            *await uow.find(Clinic, order=("name",)),
            *await uow.find(Group, order=("name",)),
            *await uow.find(Person, removed_at=None, order=("name",)),
        ]


async def sign_in_link(desk: Desk, org: str, email: str) -> list[str]:
    """A single-use link for one person."""
    org = await _organisation(desk, org)
    async with desk.store.begin(org, write=False) as uow:
        person = await _person(uow, email)
    return [await desk.sign_in.link_for_person(org, person.id)]


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
        day = now.astimezone(ZoneInfo(group.timezone)).date()
        await uow.add(Membership(desk.tools.ids.new("membership"), uow.organisation, group.id, person.id, day))
    return person


async def _organisation(desk: Desk, org: str) -> str:
    return await organisation_id(desk.store, org)


async def organisation_id(store: Store, org: str) -> str:
    """The organisation named, or the only one. Raises SetupError."""
    async with store.system(write=False) as system:
        ids = await system.organisations()
    if org:
        if org not in ids:
            raise SetupError(f"There is no organisation {org}; there are {', '.join(ids) or 'none'}.")
        return org
    if len(ids) != 1:
        hint = (
            "add one with: intervision admin add-organisation" if not ids else f"name one with --org: {', '.join(ids)}"
        )
        raise SetupError(f"There are {len(ids)} organisations; {hint}.")
    return ids[0]


async def _person(uow: UnitOfWork, email: str) -> Person:
    found = [p for p in await uow.find(Person, removed_at=None) if p.email.casefold() == email.casefold()]
    if not found:
        raise SetupError(f"Nobody here has the e-mail {email}.")
    return found[0]


async def _group(uow: UnitOfWork, name: str) -> Group:
    found = await uow.find(Group, name=name)
    if not found:
        names = ", ".join(g.name for g in await uow.find(Group))
        raise SetupError(f"There is no group {name}; there are {names or 'none'}.")
    return found[0]


async def _free_name(uow: UnitOfWork, kind: type[Clinic | Group], name: str) -> None:
    """Clinics and groups are spoken of by name, so a name stands for one."""
    if not name.strip():
        raise SetupError("A name is missing.")
    if await uow.count(kind, name=name):
        raise SetupError(f"There is a {kind.__name__.lower()} {name} already.")


async def _clinic(uow: UnitOfWork, name: str) -> Clinic:
    found = await uow.find(Clinic, name=name)
    if not found:
        names = ", ".join(c.name for c in await uow.find(Clinic))
        raise SetupError(f"There is no clinic {name}; there are {names or 'none'}.")
    return found[0]


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SetupError(f"There is no time zone {name}; write it like Europe/Copenhagen.") from None
