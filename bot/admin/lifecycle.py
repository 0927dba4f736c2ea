"""People, groups and clinics change: names, addresses, places; groups and clinics merge, split and close.

A merged or closed place keeps its row, so that what is dated stays readable; nothing new begins there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.admin.context import AdminContext, named, people_like, person_named
from bot.admin.people import checked_zone, free_name
from bot.admin.second_person import agreed
from bot.admin.staff_files import LONGEST
from bot.app.context import Work
from bot.app.steps.departure import leave_group
from bot.app.steps.open_round import cancel_round
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.second_person import changes_of_office
from bot.app.steps.series_store import follow
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Person
from bot.domain.round import Round
from bot.errors import SetupError
from bot.ports.records import Audited, SeriesEntry
from bot.ports.unit_of_work import AlreadyThere, UnitOfWork
from bot.ui.strings import LANGUAGES

PERSON_FIELDS = ("name", "email", "clinic", "timezone", "language", "languages", "personnel_id")


async def change_person(admin: AdminContext, org: str, email: str, given: Mapping[str, str]) -> list[Person]:
    """Another name, e-mail, clinic (by its name), time zone, language, review languages or personnel id. Audited.

    An empty value changes nothing. Raises SetupError for a value that cannot be true of the person.
    """
    wanted = {key: value.strip() for key, value in given.items() if value.strip()}
    _known_fields(wanted)
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        clinic, timezone = await _moved(uow, person, wanted)
        changed = replace(
            person,
            name=_checked_length("name", wanted.get("name", person.name)),
            email=wanted.get("email", person.email),
            clinic=clinic,
            timezone=timezone,
            language=_known_languages(wanted["language"], 1)[0] if "language" in wanted else person.language,
            languages=_known_languages(wanted["languages"]) if "languages" in wanted else person.languages,
            language_given=person.language_given or "language" in wanted,
            personnel_id=_checked_length("personnel_id", wanted.get("personnel_id", person.personnel_id)),
        )
        await _must_be_free(uow, wanted, person)
        await agreed(admin, uow, changes_of_office(person, changed))
        try:
            changed = await uow.save(changed)
        except AlreadyThere:
            raise SetupError(f"{changed.email} belongs to somebody already.") from None
        # Names and addresses stay out of the trail: it says which fields changed.
        fields = [key for key in PERSON_FIELDS if getattr(person, key) != getattr(changed, key)]
        await admin.audit(uow, Audited.PERSON_CHANGED, person.id, fields=" ".join(fields))
        await set_moments_anew(_work(admin, uow), changed)
        await uow.commit()
    return [changed]


def _known_fields(wanted: Mapping[str, str]) -> None:
    unknown = sorted(set(wanted) - set(PERSON_FIELDS))
    if unknown:
        raise SetupError(f"{', '.join(unknown)} cannot be changed here; {', '.join(PERSON_FIELDS)} can.")


async def _moved(uow: UnitOfWork, person: Person, wanted: Mapping[str, str]) -> tuple[str, str]:
    """The id of the clinic and the time zone of whoever may move to another clinic."""
    if "timezone" in wanted:
        checked_zone(wanted["timezone"])
    if "clinic" not in wanted:
        return person.clinic, wanted.get("timezone", person.timezone)
    old, clinic = await uow.get(Clinic, person.clinic), await named(uow, Clinic, wanted["clinic"])
    # Whoever moves lives by the new clinic's clock unless theirs was their own.
    follows = clinic.timezone if person.timezone == old.timezone else person.timezone
    return clinic.id, wanted.get("timezone", follows)


def _checked_length(field: str, text: str) -> str:
    most = LONGEST[field]
    if not text.isprintable() or len(text) > most:
        raise SetupError(f"{field} has 1 to {most} characters that can be printed.")
    return text


def _known_languages(text: str, most: int | None = None) -> tuple[str, ...]:
    """Languages as they are typed, with blanks or commas between; `most` of them."""
    named = tuple(dict.fromkeys(text.replace(",", " ").split()))
    unknown = sorted(set(named) - set(LANGUAGES))
    if unknown or not named or (most and len(named) > most):
        raise SetupError(f"There is no language {', '.join(unknown) or text}; there are {', '.join(LANGUAGES)}.")
    return named


async def rename(
    admin: AdminContext, org: str, kind: type[Clinic] | type[Group], old: str, new: str
) -> list[Clinic | Group]:
    """Another name for a clinic or a group."""
    async with admin.begin(org) as uow:
        found: Clinic | Group = await named(uow, Clinic, old) if kind is Clinic else await named(uow, Group, old)
        if old.strip().casefold() != new.strip().casefold():
            await free_name(uow, kind, new)
        changed: Clinic | Group = await uow.save(replace(found, name=new.strip()))
        await admin.audit(uow, Audited.PLACE_CHANGED, found.id, change="renamed")
        await uow.commit()
    return [changed]


async def rename_organisation(admin: AdminContext, org: str, name: str) -> list[Organisation]:
    """Another name for the organisation."""
    if not name.strip():
        raise SetupError("A name is missing.")
    async with admin.begin(org) as uow:
        changed = await uow.save(replace(await uow.get(Organisation, uow.organisation), name=name.strip()))
        await admin.audit(uow, Audited.PLACE_CHANGED, changed.id, change="renamed")
        await uow.commit()
    return [changed]


async def merge_groups(admin: AdminContext, org: str, name: str, into: str) -> list[Group]:
    """One group becomes part of another with its members, cases, rounds and history; its series ends."""
    async with admin.begin(org) as uow:
        gone, kept = await named(uow, Group, name), await named(uow, Group, into)
        if gone.id == kept.id:
            raise SetupError("A group cannot be merged with itself.")
        await _end_series(admin, uow, gone)
        held = {(m.person, m.joined_on, m.left_on): m for m in await uow.find(Membership, group=kept.id)}
        for member in await uow.find(Membership, group=gone.id):
            if any(p == member.person and _covers((j, e), (member.joined_on, member.left_on)) for p, j, e in held):
                await uow.remove(Membership, member.id)
            else:
                await uow.save(replace(member, group=kept.id))
        for round_ in await uow.find(Round, group=gone.id):
            await uow.save(replace(round_, group=kept.id))
        for case in await uow.find(Case, group=gone.id):
            await uow.save(replace(case, group=kept.id))
        for series in await uow.find(SeriesEntry, group=gone.id):
            await uow.save(replace(series, group=kept.id))
        closed = await uow.save(replace(gone, closed_on=_today(admin, gone)))
        if gone.policy and gone.policy != kept.policy:
            admin.notes.append(f"The numbers set for {name} no longer hold; those of {into} do.")
        await admin.audit(uow, Audited.PLACE_CHANGED, gone.id, change="merged", into=kept.id)
        await uow.commit()
    return [closed, kept]


async def split_group(
    admin: AdminContext, org: str, name: str, new: str, emails: Sequence[str]
) -> list[Group | Membership]:
    """A new group of some of a group's members, from today on; what they leave behind in the old one is settled.

    Raises SetupError if nobody or everybody would go.
    """
    async with admin.begin(org) as uow:
        found = await named(uow, Group, name)
        await free_name(uow, Group, new)
        today = _today(admin, found)
        people = [await person_named(uow, email) for email in emails]
        there = {m.person: m for m in await uow.find(Membership, group=found.id) if m.holds_on(today)}
        missing = [p.email for p in people if p.id not in there]
        if missing or not people or len({p.id for p in people}) >= len(there):
            reason = (
                f"{', '.join(missing)} is not in {name}" if missing else "name some of the members, not all or none"
            )
            raise SetupError(f"Nothing was split: {reason}.")
        made = Group(admin.tools.ids.new("group"), uow.organisation, new.strip(), found.timezone, found.policy)
        await uow.add(made)
        joined: list[Group | Membership] = [made]
        work = _work(admin, uow)
        for person in people:
            left = await leave_group(work, person, found, [there[person.id]], today, by="admin", cover=None)
            admin.notes.append(f"{person.email}: {left}.")
            member = Membership(admin.tools.ids.new("membership"), uow.organisation, made.id, person.id, today)
            await uow.add(member)
            joined.append(member)
        await admin.audit(uow, Audited.PLACE_CHANGED, found.id, change="split", into=made.id)
        await uow.commit()
    return joined


async def close_group(admin: AdminContext, org: str, name: str, *, dry_run: bool = False) -> list[Group]:
    """The group ends today: its series end, its cases are closed where a review is in and withdrawn otherwise."""
    async with admin.begin(org) as uow:
        found = await named(uow, Group, name)
        today = _today(admin, found)
        work = _work(admin, uow)
        await _end_series(admin, uow, found)
        held = await uow.find(Case, group=found.id, closed_at=None, withdrawn_at=None, held_at__not=None)
        if held:
            raise SetupError(f"{len(held)} cases of {name} are on hold: a supervisor decides about them first.")
        for membership in await uow.find(Membership, group=found.id):
            if membership.left_on is None or membership.left_on > today:
                person = await uow.get(Person, membership.person)
                left = await leave_group(work, person, found, [membership], today, by="admin", cover=None)
                admin.notes.append(f"{person.email}: {left}.")
        for round_ in await uow.find(Round, group=found.id, closed_at=None, cancelled_at=None):
            if round_.published_at is None:
                await cancel_round(work, round_)
            elif (latest := await uow.get(Round, round_.id)).open:
                await uow.save(latest.close(work.now))
        closed = await uow.save(replace(found, closed_on=today))
        await admin.audit(uow, Audited.PLACE_CHANGED, found.id, change="closed")
        if not dry_run:
            await uow.commit()
    return [closed]


async def merge_clinics(admin: AdminContext, org: str, name: str, into: str) -> list[Clinic]:
    """Everybody of one clinic works at another from now on; what was logged at the first stays logged there."""
    async with admin.begin(org) as uow:
        gone, kept = await named(uow, Clinic, name), await named(uow, Clinic, into)
        if gone.id == kept.id:
            raise SetupError("A clinic cannot be merged with itself.")
        for person in await uow.find(Person, clinic=gone.id):
            zone = kept.timezone if person.timezone == gone.timezone else person.timezone
            moved = await uow.save(replace(person, clinic=kept.id, timezone=zone))
            await set_moments_anew(_work(admin, uow), moved)
        for series in await uow.find(SeriesEntry, clinic=gone.id, ended_at=None):
            await follow(_work(admin, uow), await uow.save(replace(series, clinic=kept.id)))
        closed = await uow.save(
            replace(gone, closed_on=_day_at(admin, gone.timezone), duty_supervisor=None, deputy_supervisor=None)
        )
        if gone.policy and gone.policy != kept.policy:
            admin.notes.append(f"The numbers set for {name} no longer hold; those of {into} do.")
        admin.notes.append(f"Risk concerns go to the duty of {into} now; closed days are those of {into}.")
        await admin.audit(uow, Audited.PLACE_CHANGED, gone.id, change="merged", into=kept.id)
        await uow.commit()
    return [closed, kept]


async def close_clinic(admin: AdminContext, org: str, name: str) -> list[Clinic]:
    """A clinic at which nobody works any more. Raises SetupError while somebody does."""
    async with admin.begin(org) as uow:
        found = await named(uow, Clinic, name)
        there = await uow.find(Person, clinic=found.id, removed_at=None, order=("email",))
        if there:
            some = ", ".join(p.email for p in there[:5]) + (", …" if len(there) > 5 else "")
            raise SetupError(
                f"{len(there)} people work at {name} ({some}): move them (admin change-person EMAIL --clinic …),"
                " let them leave, or merge the clinic with another (admin merge-clinics)."
            )
        series = await uow.find(SeriesEntry, clinic=found.id, ended_at=None)
        if series:
            raise SetupError(f"{len(series)} series of rounds follow the closed days of {name}: change or end them.")
        closed = await uow.save(
            replace(found, closed_on=_day_at(admin, found.timezone), duty_supervisor=None, deputy_supervisor=None)
        )
        await admin.audit(uow, Audited.PLACE_CHANGED, found.id, change="closed")
        await uow.commit()
    return [closed]


async def _end_series(admin: AdminContext, uow: UnitOfWork, group: Group) -> None:
    for series in await uow.find(SeriesEntry, group=group.id, ended_at=None):
        await uow.save(replace(series, ended_at=admin.clock.now(), next_at=None))
        await uow.wake("series.open", series.id, None)


async def _must_be_free(uow: UnitOfWork, wanted: Mapping[str, str], person: Person) -> None:
    """An e-mail and a personnel id belong to one person, also to one who left."""
    email = wanted.get("email", person.email)
    if "@" not in email or len(email) > LONGEST["email"]:
        raise SetupError(f"{email} is not an e-mail address.")
    for other in await people_like(uow, [email], [wanted.get("personnel_id", "")]):
        for value, theirs in ((wanted.get("email"), other.email), (wanted.get("personnel_id"), other.personnel_id)):
            if value and other.id != person.id and theirs.casefold() == value.casefold():
                left = "" if other.active else " (they left; admin return-person brings them back)"
                raise SetupError(f"{value} belongs to {other.name} already{left}.")


def _today(admin: AdminContext, group: Group) -> date:
    return _day_at(admin, group.timezone)


def _work(admin: AdminContext, uow: UnitOfWork) -> Work:
    return Work(uow, admin.clock.now(), admin.tools)


def _day_at(admin: AdminContext, zone: str) -> date:
    return admin.clock.now().astimezone(ZoneInfo(zone)).date()


def _covers(whole: tuple[date, date | None], part: tuple[date, date | None]) -> bool:
    return whole[0] <= part[0] and (whole[1] is None or (part[1] is not None and part[1] <= whole[1]))
