"""The demo clinic: ten people called by their roles, a group of eight, three months of history without texts.

Texts older than 30 days are purged in the product, so the history is facts only: closed rounds,
purged cases, log entries. Everything newer is played through the real use-cases (`seed.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.app.cases.handlers import CODE_LETTERS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ports.system import Ids
from bot.ports.unit_of_work import Store, UnitOfWork

START = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
"""Monday 18 January 2027, 09:00 in Kiel."""
ZONE = "Europe/Berlin"
ORGANISATION = "org_demo"
GROUP = "grp_demo"
ROUNDS = 6
GAP = timedelta(days=14)


@dataclass(frozen=True)
class Demoed:
    """A demo person: the letter they are known by here, and their record."""

    key: str
    person: Person


_KIEL, _LUND, _AARHUS = "cli_kiel", "cli_lund", "cli_aarhus"
_PEOPLE: tuple[tuple[str, str, str, frozenset[Role], int, str], ...] = (
    ("a", "Therapist A (Kiel)", _KIEL, frozenset({Role.THERAPIST}), 60, "en"),
    ("b", "Therapist B (Kiel)", _KIEL, frozenset({Role.THERAPIST}), 40, "en"),
    ("c", "Therapist C (Kiel)", _KIEL, frozenset({Role.THERAPIST}), 5, "en"),
    ("d", "Therapist D (Lund)", _LUND, frozenset({Role.THERAPIST}), 80, "sv"),
    ("e", "Therapist E (Lund)", _LUND, frozenset({Role.THERAPIST}), 30, "en"),
    ("f", "Therapist F (Aarhus)", _AARHUS, frozenset({Role.THERAPIST}), 24, "en"),
    ("g", "Therapist G (Aarhus)", _AARHUS, frozenset({Role.THERAPIST}), 50, "en"),
    ("s", "Supervisor (Kiel)", _KIEL, frozenset({Role.THERAPIST, Role.SUPERVISOR}), 120, "en"),
    ("m", "Service manager (Kiel)", _KIEL, frozenset({Role.MANAGER, Role.ADMIN}), 0, "en"),
    ("p", "Data-protection officer (Kiel)", _KIEL, frozenset({Role.DPO}), 0, "en"),
)
KEYS = tuple(key for key, *_ in _PEOPLE)
MEMBERS = tuple(key for key, _, _, roles, _, _ in _PEOPLE if Role.THERAPIST in roles)


def person_id(key: str) -> str:
    """The id of a demo person."""
    return f"per_demo_{key}"


async def found(store: Store, ids: Ids, *, history: bool = True) -> None:
    """Create the organisation with its people and history in one unit of work."""
    async with store.begin(ORGANISATION) as uow:
        await _organisation(uow)
        await _people(uow)
        if history:
            await _history(uow, ids)
        await uow.commit()


async def _organisation(uow: UnitOfWork) -> None:
    began = START - ROUNDS * GAP - timedelta(days=30)
    policy = {"worksheet": True, "message_reviews": True}
    await uow.add(Organisation(ORGANISATION, ORGANISATION, "Demo service", began, policy=policy))
    phone = "+49 431 000 112"
    await uow.add(
        Clinic(_KIEL, ORGANISATION, "Kiel", "DE", ZONE, "SH", phone),
        Clinic(_LUND, ORGANISATION, "Lund", "SE", "Europe/Stockholm", "", "+46 46 000 112"),
        Clinic(_AARHUS, ORGANISATION, "Aarhus", "DK", "Europe/Copenhagen", "", "+45 8600 0112"),
        Group(GROUP, ORGANISATION, "Northern iCBT group", ZONE),
    )


async def _people(uow: UnitOfWork) -> None:
    began = START - ROUNDS * GAP - timedelta(days=30)
    zones = {_KIEL: ZONE, _LUND: "Europe/Stockholm", _AARHUS: "Europe/Copenhagen"}
    for key, name, clinic, roles, months, language in _PEOPLE:
        person = Person(
            id=person_id(key),
            organisation=ORGANISATION,
            name=name,
            email=f"{key}@demo.example",
            clinic=clinic,
            roles=roles,
            created_at=began,
            language=language,
            timezone=zones[clinic],
            languages=("en", "de", "sv", "da"),
            experienced_since=START.date() - timedelta(days=30 * months) if months else None,
        )
        await uow.add(person)
        await uow.add(
            Contact(f"con_demo_{key}", ORGANISATION, person.id, "web", ORGANISATION, person.id, seen_at=began)
        )
        if Role.THERAPIST in roles:
            await uow.add(Membership(f"mem_demo_{key}", ORGANISATION, GROUP, person.id, began.date()))
    for place in await uow.find(Clinic):
        # Whatever the country, the demo's texts are English.
        await uow.save(replace(place, duty_supervisor=person_id("s"), language="en"))


async def _history(uow: UnitOfWork, ids: Ids) -> None:
    """Every fortnight four people presented, each case was reviewed by the next two in line."""
    for number in range(1, ROUNDS + 1):
        published = START - (ROUNDS + 1 - number) * GAP
        closed = published + timedelta(days=9)
        round_ = Round(
            id=ids.new("round"),
            organisation=ORGANISATION,
            group=GROUP,
            opened_at=published - timedelta(days=7),
            collect_until=published,
            publish_at=published,
            seed=number,
            number=number,
            planned_at=published - timedelta(days=1),
            published_at=published,
            closed_at=closed,
        )
        await uow.add(round_)
        for assignment in range(4):
            presenter = MEMBERS[(number * 4 + assignment) % len(MEMBERS)]
            reviewers = [MEMBERS[(number * 4 + assignment + step) % len(MEMBERS)] for step in (1 + number % 3, 4)]
            await _past_case(uow, ids, round_, presenter, reviewers, closed)
        entries = await uow.find(LogEntry, round=round_.id)
        size = len({entry.person for entry in entries})
        for entry in entries:  # as a round that is over counts them
            await uow.save(replace(entry, group_size=size))


def _code(number: int) -> str:
    """A case code in no order, the same in every demo."""
    first, second = divmod((number * 7919 + 4241) % len(CODE_LETTERS) ** 2, len(CODE_LETTERS))
    return f"{CODE_LETTERS[first]}{CODE_LETTERS[second]}-{(number * 617 + 283) % 900 + 100}"


async def _past_case(
    uow: UnitOfWork, ids: Ids, round_: Round, presenter: str, reviewers: list[str], closed: datetime
) -> None:
    assert round_.published_at is not None
    case = Case(
        id=ids.new("case"),
        organisation=ORGANISATION,
        group=GROUP,
        code=_code(await uow.count(Case)),
        mode="icbt",
        language="en",
        reviewers=2,
        submitted_at=round_.opened_at,
        round=round_.id,
        published_at=round_.published_at,
        clarify_until=round_.published_at + timedelta(days=2),
        released_at=round_.published_at + timedelta(days=6),
        closed_at=closed,
        purged_at=closed + timedelta(days=30),
    )
    await uow.add(case)
    await uow.set_presenter(case.id, person_id(presenter))
    for letter, reviewer in zip("AB", reviewers, strict=True):
        done = round_.published_at + timedelta(days=3 + (reviewer > "c"))
        await uow.add(
            Assignment(
                id=ids.new("assignment"),
                organisation=ORGANISATION,
                case=case.id,
                round=round_.id,
                reviewer=person_id(reviewer),
                letter=letter,
                assigned_at=round_.published_at,
                due_at=round_.published_at + timedelta(days=7),
                published_at=round_.published_at,
                started_at=done,
                submitted_at=done,
            )
        )
        await _log(uow, ids, case, reviewer, "reviewer", _day(done), 20, [presenter, *reviewers])
    await _log(uow, ids, case, presenter, "presenter", _day(closed), 30, [presenter, *reviewers])


async def _log(
    uow: UnitOfWork, ids: Ids, case: Case, key: str, role: str, day: date, minutes: int, took_part: list[str]
) -> None:
    person = await uow.get(Person, person_id(key))
    recorded = datetime.combine(day, time(16), UTC)
    await uow.add(
        LogEntry(
            id=ids.new("log"),
            organisation=ORGANISATION,
            source=f"case:{case.id}:{person.id}",
            person=person.id,
            clinic=person.clinic,
            role=role,
            mode="icbt",
            days=(day,),
            day=day,
            minutes=minutes,
            group_size=len(took_part),
            recorded_at=recorded,
            recorded_by="round",
            minutes_estimated=True,
            round=case.round,
            counts_on=_day(case.published_at) if case.published_at else None,
        )
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ZONE)).date()
