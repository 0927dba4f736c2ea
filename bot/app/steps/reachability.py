"""Addresses that shut and open again: any sign of life opens one, and what waited for the person goes out.

A platform's word that somebody cannot be written to holds until they are seen: they type, press, install the app, or
stand in a roster. What could not be delivered meanwhile becomes one message (`bot.delivery.digest`), of what still has
a point.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app.context import Work
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry

NO_ADDRESS = "no_contact"
"""What a message ends with that has nowhere to go."""
WAITS = timedelta(days=30)
"""How long a message waits for its person's return."""
MOST = 50


async def seen(work: Work, contact: Contact) -> Contact:
    """The person is there: their address counts as open, and what waited is due now.

    A disconnected account stays a stranger's. The contact as kept.
    """
    opened = await work.uow.save(replace(contact, seen_at=work.now, failed_at=None, failure=""))
    if contact.failed_at:
        await send_waiting(work, contact.person)
    return opened


async def send_waiting(work: Work, person: str) -> None:
    """Whatever found no address of this person is due again, wherever they are reached now."""
    waiting = await work.uow.find(
        OutboxEntry,
        person=person,
        failure=NO_ADDRESS,
        failed_at__ge=work.now - WAITS,
        order=("-failed_at",),
        limit=MOST,
    )
    for entry in waiting:
        anew = replace(entry, due_at=work.now, attempts=0, failed_at=None, failure="", uncertain_at=None)
        # An alert goes to the channel it was meant for.
        await work.uow.save(anew if entry.urgent else replace(anew, contact=""))
