"""What the standings of many people are made of, read in one question a fact, however many groups they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time

from bot.app.caching_uow import Remembering
from bot.app.context import Context
from bot.app.facts.caseload import LATELY, UNDELIVERED
from bot.app.facts.chances import AT_MOST, STILL_TO_WRITE, WAITING, WENT_OUT
from bot.app.facts.open_reviews import DUE_FIRST, OWED
from bot.app.facts.reachability import asked_lately, not_taken
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.organisation import Closure, Group, Membership
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.domain.supervision import Role
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, LogEntry, ModeEntry, OutboxEntry


async def members_ahead(ctx: Context, reads: Remembering, groups: Sequence[Group]) -> None:
    """Who is in each of these groups today."""
    today = {group.id: ctx.today(group.timezone) for group in groups}
    rows = await reads.look_ahead(Membership, "group", today)
    inside = {each.person for each in rows if each.holds_on(today[each.group])}
    await reads.look_ahead(Person, "id", sorted(inside))


async def standings_ahead(ctx: Context, reads: Remembering, people: Sequence[Person]) -> None:
    """What each one's standing asks for, of the log and the rounds as far back as most people's last events."""
    ids = [person.id for person in people]
    owed = await reads.look_ahead(Assignment, "reviewer", ids, order=DUE_FIRST, **OWED)
    await reads.look_ahead(Case, "id", _cases(owed))
    for kind in (ModeEntry, FteEntry, ExperienceEntry):
        await reads.look_ahead(kind, "person", ids)
    await reads.look_ahead(LeaveEntry, "person", ids, cancelled_at=None)
    await reads.look_ahead(LimitEntry, "person", ids, cancelled_at=None)
    await reads.look_ahead(Closure, "clinic", sorted({person.clinic for person in people}))
    await reads.tally_ahead(Assignment, "reviewer", ids, **UNDELIVERED)
    await reads.look_ahead(Membership, "person", ids, order=("joined_on",))
    for zone, there in _by_zone(people):
        await _events_ahead(ctx, reads, there, zone, ctx.today(zone) - LATELY)


async def years_ahead(ctx: Context, reads: Remembering, people: Sequence[Person]) -> None:
    """The whole log, and every round that counts, of people whose last events are further back."""
    for zone, there in _by_zone(people):
        await _events_ahead(ctx, reads, there, zone, date.min)


async def _events_ahead(ctx: Context, reads: Remembering, people: Sequence[Person], zone: str, first: date) -> None:
    """Log, reviews and rounds of people of one zone since a day."""
    ids = [person.id for person in people]
    entries = await reads.look_ahead(LogEntry, "person", ids, order=("day",), day__ge=first)
    entries += await reads.look_ahead(LogEntry, "person", ids, day__lt=first, moved_from__not=None)
    presented = sorted({each.round for each in entries if each.round and each.role == Role.PRESENTER})
    rounds = await reads.look_ahead(Round, "id", presented)
    await reads.look_ahead(Group, "id", sorted({each.group for each in rounds}))
    since = max(first, ctx.today(zone) - AT_MOST)
    start = wall_time(since, time(), zone)
    asked = await reads.look_ahead(Assignment, "reviewer", ids, published_at__ge=start)
    asked += await reads.look_ahead(Assignment, "reviewer", ids, published_at__lt=start, **STILL_TO_WRITE)
    await reads.look_ahead(Case, "id", _cases(asked))
    groups = {
        each.group
        for id in ids
        for each in await reads.find(Membership, person=id, order=("joined_on",))
        if each.left_on is None or each.left_on >= since
    }
    offered = await reads.look_ahead(Round, "group", sorted(groups), published_at__ge=start, cancelled_at=None)
    await reads.look_ahead(Case, "group", sorted({each.group for each in offered}), **WAITING)
    await reads.tally_ahead(Case, "round", [each.id for each in offered], **WENT_OUT)


async def addresses_ahead(reads: Remembering, ids: Sequence[str]) -> None:
    """Where each of these people is written to."""
    await reads.look_ahead(Contact, "person", ids, ended_at=None)


async def messages_ahead(ctx: Context, reads: Remembering, ids: Sequence[str]) -> None:
    """What tells whether messages arrive and are answered, besides the addresses."""
    await reads.look_ahead(OutboxEntry, "person", ids, **not_taken(ctx))
    await reads.look_ahead(OutboxEntry, "person", ids, **asked_lately(ctx))


async def holds_ahead(ctx: Context, reads: Remembering, holds: Sequence[Hold], groups: Sequence[Group]) -> None:
    """The cases of these concerns, and what the rows of those in these groups ask for."""
    found = await reads.look_ahead(Case, "id", sorted({hold.case for hold in holds if hold.case}))
    here = {group.id for group in groups}
    await _rows_ahead(ctx, reads, [case.id for case in found if case.group in here])


async def hold_rows_ahead(ctx: Context, reads: Remembering, holds: Sequence[Hold]) -> None:
    """The same for the rows of all of these concerns."""
    found = await reads.look_ahead(Case, "id", sorted({hold.case for hold in holds if hold.case}))
    await _rows_ahead(ctx, reads, [case.id for case in found])


async def _rows_ahead(ctx: Context, reads: Remembering, cases: Sequence[str]) -> None:
    await reads.look_ahead(Hold, "case", cases, released_at=None)
    await reads.look_ahead(Assignment, "case", cases, reviewer=ctx.me.id)
    await reads.look_ahead(Assignment, "case", cases, published_at__not=None)
    await reads.look_ahead(SecondLook, "case", cases)


def _cases(assignments: Iterable[Assignment]) -> list[str]:
    return sorted({each.case for each in assignments})


def _by_zone(people: Sequence[Person]) -> Iterator[tuple[str, list[Person]]]:
    for zone in sorted({person.timezone for person in people}):
        yield zone, [person for person in people if person.timezone == zone]
