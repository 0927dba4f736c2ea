"""What an administrator's step works with, and how it finds what was named on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.duty import DutyGap, duty_gaps, duty_of
from bot.app.steps.sign_in import SignInService
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Person, Role
from bot.errors import SetupError
from bot.ports.records import Audited
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, UnitOfWork
from bot.ui.strings import words

Named = TypeVar("Named", Clinic, Group)


@dataclass
class AdminContext:
    """What an administrator's step works with."""

    store: Store
    clock: Clock
    tools: Tools
    sign_in: SignInService
    login: str = ""
    asker: str = ""
    """In the shell, the e-mail of whoever asks for a step that needs a second person."""
    acting: Person | None = None
    """Whoever acts, where it is an event of a signed-in person."""
    notes: list[str] = field(default_factory=list)
    """What follows from a step and has to be mended by hand: English sentences for whoever typed it."""

    async def audit(self, uow: UnitOfWork, what: Audited, subject: str, **changed: str) -> None:
        """A line of the trail; the shell knows no person, so it names the account that runs it."""
        by = {"login": self.login} if self.login else {}
        await uow.audit(what, "admin", subject, self.clock.now(), **by, **changed)

    async def note_duty(self, uow: UnitOfWork, person: Person) -> None:
        """Say which clinics a person is named at who can no longer be alerted."""
        work = Work(uow, self.clock.now(), self.tools)
        for clinic in await duty_of(work, person):
            gaps = [gap for gap in await duty_gaps(work, clinic) if gap.kind != "no_phone"]
            self.notes += [f"{clinic.name}: {duty_trouble(gap)}; {duty_remedy(gap)}" for gap in gaps]

    @asynccontextmanager
    async def begin(self, org: str, *, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """A unit of work of the organisation named, or of the only one. Raises SetupError."""
        async with self.store.begin(await organisation_id(self.store, org), write=write) as uow:
            yield uow


async def organisation_id(store: Store, org: str) -> str:
    """The organisation named, or the only one. Raises SetupError."""
    async with store.system(write=False) as system:
        ids = await system.organisations()
    if org:
        if org not in ids:
            raise SetupError(f"There is no organisation {org}; there are {', '.join(ids) or 'none'}.")
        return org
    if len(ids) != 1:
        names = [f"{each} ({await _called(store, each)})" for each in ids]
        hint = "name one with --org: " + ", ".join(names) if ids else "add one with: intervision admin add-organisation"
        raise SetupError(f"There are {len(ids)} organisations; {hint}.")
    return ids[0]


async def _called(store: Store, org: str) -> str:
    async with store.begin(org, write=False) as uow:
        return (await uow.get(Organisation, org)).name


async def people_like(
    uow: UnitOfWork, emails: Iterable[str] = (), personnel_ids: Iterable[str] = (), names: Iterable[str] = ()
) -> list[Person]:
    """Everybody with one of these, in any case of letters, also who left; of ten thousand only those are read."""
    wanted = [{each.casefold() for each in several if each} for several in (emails, personnel_ids, names)]
    rows = await uow.columns(Person, ("id", "email", "personnel_id", "name"))
    ids = [id for id, *values in rows if any(v.casefold() in w for v, w in zip(values, wanted, strict=True))]
    return await uow.find(Person, id__in=ids, order=("name",)) if ids else []


async def person_named(uow: UnitOfWork, email: str) -> Person:
    """Somebody who has access, by e-mail. Raises SetupError."""
    found = await active_by_email(uow, email)
    if found is None:
        raise SetupError(f"Nobody here has the e-mail {email}.")
    return found


async def active_by_email(uow: UnitOfWork, email: str) -> Person | None:
    """Who has access and this e-mail, in any case of letters; looked for as it is written first, which has an index."""
    exact = await uow.find(Person, email=email, removed_at=None) if email else []
    found = exact or [person for person in await people_like(uow, [email]) if person.active]
    return found[0] if found else None


async def not_the_last_admin(uow: UnitOfWork, person: Person) -> None:
    """Raises SetupError where nobody else could administer the organisation."""
    if person.has(Role.ADMIN):
        admins = await uow.find(Person, removed_at=None, roles__has=Role.ADMIN.value)
        others = [p for p in admins if p.id != person.id]
        if not others:
            raise SetupError(
                f"{person.email} is the last administrator: give somebody else the role first (admin set-roles)."
            )


async def named(uow: UnitOfWork, kind: type[Named], name: str) -> Named:
    """The clinic or group of this name that is not closed. Raises SetupError that lists those there are."""
    found = await uow.find(kind, name=name)
    if not found:
        names = ", ".join(each.name for each in await uow.find(kind, closed_on=None))
        raise SetupError(f"There is no {kind.__name__.lower()} {name}; there are {names or 'none'}.")
    if found[0].closed_on:
        raise SetupError(f"The {kind.__name__.lower()} {name} is closed since {found[0].closed_on}.")
    return found[0]


def duty_trouble(gap: DutyGap) -> str:
    """What is wrong with a clinic's duty, in a few words."""
    return words("en")(f"check.duty.{gap.kind}", **({"name": gap.person} if gap.person else {}))


def duty_remedy(gap: DutyGap) -> str:
    """The command that mends a gap."""
    run = f'run: intervision admin set-duty "{gap.clinic.name}"'
    return f"{run} --phone NUMBER" if gap.kind == "no_phone" else f"{run} --duty ADDRESS --deputy ADDRESS"


def step(before: object, after: object) -> str:
    """What a line of the trail says of a change; nothing of its own is what the level above says."""
    return f"{'-' if before in (None, '') else before} -> {'-' if after in (None, '') else after}"
