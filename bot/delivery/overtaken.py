"""Older messages of a matter about which there is a newer one: one line that points on, and no buttons.

A matter is an outbox slot: one case of its presenter, one assignment of its reviewer, one round. What rings is always
a new message; once it is out, every earlier one of its matter is edited, wherever it was sent. Of a message that
carries several notices (`merging.py`) only the overtaken part goes.
"""

from __future__ import annotations

from bot.app.context import Context, Work
from bot.app.facts.under_way import carrier_of, merged_ids
from bot.app.steps.shown_anew import post_edit
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card, Text, line, muted

OVERTAKEN = "overtaken"
NAMES_ITS_MESSAGE = frozenset({OVERTAKEN, "shown_anew"})
"""Edits whose subject is the message that they change."""


async def overtake(work: Work, newer: OutboxEntry, carrier: OutboxEntry) -> None:
    """Have the earlier messages of a matter edited, now that a newer one is out, alone or carried by another."""
    if not newer.slot:
        return
    found = await work.uow.find(
        OutboxEntry, slot=newer.slot, id__not=newer.id, created_at__le=newer.created_at, order=("created_at", "id")
    )
    # What cannot wait goes to every chat of a person at once: these do not overtake one another.
    earlier = [each for each in found if (each.card, each.created_at) != (newer.card, newer.created_at)]
    carriers = [await carrier_of(work, each) for each in earlier]
    shown = [e for e in [*earlier, *carriers] if e is not None and e.delivered_id and e.id != carrier.id]
    messages = {(each.contact, each.delivered_id): each for each in reversed(shown)}
    for each in messages.values():
        # What pointed to an older message points to the newest; of several notices a part is overtaken once.
        dedupe = f"{OVERTAKEN}:{each.id}:{newer.slot if merged_ids(each) else newer.id}"
        await post_edit(work, each, OVERTAKEN, newer.id, dedupe)


def matter_of(entry: OutboxEntry) -> str:
    """The id of what a message is about: of a case, an assignment, a round."""
    return entry.slot.split(":")[1] if entry.slot.count(":") > 1 else ""


def pointer(ctx: Context, title: str, matter: str = "", *, now: str = "") -> Card:
    """The one line, with the way to where the matter stands today; without a title there is nothing to point to.

    `now` is a sentence that says what holds instead.
    """
    done = ctx.words("notice.overtaken.now", now=now) if now else ctx.words("notice.overtaken.done")
    text = ctx.words("notice.overtaken.text", title=title) if title else done
    show = (Action("matter.show", ctx.words("matter.show"), matter, opens=True),) if title or matter else ()
    return Card("notice.overtaken", "", (Text(line(muted(text))),), show, text)


async def is_overtaken(ctx: Context, entry: OutboxEntry) -> bool:
    """Whether a newer message of the same matter that rings reached the person; an edit is no other message."""
    if not entry.slot:
        return False
    own = _message(await carrier_of(ctx, entry) or entry)
    for each in await ctx.uow.find(OutboxEntry, slot=entry.slot, created_at__gt=entry.created_at):
        shown = each if each.delivered_id else await carrier_of(ctx, each)
        if shown is not None and _message(shown) != own:
            return True
    return False


def _message(entry: OutboxEntry) -> tuple[str, str]:
    return entry.contact, entry.delivered_id
