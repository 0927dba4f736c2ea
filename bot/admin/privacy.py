"""What a data-protection officer does in the shell, each step one unit of work. Knows no shell, reads no case text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.admin.context import active_by_email, people_like
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.audit_lines import unnamed
from bot.app.steps import data_requests
from bot.app.steps.access_request import Found, find_case, find_person
from bot.app.steps.erasure_request import Erasure
from bot.app.steps.retention_rules import Gone, would_go
from bot.app.steps.retention_run import purge, purge_expired
from bot.domain.case import Case
from bot.domain.data_request import DataAct, DataReason, DataRequest
from bot.domain.person import Person, Role
from bot.domain.risk import UnmaskReason
from bot.errors import SetupError
from bot.ports.records import Audited, AuditEntry, AuditFault
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, UnitOfWork
from bot.runtime.anchor_lines import logged_anchors
from bot.runtime.housekeeping import AnchorFile
from bot.runtime.witness import GitWitness, WitnessAway


@dataclass
class Office:
    """What a step works with; `organisation` is the one chosen, `email` names who takes the step."""

    store: Store
    clock: Clock
    tools: Tools
    organisation: str
    email: str = ""
    anchors: AnchorFile | None = None
    witness: GitWitness | None = None
    log_lines: Sequence[str] = ()
    """Lines of the program's own log, which noted the ends of the trails as well."""
    backup_days: int = 35
    reason: str = ""
    second: str = ""
    """E-mail of the second person who agrees to an export or an erasure."""


async def choose(store: Store, organisation: str) -> str:
    """The organisation by its id, or the only one. Raises SetupError."""
    async with store.system() as system:
        ids = await system.organisations()
    if organisation in ids or (not organisation and len(ids) == 1):
        return organisation or ids[0]
    raise SetupError(f"Name the organisation with --org: {', '.join(ids) or 'there is none yet'}.")


async def officer(office: Office, uow: UnitOfWork) -> Person:
    """Who takes the step: an active person with the role dpo. Raises SetupError."""
    found = await active_by_email(uow, office.email)
    if found is None or not found.has(Role.DPO):
        raise SetupError(f"{office.email or 'Nobody'} is no data-protection officer here: name one with --as.")
    return found


@dataclass(frozen=True)
class TrailLine:
    """A line as an officer reads it: `actor`, `name` and the time of day are empty where they would name an author."""

    entry: AuditEntry
    actor: str
    name: str
    when: str


async def trail(office: Office, since: date | None) -> list[TrailLine]:
    """The lines of the trail with the name of who acted; reading them is a line of its own."""
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)
    async with office.store.begin(office.organisation) as uow:
        reader = await officer(office, uow)
        lines = await uow.find(AuditEntry, at__ge=begin, order=("number",))
        names = {p.id: p.name for p in await uow.find(Person)}
        hidden = await unnamed(Work(uow, office.clock.now(), office.tools), lines)
        await uow.audit(Audited.TRAIL_READ, reader.id, uow.organisation, office.clock.now())
        await uow.commit()
    return [
        TrailLine(entry, "", "", f"{entry.at:%Y-%m-%d}")
        if entry.number in hidden
        else TrailLine(entry, entry.actor, names.get(entry.actor, entry.actor), f"{entry.at:%Y-%m-%d %H:%M}")
        for entry in lines
    ]


async def who_acted(office: Office, number: int, reason: str) -> str:
    """The name behind one line, for a reason from the list: a line of its own, and told to the person."""
    if reason not in set(UnmaskReason):
        raise SetupError(f"There is no reason {reason}; there are {', '.join(UnmaskReason)}.")
    now = office.clock.now()
    async with office.store.begin(office.organisation) as uow:
        reader = await officer(office, uow)
        lines = await uow.find(AuditEntry, number=number)
        if not lines:
            raise SetupError(f"The trail has no line {number}.")
        (line,) = lines
        work = Work(uow, now, office.tools)
        if line.number in await unnamed(work, lines):
            await uow.audit(Audited.UNMASKED, reader.id, line.subject, now, reason=reason, line=str(number))
            key = office.tools.ids.new("notice")
            await work.tell(line.actor, "line_seen", line.subject, key=key, by=reader.id, reason=reason)
            await uow.commit()
        people = await uow.find(Person, id=line.actor)
    return people[0].name if people else line.actor


async def faults(office: Office) -> tuple[Sequence[AuditFault], int, dict[str, int]]:
    """Every break of the trail, how many lines it has, how many anchors of each place outside agree.

    Raises SetupError when a place cannot be read.
    """
    held = {"of the file": office.anchors.read(office.organisation)} if office.anchors else {}
    if office.witness:
        try:
            held["of the witness"] = await asyncio.to_thread(office.witness.read, office.organisation)
        except WitnessAway as away:
            raise SetupError(f"audit.witness: the witness does not answer: {away}.") from None
    if office.log_lines:
        held["of the log"] = list(logged_anchors(office.log_lines, office.organisation))
    anchors = [anchor for place in held.values() for anchor in place]
    async with office.store.begin(office.organisation, write=False) as uow:
        await officer(office, uow)
        lines = await uow.count(AuditEntry)
        found = list(office.witness.spoilt()) if office.witness else []
        if office.anchors and lines and not office.anchors.path.exists():
            found.append(AuditFault(0, f"the file of anchors {office.anchors.path} is missing, so nothing vouches"))
        found += await uow.audit_faults(anchors)
        counts = {place: len(noted) for place, noted in held.items()}
        return list(dict.fromkeys(found)), lines, counts


async def purge_now(office: Office, *, dry_run: bool) -> tuple[int, list[Gone]]:
    """What is over: expired short-lived records of the installation, and each thing of the organisation.

    A dry run only looks.
    """
    now = office.clock.now()
    if dry_run:
        async with office.store.system(write=False) as system:
            expired = await system.expired(now)
        async with office.store.begin(office.organisation, write=False) as uow:
            return expired, await would_go(Work(uow, now, office.tools))
    expired = await purge_expired(office.store, now)
    return expired, [gone async for gone in purge(office.store, office.organisation, now, office.tools)]


async def find(office: Office, subject: str) -> list[Found]:
    """Where a person (by e-mail) or a case (by code) stands."""
    async with office.store.begin(office.organisation, write=False) as uow:
        await officer(office, uow)
        who = await _subject(uow, subject)
        work = Work(uow, office.clock.now(), office.tools)
        return await find_person(work, who) if isinstance(who, Person) else await find_case(work, who)


async def export(office: Office, subject: str, *, texts: bool) -> bytes:
    """A person's data as JSON without a text, by a reason and a second person. Raises SetupError.

    With `texts` somebody who has no access any more is sent a link to what they wrote; others fetch it themselves.
    """
    async with office.store.begin(office.organisation) as uow:
        by = await officer(office, uow)
        who = await _subject(uow, subject)
        if not isinstance(who, Person):
            raise SetupError("Data is exported by person: name an e-mail address, not a case.")
        if texts and who.active:
            raise SetupError(
                f"{who.email} has access and fetches texts themselves: web pages, My data. Leave --texts out."
            )
        work = Work(uow, office.clock.now(), office.tools)
        request = await _agreed(work, office, by, who, DataAct.EXPORT)
        content = await data_requests.fetch(work, request, link_to_texts=texts)
        await data_requests.withdraw(work, request)
        await uow.commit()
    return content


async def erase(office: Office, subject: str, *, dry_run: bool) -> Erasure:
    """Erase a person or a case, by a reason and a second person; a dry run does the same and undoes it.

    Raises SetupError.
    """
    async with office.store.begin(office.organisation) as uow:
        by = await officer(office, uow)
        who = await _subject(uow, subject)
        work = Work(uow, office.clock.now(), office.tools)
        if dry_run:
            return (await data_requests.erase(work, who, by.id, office.backup_days)).erasure
        request = await _agreed(work, office, by, who, DataAct.ERASE)
        done = await data_requests.carry_out(work, request, office.backup_days)
        await uow.commit()
    await data_requests.empty_drawers(office.store, done.contacts)
    return done.erasure


async def _agreed(work: Work, office: Office, by: Person, who: Person | Case, act: DataAct) -> DataRequest:
    """The request with its reason and its second person, both named in the shell. Raises SetupError.

    Where the rules want two pairs of eyes, a name in the shell is nobody's agreement: both press on the pages.
    """
    if (await work.policy()).second_person:
        raise SetupError(
            "Here whoever asks and the second person both say so on the pages (policy second_person): Data protection."
        )
    if office.reason not in set(DataReason):
        raise SetupError(f"Name the reason with --reason: {', '.join(DataReason)}.")
    second = await active_by_email(work.uow, office.second)
    if second is None or not second.has(Role.DPO, Role.ADMIN) or second.id in {by.id, who.id}:
        raise SetupError(
            "This needs a second person: name another data-protection officer or an administrator with --second,"
            " not the one it is about."
        )
    request = await data_requests.ask(work, by, who, act, DataReason(office.reason))
    return await data_requests.agree(work, request, second)


async def _subject(uow: UnitOfWork, subject: str) -> Person | Case:
    people = await people_like(uow, [subject])
    cases = await uow.find(Case, code=subject.upper())
    found: list[Person | Case] = [*people, *cases]
    if not found:
        raise SetupError(f"There is neither a person with the e-mail nor a case with the code {subject}.")
    return found[0]
