"""What the quarterly report is made from, read from the store: equal to a plain reading of the same facts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.report_input import service
from bot.demo.clock import VirtualClock
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ports.unit_of_work import UnitOfWork
from bot.reports.periods import Quarter
from bot.reports.sheets import Followed
from storage.memory import MemoryStore
from tests.gate import NOBODY
from tests.world import SeededRng, SequentialIds

ORG = "org"
QUARTER = Quarter(2026, 4)
NOW = datetime(2027, 1, 5, 9, tzinfo=UTC)
DAYS_TO_REVIEW = 7
ZONES = ("Europe/Stockholm", "Europe/London")


@dataclass(frozen=True)
class History:
    """One case of a person: when it was published and answered, how it ended, its review by the next person."""

    published: int
    answered: int | None
    ended: str
    reviewed: int
    corrected: bool


@dataclass(frozen=True)
class Therapist:
    """Offsets are days from 1 October 2026; `hour` decides whether a moment falls on the same day in each zone."""

    zone: str
    joined: int
    left: int | None
    therapist: bool
    hour: int
    cases: tuple[History, ...]


offsets = st.integers(-20, 100) | st.integers(-300, -100)
histories = st.builds(
    History,
    published=offsets,
    answered=st.none() | st.integers(1, 20),
    ended=st.sampled_from(("logged", "open", "withdrawn", "taken back")),
    reviewed=st.integers(0, 15),
    corrected=st.booleans(),
)
therapists = st.builds(
    Therapist,
    zone=st.sampled_from(ZONES),
    joined=st.integers(-400, 20),
    left=st.none() | st.integers(21, 110),
    therapist=st.sampled_from((True, True, True, False)),
    hour=st.sampled_from((0, 12, 22, 23)),
    cases=st.lists(histories, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(therapists, min_size=2, max_size=4))
def test_what_is_read_equals_a_plain_reading(people: list[Therapist]) -> None:
    found = {each.person: each for each in asyncio.run(_read(people))}
    followed = [n for n, person in enumerate(people) if person.therapist]
    assert set(found) == {f"p{n}" for n in followed}
    for number in followed:
        _compare(found[f"p{number}"], people, number)


def _compare(found: Followed, people: Sequence[Therapist], number: int) -> None:
    """Each fact of a person by the plainest way: go through every case of everybody."""
    me = people[number]
    events, own, cases, reviews = set[date](), set[date](), list[tuple[date, date | None]](), list[date]()
    asked, offered = list[tuple[date, bool]](), set[date]()
    for other, author in enumerate(people):
        reviewer = (other + 1) % len(people)
        for case in author.cases:
            published, reviewed = _day(author, case.published, me), _day(author, case.published + case.reviewed, me)
            answered = None if case.answered is None else _day(author, case.published + case.answered, me)
            if me.joined <= (published - QUARTER.first).days and (me.left is None or published <= _plain(me.left)):
                offered.add(published)
            if reviewer == number and case.ended != "withdrawn":
                reviews.append(reviewed)
                in_time = case.reviewed <= DAYS_TO_REVIEW
                asked.append((_day(author, case.published + DAYS_TO_REVIEW, me), in_time))
                if case.ended != "taken back":
                    events.add(published if in_time else reviewed)
            if other == number and case.ended != "withdrawn":
                cases.append((published, answered))
                asked.append((published, True))
                if case.ended != "taken back":
                    own.add(published)
    assert found.chances is not None
    rounds = found.chances.rounds(QUARTER.last + timedelta(days=1))
    decided = sorted((r.decided, r.met) for r in rounds if _in_quarter(r.decided))
    assert decided == sorted(each for each in asked if _in_quarter(each[0]))
    assert [d for d in found.chances.offered if _in_quarter(d)] == sorted(d for d in offered if _in_quarter(d))
    assert _from_the_last_before(found.event_days) == _from_the_last_before(events | own)
    assert _from_the_last_before(found.own_case_days) == _from_the_last_before(own)
    inside = [c for c in cases if _touches(*c)]
    assert sorted((c.published, c.answered or date.max) for c in found.cases if _touches(c.published, c.answered)) == (
        sorted((p, a or date.max) for p, a in inside)
    )
    assert [d for d in found.reviews if _in_quarter(d)] == sorted(d for d in reviews if _in_quarter(d))
    assert found.since == _plain(me.joined)
    assert found.until == (None if me.left is None else _plain(me.left))


def _from_the_last_before(days: Iterable[date]) -> list[date]:
    """The days a gap of the quarter begins or ends on."""
    before = [day for day in days if day < QUARTER.first]
    return [*([max(before)] if before else []), *sorted(day for day in days if _in_quarter(day))]


def _in_quarter(day: date) -> bool:
    return QUARTER.first <= day <= QUARTER.last


def _touches(published: date, answered: date | None) -> bool:
    return _in_quarter(published) or bool(answered and _in_quarter(answered))


def _plain(offset: int) -> date:
    return QUARTER.first + timedelta(days=offset)


def _moment(author: Therapist, offset: int) -> datetime:
    return datetime.combine(_plain(offset), time(author.hour), UTC)


def _day(author: Therapist, offset: int, me: Therapist) -> date:
    return _moment(author, offset).astimezone(ZoneInfo(me.zone)).date()


async def _read(people: Sequence[Therapist]) -> Sequence[Followed]:
    clock = VirtualClock(NOW)
    store = MemoryStore(clock)
    async with store.begin(ORG) as uow:
        await uow.add(Organisation(ORG, ORG, "Service", NOW), Clinic("c", ORG, "Clinic", "SE", ZONES[0]))
        await uow.add(Group("g", ORG, "Group", ZONES[0]))
        for number, each in enumerate(people):
            roles = frozenset({Role.THERAPIST} if each.therapist else {Role.MANAGER})
            left = None if each.left is None else _plain(each.left)
            await uow.add(
                Person(f"p{number}", ORG, f"P{number}", f"{number}@x.example", "c", roles, NOW, timezone=each.zone),
                Membership(f"m{number}", ORG, "g", f"p{number}", _plain(each.joined), left),
            )
        for number, each in enumerate(people):
            for turn, case in enumerate(each.cases):
                await _keep(uow, people, number, f"case{number}_{turn}", case)
        await uow.commit()
    tools = Tools(SequentialIds(), SeededRng(1), NOBODY, NOBODY, "")
    async with store.begin(ORG, write=False) as uow:
        return (await service(Work(uow, NOW, tools), QUARTER)).people


async def _keep(uow: UnitOfWork, people: Sequence[Therapist], author: int, id: str, case: History) -> None:
    each, reviewer = people[author], (author + 1) % len(people)
    published, done = _moment(each, case.published), _moment(each, case.published + case.reviewed)
    answered = None if case.answered is None else _moment(each, case.published + case.answered)
    closed = _moment(each, case.published + 20) if case.ended in {"logged", "taken back"} else None
    round_ = f"r{id}"
    await uow.add(Round(round_, ORG, "g", published, published, published, 1, published_at=published))
    await uow.add(
        Case(
            id, ORG, "g", id, "icbt", "en", 1, published, published_at=published, released_at=answered,
            closed_at=closed, round=round_,
            withdrawn_at=published if case.ended == "withdrawn" else None,
        )
    )  # fmt: skip
    await uow.set_presenter(id, f"p{author}")
    withdrawn, late = case.ended == "withdrawn", case.reviewed > DAYS_TO_REVIEW
    assignment = Assignment(
        f"assignment_{id}", ORG, id, round_, f"p{reviewer}", "A", published, published_at=published,
        due_at=_moment(each, case.published + DAYS_TO_REVIEW), submitted_at=None if withdrawn else done,
        late=late and not withdrawn, ended_at=published if withdrawn else None,
    )  # fmt: skip
    await uow.add(assignment)
    if closed:
        gone = case.ended == "taken back"
        in_time = None if late else published
        await _log(uow, people[reviewer], f"p{reviewer}", "reviewer", id, (done, in_time), case.corrected, gone)
        await _log(uow, each, f"p{author}", "presenter", id, (closed, published), case.corrected, gone)


async def _log(
    uow: UnitOfWork,
    who: Therapist,
    person: str,
    role: str,
    case: str,
    at: tuple[datetime, datetime | None],
    corrected: bool,
    gone: bool,
) -> None:
    """An entry of a moment that counts on a round's, perhaps corrected, perhaps taken back at the end."""
    zone = ZoneInfo(who.zone)
    day = at[0].astimezone(zone).date()
    counts_on = at[1].astimezone(zone).date() if at[1] else None
    first = LogEntry(
        f"{case}_{role}", ORG, f"{case}:{person}", person, "c", role, "icbt", (day,), day, 20, 2, NOW, "round",
        counts_on=counts_on,
    )  # fmt: skip
    versions = [first]
    for name in (["better"] if corrected else []) + (["gone"] if gone else []):
        versions.append(
            LogEntry(
                f"{first.id}_{name}", ORG, f"{case}:{person}:{name}", person, "c", role, "icbt", (day,), day, 30, 2,
                NOW + timedelta(minutes=len(versions)), person, corrects=first.id, withdrawn=name == "gone",
                counts_on=counts_on,
            )
        )  # fmt: skip
    for entry in versions:
        await uow.add(entry)
