"""What delivery means for the rules: whether, when, where and what is sent, and what its end changes.

The dispatcher (`bot.delivery.dispatcher`) moves messages; everything it has to know about people is decided here
from today's facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.app.caching_uow import Remembering
from bot.app.context import Context, Work
from bot.app.facts.message_hours import next_window
from bot.app.facts.open_reviews import DUE_FIRST, TO_REVIEW
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.reachability import reachability_of
from bot.app.facts.under_way import ALONG, carrier_of, merged_ids
from bot.app.steps.alerts import ALERT, alert_failed
from bot.app.steps.reachability import NO_ADDRESS, full_time, out_of_reach, told_late
from bot.app.steps.shown_anew import changed
from bot.delivery.merging import merged_card, perhaps_again
from bot.delivery.notices import NOTICES, TO_LEAVERS, card_for, only_edit, rings
from bot.delivery.overtaken import NAMES_ITS_MESSAGE, overtake
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, OutboxEntry
from bot.ports.unit_of_work import NotFound
from bot.ui.model import Card

TURN = 3
NEWER = timedelta(seconds=30)
"""How long an intent of a newer version waits for a replica that knows it (rolling upgrades)."""
AGAIN = "again"
"""Marks in its args a message that said that it may have come before."""
REPEATABLE = frozenset({"round_open", "please_present", "assigned", "welcome"})
"""Invitations: they name their round or case, so a second copy is seen to be one. Where a platform cannot be asked what
became of the first, reminders and news wait for the person's next message, or for `CARRY_AFTER`."""
ON_TIME = timedelta(minutes=1)
"""Looked at so soon after it was wanted, a message is on time."""
CARRY_AFTER = timedelta(hours=4)
"""Of working hours' clock time: what may not have arrived comes again on the same or the next working day."""


@dataclass(frozen=True)
class Ready:
    """An entry ready to go: where, what, and which earlier message it updates; `blind` where nobody can look.

    Only what does not ring updates a message (`bot.app.notice_kinds`).
    """

    entry: OutboxEntry
    contact: Contact
    card: Card
    replaces: str = ""
    blind: bool = False
    follows: str = ""
    """The message that this one comes after, where messages cannot be edited."""
    unnoticed: bool = False
    """It only lies on a page that its person does not look at: that is no delivery, it waits for them in the chat."""

    @property
    def repeatable(self) -> bool:
        """Whether it may go again without waiting: one copy too many is better than none, or an update is repeated."""
        return self.entry.urgent or self.entry.card in REPEATABLE or bool(self.replaces)

    @property
    def rings(self) -> bool:
        """Whether it is a new message."""
        return rings(self.entry)

    @property
    def only_edit(self) -> bool:
        """Whether it is nothing but the update of a message."""
        return only_edit(self.entry)

    @property
    def doubtful(self) -> bool:
        """An earlier attempt may have arrived, and nobody can find out."""
        return self.blind and self.entry.uncertain_at is not None and not self.replaces

    def carried_at(self) -> datetime | None:
        """When what is doubtful comes again if no other message takes it along; None when it may go at any time."""
        if not self.doubtful or self.repeatable or self.entry.uncertain_at is None:
            return None
        return self.entry.uncertain_at + CARRY_AFTER


_ABOUT: dict[type[Any], frozenset[str]] = {
    Round: frozenset({"round_open", "please_present"}),
    Assignment: frozenset({"assigned", "redated", "answers_in"}),
}
"""What the commonest messages are about, by the record their subject names."""


async def look_ahead(reads: Remembering, entries: Sequence[OutboxEntry]) -> None:
    """Read for a whole batch what every single decision asks for, and what the commonest cards show."""
    people = [entry.person for entry in entries]
    await reads.look_ahead(Person, "id", people)
    await reads.look_ahead(Contact, "person", people, failed_at=None)
    await reads.look_ahead(LeaveEntry, "person", people, cancelled_at=None)
    slots = [entry.slot for entry in entries if entry.slot and entry.card in NOTICES and not rings(entry)]
    await reads.look_ahead(OutboxEntry, "slot", slots, order=_LATEST)
    assignments: list[Assignment] = []
    for kind, cards in _ABOUT.items():
        found = await reads.look_ahead(kind, "id", [entry.subject for entry in entries if entry.card in cards])
        if kind is Round:
            await reads.look_ahead(Group, "id", [round_.group for round_ in found])
        else:
            assignments += found
    reminded = [entry.person for entry in entries if entry.card == "reminder"]
    assignments += await reads.look_ahead(Assignment, "reviewer", reminded, order=DUE_FIRST, **TO_REVIEW)
    await reads.look_ahead(Case, "id", [assignment.case for assignment in assignments])


async def decide(
    work: Work,
    entry: OutboxEntry,
    platforms: tuple[str, ...],
    blind: frozenset[str] = frozenset(),
    away: frozenset[tuple[str, str]] = frozenset(),
) -> Ready | OutboxEntry:
    """Whether, when, where and what to send as of now; an entry comes back when nothing is sent.

    `blind` are the platforms that cannot be asked whether a message arrived, `away` the (platform, workspace) pairs
    that do not answer now.
    """
    if entry.card not in NOTICES:
        return replace(entry, due_at=work.now + NEWER, attempts=entry.attempts - 1)
    person = await _recipient(work, entry)
    if person is None:
        return replace(entry, dropped_at=work.now, failure="nobody")
    if not person.active:  # our own pages are shut to whoever left
        platforms = tuple(platform for platform in platforms if work.tools.interrupts(platform))
    on_leave = NOTICES[entry.card].on_leave
    if not entry.urgent and work.now - entry.wanted > ON_TIME:
        # What was due in the night was wanted in the morning: only what is beyond that is late.
        entry = replace(entry, wanted_at=await next_window(work, person, entry.wanted, on_leave=on_leave))
    edits = only_edit(entry)
    older = None if rings(entry) else await shown_before(work, entry)
    # An edit disturbs nobody: a message that asks for what is over is put right at any hour.
    at_once = entry.urgent or older is not None
    window = work.now if at_once else await next_window(work, person, work.now, on_leave=on_leave)
    if window > work.now and work.now - entry.wanted <= ON_TIME:
        entry = replace(entry, wanted_at=window)
    if window > work.now:  # with what is told at that minute itself
        return replace(entry, due_at=window + 2 * work.tools.gather, attempts=entry.attempts - 1)
    ctx = Context(work.uow, work.now, work.tools, person)
    card = await _card(ctx, entry, older)
    if card is None or (edits and older is None):
        return replace(entry, dropped_at=work.now, failure="pointless")
    tried = entry.attempts - 1
    only = older.contact if older and edits else entry.contact
    contact = await reachable(work, person, platforms, only, tried, away, rings=entry.urgent)
    if contact is None and entry.uncertain_at:  # where it may have arrived is shut: nobody will ever look there
        contact = await reachable(work, person, platforms, "", tried, away, rings=entry.urgent)
    if contact is None and edits:
        return replace(entry, dropped_at=work.now, failure="pointless")
    if contact is None:
        return replace(entry, failed_at=work.now, failure=NO_ADDRESS)
    if older and not work.tools.edits(contact.platform):  # no news, and nothing can be changed there
        return replace(entry, dropped_at=work.now, failure="pointless")
    replaces = older.delivered_id if older and older.contact == contact.id else ""
    before = None if work.tools.edits(contact.platform) else await shown_before(work, entry)
    follows = before.delivered_id if before and before.contact == contact.id else ""
    unnoticed = not entry.urgent and await _unnoticed(work, person, contact)
    ready = Ready(entry, contact, card, replaces, contact.platform in blind, follows, unnoticed)
    return replace(ready, card=perhaps_again(ctx, card)) if ready.doubtful else ready


async def _recipient(work: Work, entry: OutboxEntry) -> Person | None:
    """Who is written to; nobody who has no access any more, but for what is meant for them."""
    person = await work.uow.one(Person, id=entry.person)
    return person if person and (person.active or entry.card in TO_LEAVERS) else None


async def _unnoticed(work: Work, person: Person, contact: Contact) -> bool:
    """Whether a page is all there is, and nothing says that the person looks at it."""
    if work.tools.connected is None or work.tools.interrupts(contact.platform):
        return False
    return not (await reachability_of(work, [person]))[person.id].reached


async def reachable(
    work: Work,
    person: Person,
    platforms: tuple[str, ...],
    only: str = "",
    tried: int = 0,
    away: frozenset[tuple[str, str]] = frozenset(),
    *,
    rings: bool = False,
) -> Contact | None:
    """The best way to reach a person: the preferred platform, else the chat seen last; the web page comes last.

    What cannot wait (`rings`) goes where somebody is told of it, whatever they prefer, if there is such a place.

    After every `TURN` attempts without success another chat of theirs has its turn, and at once when a workspace is
    known not to answer: one platform may be away for hours.
    The page is no substitute, because nobody is told that something stands there. `only` names the one contact meant.
    """
    contacts = await work.uow.find(Contact, person=person.id, failed_at=None)
    there = [c for c in contacts if c.platform in platforms and only in {"", c.id}]
    if not there:
        return None
    never = datetime.min.replace(tzinfo=work.now.tzinfo)

    def rank(contact: Contact) -> tuple[bool, bool, bool, datetime]:
        noticed = work.tools.interrupts(contact.platform)
        return (rings and noticed, contact.platform == person.notify_on, noticed, contact.seen_at or never)

    best, *others = sorted(there, key=rank, reverse=True)
    turns = [best, *(c for c in others if work.tools.interrupts(c.platform))]
    answering = [c for c in turns if (c.platform, c.tenant) not in away]
    turns = answering or turns
    return turns[tried // TURN % len(turns)]


async def ended(work: Work, outcome: OutboxEntry) -> None:
    """What the end of an attempt changes for the rules; runs in the transaction that writes the end.

    A notice that was merged into this message ends with it.
    """
    if not (outcome.sent_at or outcome.failed_at):
        return
    merged = await work.uow.find(OutboxEntry, id__in=merged_ids(outcome)) if merged_ids(outcome) else []
    for entry in [outcome, *merged]:
        await (_given_up(work, entry) if outcome.failed_at else _delivered(work, entry))
        if outcome.sent_at and rings(entry):
            await overtake(work, entry, outcome)


async def _delivered(work: Work, entry: OutboxEntry) -> None:
    """A reviewer who counted as not reached is reached now, and one who was told days late has the full time."""
    if entry.card != "assigned":
        return
    try:
        assignment = await work.uow.get(Assignment, entry.subject)
        case = await work.uow.get(Case, assignment.case)
    except NotFound:
        return
    if not assignment.pending or not case.open or assignment.published_at is None or assignment.due_at is None:
        return
    reviewer = await work.uow.get(Person, assignment.reviewer)
    if told_late(work, assignment, reviewer, entry):
        await full_time(work, assignment, reviewer)
    elif assignment.not_reached_at:
        await work.uow.save(replace(assignment, not_reached_at=None))
        await changed(work, assignment.id, "not_reached")


async def _given_up(work: Work, entry: OutboxEntry) -> None:
    """A notice will not arrive: nobody is overdue for it, the supervisor sees it, an alert goes to the next person."""
    if entry.card == "assigned":
        try:
            assignment = await work.uow.get(Assignment, entry.subject)
            case = await work.uow.get(Case, assignment.case)
        except NotFound:
            return
        await work.uow.save(replace(assignment, not_reached_at=work.now))
        if entry.failure == NO_ADDRESS and await out_of_reach(work, entry.person):
            return
        person = await work.uow.get(Person, entry.person)
        for supervisor in await supervisors_of(work, await work.uow.get(Group, case.group)):
            if supervisor.id != person.id:
                await work.tell(supervisor.id, "not_reached", assignment.id, name=person.name, code=case.code)
    if entry.card == ALERT:
        await alert_failed(work, entry)


_LATEST = ("-created_at", "-id")


async def _card(ctx: Context, entry: OutboxEntry, older: OutboxEntry | None) -> Card | None:
    """What the message shows; of one that carries several notices what is still true of them.

    None for what comes only with another message and found none in time.
    """
    if ALONG in entry.args and entry.due_at <= ctx.now:
        return None
    left = await merged_card(ctx, older) if older is not None and merged_ids(older) else None
    if left is not None and older is not None:
        return perhaps_again(ctx, left) if AGAIN in older.args else left
    return await (merged_card(ctx, entry) if merged_ids(entry) else card_for(ctx, entry))


async def shown_before(work: Work, entry: OutboxEntry) -> OutboxEntry | None:
    """The message that this notice updates: the one it names, or the latest of its matter, alone or among others."""
    if entry.card in NAMES_ITS_MESSAGE:
        return await work.uow.one(OutboxEntry, id=entry.subject)
    if not entry.slot:
        return None
    for each in await work.uow.find(OutboxEntry, slot=entry.slot, order=_LATEST):
        if each.id == entry.id:
            continue
        if carrier := await carrier_of(work, each):
            return carrier
        if each.delivered_id and entry.contact in {"", each.contact}:
            return each
    return None
