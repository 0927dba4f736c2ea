"""Several notices for one person at the same time are one message: what waited in an outage, what one step tells.

The merge is written before anything is sent: the first entry carries the ids of the others, the others end as
"merged". So a crash in between finds one message to look for, not several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.app.context import Context
from bot.app.facts.under_way import merged_ids
from bot.delivery.company import ALONE
from bot.delivery.notices import card_for
from bot.delivery.overtaken import is_overtaken
from bot.ports.records import OutboxEntry
from bot.ui.model import Action, Card, CardBlock, Heading, Notice, Row, Text, Tone, line, plain, strong

if TYPE_CHECKING:
    from bot.delivery.decide import Ready

LATE = timedelta(hours=1)
"""Beyond the moment it was wanted; working hours move that moment, so a quiet night is no delay."""
LISTS = frozenset({"notice.reminder"})
"""Cards that are nothing but a list: without a row of their own they say nothing."""
MOST = 20
"""Notices in one message; what is beyond waits on the start page anyway."""


def together(readies: Sequence[Ready], now: datetime) -> list[Ready]:
    """Of one person's messages that are due at the same time those that become one: ordinary and new (no update).

    What may not have arrived, and nobody can find out, comes along with the next message. It comes last, so that the
    message that carries it is not itself taken for a repeated one.
    """
    fresh = [r for r in readies if r.rings and not (r.entry.urgent or r.entry.card in ALONE)]
    # An invitation among them goes first: the whole message is then repeated as soon as an invitation is.
    sure = sorted((r for r in fresh if not r.entry.uncertain_at), key=lambda r: not r.repeatable)[:MOST]
    doubtful = [r for r in fresh if (at := r.carried_at()) and (sure or at <= now)]
    several = [*sure, *doubtful][:MOST]
    return several if len(several) > 1 else []


def _late(entry: OutboxEntry, now: datetime) -> bool:
    return now - entry.wanted > LATE


def merged(entries: Sequence[OutboxEntry], now: datetime) -> tuple[OutboxEntry, list[OutboxEntry]]:
    """The first entry with the others in it, and the others ended."""
    first, *others = entries
    ids = [id for entry in others for id in (entry.id, *merged_ids(entry))]
    together = " ".join([*merged_ids(first), *ids])
    return (
        replace(first, args={**first.args, "merged": together}),
        [
            replace(entry, dropped_at=now, failure="merged", args={**entry.args, "carrier": first.id})
            for entry in others
        ],
    )


def perhaps_again(ctx: Context, card: Card) -> Card:
    """The card with a line that says that it may have come before."""
    notice = Notice(Tone.INFO, line(ctx.words("notice.perhaps_again")))
    return replace(card, body=(notice, *card.body))


async def merged_card(ctx: Context, entry: OutboxEntry) -> Card | None:
    """One card of all that still has a point; just that one when only one is left."""
    others = await ctx.uow.find(OutboxEntry, id__in=merged_ids(entry), order=("due_at", "created_at"))
    # What an unanswered message carried may have arrived with it.
    unanswered = [each for each in others if each.uncertain_at]
    doubtful = {id for each in unanswered for id in (each.id, *merged_ids(each))}
    cards: list[Card | None] = []
    drawn: set[str] = set()
    for each in reversed([entry, *others]):
        card = None
        # The last of a matter holds: what came before it is not drawn.
        if each.slot not in drawn and not (entry.sent_at and await is_overtaken(ctx, each)):
            card = await card_for(ctx, each)
        if card and each.slot:
            drawn.add(each.slot)
        cards.insert(0, perhaps_again(ctx, card) if card and each.id in doubtful else card)
    kept = _each_once(ctx, [entry, *others], cards)
    if len(kept) < 2:
        return kept[0] if kept else None
    sent = entry.sent_at or ctx.now  # an edit of a later day makes no message late
    late = any(_late(each, sent) for each in [entry, *others])
    if late:
        title = ctx.words("notice.merged.title")
        text = ctx.words.count("notice.merged.text", len(kept))
    else:
        title = ctx.words("notice.together.title")
        text = ctx.words("notice.together.text", what=" · ".join(card.title for card in kept))
    blocks: list[CardBlock] = [Text(line(text))] if late else []  # the rows say what else the text lists
    for card in kept:
        # Its text stands in its row; whatever else it says (a thank-you) comes along.
        rest = [each for each in card.body if not (isinstance(each, Text) and plain(each.line) == card.summary)]
        blocks.append(Row(line(strong(card.title)), line(card.summary), card.actions))
        blocks += [block for block in rest if not isinstance(block, Heading)]
    return Card("notice.merged", title, tuple(blocks), (), text)


def _each_once(ctx: Context, entries: Sequence[OutboxEntry], cards: Sequence[Card | None]) -> list[Card]:
    """The cards without what another of them says: the last of a matter holds, and each review is listed once."""
    last = {each.slot: card for each, card in zip(entries, cards, strict=True) if card is not None and each.slot}
    some = [
        card
        for each, card in zip(entries, cards, strict=True)
        if card is not None and (not each.slot or last[each.slot] is card)
    ]
    once = list({card.summary: card for card in some}.values())
    seen = {_names(action) for card in once for action in card.actions}
    kept = []
    for card in once:
        body = tuple(b for b in card.body if not (isinstance(b, Row) and seen & {_names(a) for a in b.actions}))
        rows = [block for block in card.body if isinstance(block, Row)]
        seen |= {_names(action) for row in rows for action in row.actions if action.subject}
        left = sum(isinstance(block, Row) for block in body)
        text = card.summary
        if card.key in LISTS and left < len(rows):
            text = ctx.words.count("notice.reminder.text", left)
            body = (Text(line(text)), *(block for block in body if isinstance(block, Row)))
        if card.key not in LISTS or left:
            kept.append(replace(card, body=body, summary=text))
    return kept


def _names(action: Action) -> tuple[str, str]:
    return action.key, action.subject
