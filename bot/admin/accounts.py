"""People of a chat made people of the organisation, by the rules of a staff file.

Whoever is here already is found by their account, else by their e-mail; they keep what they have and join the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.admin import people
from bot.admin.context import AdminContext, named, people_like
from bot.admin.roster import FAULT, Line, apply_rows
from bot.admin.staff_files import Given, Known, PersonRow, read_person
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Contact, Person, Role
from bot.ports.unit_of_work import UnitOfWork
from bot.ui.rosters import Account

OUTSIDE, NO_ADDRESS, TWICE = "outside", "no_address", "twice"


@dataclass(frozen=True)
class Into:
    """Where new people go: a clinic by name, a group by name or none, what they may do. `new`: the group is made."""

    clinic: str
    group: str = ""
    new: bool = False
    roles: frozenset[Role] = frozenset({Role.THERAPIST})


@dataclass(frozen=True)
class LeftOut:
    """An account that becomes nobody here, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Result:
    """What was done, or would be: lines of people by what they are, and accounts left out."""

    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    group: Group | None

    def those(self, *what: str) -> list[Line]:
        """The lines that are one of these."""
        return [line for line in self.lines if line.what in what]


async def known(uow: UnitOfWork, platform: str, tenant: str, accounts: Sequence[Account]) -> dict[str, Person]:
    """By account who they are here, also those who left; strangers are not in it."""
    users = [account.user for account in accounts]
    contacts = await uow.find(Contact, platform=platform, tenant=tenant, user__in=users, ended_at=None) if users else []
    met = {contact.person for contact in contacts}
    by_id = {p.id: p for p in await uow.find(Person, id__in=sorted(met))} if met else {}
    by_email = {p.email.casefold(): p for p in await people_like(uow, [account.email for account in accounts])}
    found = {contact.user: by_id[contact.person] for contact in contacts if contact.person in by_id}
    for account in accounts:
        person = by_email.get(account.email.casefold()) if account.email else None
        if person and account.user not in found and not account.outside:
            found[account.user] = person
    return found


async def add_accounts(
    admin: AdminContext, org: str, platform: str, tenant: str, accounts: Sequence[Account], into: Into
) -> Result:
    """Everybody of these accounts belongs to the organisation and, where one is named, to the group, from today on.

    Raises SetupError for places that there are not.
    """
    if into.new:
        async with admin.begin(org) as uow:
            zone = (await named(uow, Clinic, into.clinic)).timezone
        await people.group(admin, org, into.group, zone)
    async with admin.begin(org) as uow:
        clinic = await named(uow, Clinic, into.clinic)
        group = await named(uow, Group, into.group) if into.group else None
        here = await known(uow, platform, tenant, accounts)
    rows: list[PersonRow] = []
    left_out: list[LeftOut] = []
    met: set[str] = set()
    for number, account in enumerate(accounts, 1):
        person = here.get(account.user)
        key = person.id if person else account.email.casefold()
        outside = account.outside and not person
        why = OUTSIDE if outside else NO_ADDRESS if not key else TWICE if key in met else ""
        row = None if why else _row(number, account, person, clinic, group, into)
        if row is None:
            left_out.append(LeftOut(account.name or account.user, why or NO_ADDRESS))
            continue
        met.add(key)
        rows.append(row)
    lines = await apply_rows(admin, org, rows)
    left_out += [LeftOut(line.name, line.changes["fault"]) for line in lines if line.what == FAULT]
    return Result(tuple(line for line in lines if line.what != FAULT), tuple(left_out), group)


def _row(
    number: int, account: Account, person: Person | None, clinic: Clinic, group: Group | None, into: Into
) -> PersonRow | None:
    """What is to hold of somebody; None for an account whose name or address cannot be used."""
    if person and person.active:
        return PersonRow(number, person.name, person.email, group=group.name if group else None)
    places = Known([clinic.name], [group.name] if group else [])
    given = Given(clinic.name, group.name if group else "", into.roles)
    value = {"name": account.name, "email": account.email}
    if person:
        value = {"name": person.name, "email": person.email}
    row, _ = read_person(value, places, given, number)
    return row
