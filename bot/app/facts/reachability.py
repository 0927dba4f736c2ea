"""Whether messages come to people and are answered, and since when: a state of the person and of each address.

Only addresses of platforms that run count. A notice on our own pages interrupts nobody, so they count where nothing
else runs, or while somebody uses them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.app.context import Work
from bot.domain.person import Contact, Person, Reach
from bot.ports.records import OutboxEntry

PAGE_USED = timedelta(days=14)
"""Somebody who looked at the pages so lately reads what stands there."""
NO_CONNECTION = timedelta(hours=1)
"""A message that was tried and that its platform has not taken for so long."""
ASKS = frozenset(
    {
        "assigned",
        "case_covered",
        "missed_question",
        "nudge",
        "please_present",
        "question_asked",
        "reminder",
        "sign_request",
    }
)
"""Messages that ask this one person for something. A general invitation may well be left lying."""
UNANSWERED, FOR_DAYS, LOOK_BACK = 3, timedelta(days=7), timedelta(days=90)
"""Not answering: so many asks arrived, the first of them so long ago, and no press, no word, no form since. Nobody is
asked on leave, and no platform says what is read, so what people do is all there is to go by."""


@dataclass(frozen=True)
class AddressReach:
    """One address that counts: its state, and since when."""

    contact: Contact
    reach: Reach
    since: datetime | None = None


@dataclass(frozen=True)
class Reachability:
    """Where one person stands: their state, since when, and every address that counts."""

    person: Person
    reach: Reach
    since: datetime | None = None
    addresses: Sequence[AddressReach] = ()

    @property
    def reached(self) -> bool:
        """Whether a message arrives, or may still do so by itself."""
        return self.reach in {Reach.REACHABLE, Reach.NO_CONNECTION, Reach.NOT_ANSWERING}


async def reachability_of(work: Work, people: Iterable[Person]) -> dict[str, Reachability]:
    """Everybody's state by their id, in three queries."""
    people = list(people)
    ids = [person.id for person in people]
    addresses: dict[str, list[Contact]] = defaultdict(list)
    for contact in await work.uow.find(Contact, person__in=ids, ended_at=None) if ids else []:
        addresses[contact.person].append(contact)
    waiting, asked = await _without_connection(work, ids), await _asks(work, ids)
    return {
        person.id: standing(work, person, addresses[person.id], waiting.get(person.id), asked[person.id])
        for person in people
    }


def not_taken(work: Work) -> dict[str, Any]:
    """Of messages: those tried already that no platform has taken for too long."""
    waits: dict[str, Any] = {"sent_at": None, "failed_at": None, "dropped_at": None, "attempts__ge": 1}
    return {**waits, "wanted_at__lt": work.now - NO_CONNECTION}


def asked_lately(work: Work) -> dict[str, Any]:
    """Of messages: those that arrived lately and ask for something."""
    return {"card__in": sorted(ASKS), "sent_at__ge": work.now - LOOK_BACK}


async def surely_reached(work: Work) -> set[str]:
    """The ids of people with an open address of a platform that always counts; the others are to be looked at."""
    tools = work.tools
    conditions: dict[str, Any] = {"ended_at": None, "failed_at": None}
    if tools.connected is not None:
        always = [name for name in tools.connected if tools.interrupts(name) or not tools.rings_somewhere]
        conditions["platform__in"] = sorted(always)
    return {person for (person,) in await work.uow.columns(Contact, ("person",), **conditions)}


async def count_reached(work: Work, ids: Set[str]) -> int:
    """How many of these people a message reaches, without looking closely at whom it surely does or surely does not."""
    sure = await surely_reached(work) & ids
    unsure = ids - sure
    if not unsure:
        return len(sure)
    left = {id: created for id, created in await work.uow.columns(Person, ("id", "created_at")) if id in unsure}
    used: dict[str, Any] = {"failed_at": None, "ended_at": None, "seen_at__gt": work.now - PAGE_USED}
    seen = await work.uow.columns(Contact, ("person", "seen_at"), **used)
    doubtful = sorted({person for person, at in seen if person in left and at > left[person]})
    people = await work.uow.find(Person, id__in=doubtful) if doubtful else []
    return len(sure) + sum(each.reached for each in (await reachability_of(work, people)).values())


def standing(
    work: Work,
    person: Person,
    contacts: Sequence[Contact],
    waiting_since: datetime | None = None,
    asked: Sequence[OutboxEntry] = (),
) -> Reachability:
    """One person's state from their addresses.

    `waiting_since` is when a message was wanted that no platform has taken yet, `asked` what arrived and asks for
    something. What was asked at one address and answered at another is answered, but the address itself is silent.
    """
    counting = [contact for contact in contacts if not contact.ended_at and _counts(work, person, contact)]
    each = [_address(work, contact, asked) for contact in counting]
    open_ = [address for address in each if not address.contact.failed_at]
    shut = sorted((address for address in each if address.contact.failed_at), key=lambda address: str(address.since))
    acted = [contact.seen_at for contact in contacts if contact.seen_at]
    silent = _unanswered(work, [entry for entry in asked if entry.sent_at], max(acted, default=None))
    if open_ and waiting_since:
        return Reachability(person, Reach.NO_CONNECTION, waiting_since, each)
    if open_ and silent:
        return Reachability(person, Reach.NOT_ANSWERING, silent, each)
    if open_:
        return Reachability(person, Reach.REACHABLE, None, each)
    if shut:
        return Reachability(person, shut[-1].reach, shut[-1].since, each)
    return Reachability(person, Reach.NEVER_MET, person.created_at, each)


def _address(work: Work, contact: Contact, asked: Sequence[OutboxEntry]) -> AddressReach:
    if contact.failed_at:
        return AddressReach(contact, contact.reach, contact.failed_at)
    if not work.tools.hears(contact.platform):
        return AddressReach(contact, Reach.REACHABLE)
    silent = _unanswered(work, [entry for entry in asked if entry.contact == contact.id], contact.seen_at)
    return AddressReach(contact, Reach.NOT_ANSWERING if silent else Reach.REACHABLE, silent)


def _unanswered(work: Work, asked: Sequence[OutboxEntry], acted: datetime | None) -> datetime | None:
    """When the first of several asks arrived that nothing followed; None while there are few, or they are young."""
    open_ = sorted(entry.sent_at for entry in asked if entry.sent_at and not (acted and acted >= entry.sent_at))
    return open_[0] if len(open_) >= UNANSWERED and work.now - open_[0] >= FOR_DAYS else None


def _counts(work: Work, person: Person, contact: Contact) -> bool:
    tools = work.tools
    if not tools.runs(contact.platform):
        return False
    if tools.connected is None or tools.interrupts(contact.platform) or not tools.rings_somewhere:
        return True
    seen = contact.seen_at
    return seen is not None and seen > person.created_at and work.now - seen < PAGE_USED


async def _without_connection(work: Work, ids: Sequence[str]) -> Mapping[str, datetime]:
    """Since when each of these people has had a message under way that no platform has taken, tried already."""
    waiting = await work.uow.find(OutboxEntry, person__in=list(ids), **not_taken(work)) if ids else []
    found: dict[str, datetime] = {}
    for entry in waiting:
        found[entry.person] = min(entry.wanted, found.get(entry.person, entry.wanted))
    return found


async def _asks(work: Work, ids: Sequence[str]) -> Mapping[str, Sequence[OutboxEntry]]:
    """What arrived lately at each of these people and asks them for something; of a message with several, once."""
    found: dict[str, list[OutboxEntry]] = defaultdict(list)
    sent = await work.uow.find(OutboxEntry, person__in=list(ids), **asked_lately(work)) if ids else []
    for entry in sent:
        found[entry.person].append(entry)
    return found
