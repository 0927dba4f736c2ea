"""Sign-in links asked for outside a person's hours for messages: whoever knows an address could make a telephone ring.

By day a few links in a row ring as they come. At night the first one does; the next ones only change the message that
is there, so that nobody is kept out, until a pause is over that doubles with each ring nobody signed in after.
"""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.message_hours import next_window
from bot.domain.person import Person
from bot.ports.records import OutboxEntry, Session

CARD = "sign_in"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=1)
_NIGHT = timedelta(hours=16)


async def message_that_stays(work: Work, person: Person) -> str | None:
    """The matter of the message that a further link changes without ringing; None where it may ring."""
    if await next_window(work, person, work.now) <= work.now:
        return None
    signed_in = await work.uow.find(Session, person=person.id, order=("-created_at",), limit=1)
    since = max([work.now - _NIGHT, *(session.created_at for session in signed_in)])
    rung = await work.uow.find(
        OutboxEntry, person=person.id, card=CARD, created_at__ge=since, order=("-created_at",), limit=10
    )
    if not rung or work.now >= rung[0].created_at + min(FIRST_PAUSE * 2 ** (len(rung) - 1), LONGEST_PAUSE):
        return None
    return rung[0].slot.removesuffix(f":{person.id}")
