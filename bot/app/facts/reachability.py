"""Whether messages come to people, and since when: a state of the person, counted from their addresses.

Only addresses of platforms that run count. A notice on our own pages interrupts nobody, so they count where nothing
else runs, or while somebody uses them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.domain.person import Contact, Person, Reach
from bot.ports.records import OutboxEntry

PAGE_USED = timedelta(days=14)
"""Somebody who looked at the pages so lately reads what stands there."""
NO_ANSWER = timedelta(hours=1)
"""A message that was tried and has had no answer for so long."""


@dataclass(frozen=True)
class Reachability:
    """Where one person stands: their state, since when, and every address that counts."""

    person: Person
    reach: Reach
    since: datetime | None = None
    addresses: Sequence[Contact] = ()

    @property
    def reached(self) -> bool:
        """Whether a message arrives, or may still do so by itself."""
        return self.reach in {Reach.REACHABLE, Reach.NOT_ANSWERING}


async def reachability_of(work: Work, people: Iterable[Person]) -> dict[str, Reachability]:
    """Everybody's state by their id, in two queries."""
    people = list(people)
    ids = [person.id for person in people]
    addresses: dict[str, list[Contact]] = defaultdict(list)
    for contact in await work.uow.find(Contact, person__in=ids, ended_at=None) if ids else []:
        addresses[contact.person].append(contact)
    silent = await _without_answer(work, ids)
    return {person.id: standing(work, person, addresses[person.id], silent.get(person.id)) for person in people}


def standing(
    work: Work, person: Person, contacts: Sequence[Contact], silent_since: datetime | None = None
) -> Reachability:
    """One person's state from their addresses; `silent_since` is when a message was wanted that has had no answer."""
    counting = [contact for contact in contacts if not contact.ended_at and _counts(work, person, contact)]
    open_ = [contact for contact in counting if not contact.failed_at]
    if open_ and silent_since:
        return Reachability(person, Reach.NOT_ANSWERING, silent_since, counting)
    if open_:
        return Reachability(person, Reach.REACHABLE, None, counting)
    shut = sorted((contact for contact in counting if contact.failed_at), key=lambda contact: str(contact.failed_at))
    if shut:
        return Reachability(person, shut[-1].reach, shut[-1].failed_at, counting)
    return Reachability(person, Reach.NEVER_MET, person.created_at, counting)


def _counts(work: Work, person: Person, contact: Contact) -> bool:
    tools = work.tools
    if not tools.runs(contact.platform):
        return False
    if tools.connected is None or tools.interrupts(contact.platform) or not tools.rings_somewhere:
        return True
    seen = contact.seen_at
    return seen is not None and seen > person.created_at and work.now - seen < PAGE_USED


async def _without_answer(work: Work, ids: Sequence[str]) -> Mapping[str, datetime]:
    """Since when each of these people has had a message under way that nobody answered, tried already."""
    waiting = (
        await work.uow.find(
            OutboxEntry,
            person__in=list(ids),
            sent_at=None,
            failed_at=None,
            dropped_at=None,
            attempts__ge=1,
            wanted_at__lt=work.now - NO_ANSWER,
        )
        if ids
        else []
    )
    found: dict[str, datetime] = {}
    for entry in waiting:
        found[entry.person] = min(entry.wanted, found.get(entry.person, entry.wanted))
    return found
