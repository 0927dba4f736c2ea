"""A person's calendar under a secret address: made, renewed, ended, and read by calendar programs.

Only the hash of the secret is kept, so the address is shown once. What it serves are kinds of dates and names of
groups; it has no field for a case.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.permissions import groups_of
from bot.app.steps.series_store import following, plan_of
from bot.calendars.feed import FeedEntry, feed
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import CalendarFeed, SeriesEntry, Timer
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from bot.ui.strings import Words, words

AHEAD = 12
"""So many dates of a series to come."""


async def renew(work: Work, person: Person) -> str:
    """A new secret address for the person's calendar; an earlier one ends."""
    await end(work, person)
    token = work.tools.ids.secret()
    await work.uow.add(CalendarFeed(_hash(token), work.uow.organisation, person.id, work.now))
    return f"{work.tools.public_url}/calendar/{token}.ics"


async def end(work: Work, person: Person) -> None:
    """Revoke the feed's URL."""
    for old in await work.uow.find(CalendarFeed, person=person.id):
        await work.uow.remove(CalendarFeed, old.id)


@dataclass
class FeedService:
    """Answers calendar programs."""

    store: Store
    clock: Clock
    tools: Tools

    async def read(self, token: str) -> bytes | None:
        """The calendar behind a secret, as `text/calendar`; None for an unknown or ended one, or a removed person."""
        async with self.store.system() as system:
            found = await system.feed(_hash(token))
        if not isinstance(found, CalendarFeed):
            return None
        async with self.store.begin(found.organisation, write=False) as uow:
            person = await uow.get(Person, found.person)
            if not person.active:
                return None
            w = words(person.language)
            entries = await entries_of(Work(uow, self.clock.now(), self.tools), person, w)
            return feed(entries, w("feed.name"), self.clock.now())


async def entries_of(work: Work, person: Person, w: Words) -> list[FeedEntry]:
    """The person's due days and their groups' rounds."""
    return [
        *await _reviews(work, person, w),
        *await _takeaways(work, person, w),
        *await _rounds(work, person, w),
    ]


async def _reviews(work: Work, person: Person, w: Words) -> list[FeedEntry]:
    zone = ZoneInfo(person.timezone)
    assignments = await work.uow.find(
        Assignment, reviewer=person.id, ended_at=None, submitted_at=None, published_at__not=None, due_at__not=None
    )
    cases = await work.uow.find(Case, id__in=sorted({s.case for s in assignments}), held_at=None) if assignments else []
    open_ones = {c.id for c in cases if c.open}
    return [
        FeedEntry("review_due", s.id, s.due_at.astimezone(zone).date(), w("feed.review"))
        for s in assignments
        if s.due_at and s.case in open_ones
    ]


async def _takeaways(work: Work, person: Person, w: Words) -> list[FeedEntry]:
    ids = await work.uow.cases_of(person.id)
    found = await work.uow.find(Case, id__in=ids, released_at__not=None, closed_at=None, held_at=None) if ids else []
    timers = await work.uow.find(Timer, id__in=[f"case.end:{c.id}" for c in found]) if found else []
    zone = ZoneInfo(person.timezone)
    return [FeedEntry("takeaway_due", t.subject, t.at.astimezone(zone).date(), w("feed.takeaway")) for t in timers]


async def _rounds(work: Work, person: Person, w: Words) -> list[FeedEntry]:
    """Rounds that collect cases, and dates to come; a date keeps its entry when its round opens."""
    entries = []
    for group in await groups_of(work, person):
        title = w("feed.round", group=group.name)
        for round_ in await work.uow.find(
            Round, group=group.id, cancelled_at=None, closed_at=None, publish_at__gt=work.now - timedelta(days=14)
        ):
            id = f"{round_.series}-{round_.occurrence}" if round_.series else round_.id
            entries.append(FeedEntry("round", id, round_.publish_at, title))
        for series in await work.uow.find(SeriesEntry, group=group.id, ended_at=None):
            plan = await plan_of(work, series)
            for coming in islice(plan.held(following(series)), AHEAD):
                assert coming.at is not None
                entries.append(FeedEntry("round", f"{series.id}-{coming.planned}", coming.at, title))
    return entries


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
