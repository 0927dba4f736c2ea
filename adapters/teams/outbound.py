"""Sending: cards to a person's chat, updates in place, and what each failure means.

Teams knows no idempotency key and shows a bot no history: of a new message whose answer is lost nobody can find
out whether it arrived, while an update may be repeated. An update that is refused says nothing about the person:
the message is posted anew, and what that is answered counts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from adapters.teams.adaptive_cards import attachment
from adapters.teams.messages_and_dialogs import messages
from adapters.teams.pacing import Pacer
from adapters.teams.sdk import Connector, ConnectorRefused, ConnectorUnreachable, NoAnswer, Place
from adapters.teams.spans import Json
from bot.ui.model import Card
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Message
from bot.ui.strings import Words

_BACK_OFF = 5.0
"""Seconds to wait when Teams names none."""
Posting = Callable[[], Awaitable[None]]
_SET_UP_PAUSE = 600.0
"""Seconds until another try when permissions or the registration are wrong: an administrator may mend them."""
BLOCKED = frozenset({"BotDisabledByAdmin", "ConversationBlockedByUser", "MessageWritesBlocked"})
"""What says of a new message that the person or an administrator keeps ours out."""
LEFT = frozenset({"BotNotInConversationRoster", "ConversationNotFound", "ForbiddenOperationException"})
"""What says that the app was removed or the chat is gone."""
SHUT = BLOCKED | LEFT
"""Microsoft, "Status codes from bot conversational APIs" and "Send proactive messages"; any other 403 is taken for a
fault of the set-up."""
_NOT_TAKEN = {400, 413, 415, 422}
"""The message itself is refused: no other try, and no other address, changes that."""
_TRANSIENT = {401, 408, 412, 429, 503}
_UNCERTAIN = {500, 502, 504}
"""Answers of a gateway: what stands behind it may have done it."""


class Outbound:
    """Messages to people, paced, with failures the core understands."""

    def __init__(
        self,
        connector: Connector,
        pacer: Pacer,
        host_allowed: Callable[[str], bool],
        *,
        activity_feed: bool = False,
    ) -> None:
        """With `activity_feed` what cannot wait rings in the person's activity feed, too."""
        self._activity_feed = activity_feed
        self._connector = connector
        self._pacer = pacer
        self._host_allowed = host_allowed
        self._parts: dict[str, list[str]] = {}
        self._services: dict[str, str] = {}
        """By tenant the connector's address that was written to last."""

    async def deliver(self, reference: Mapping[str, str], message: Message, words: Words) -> str:
        """Post or update a card; the ids of the messages it became, joined by commas.

        Raises DeliveryFailed or DeliveryUnknown.
        """
        at = await self.chat(reference)
        cards = messages(message.card, words)
        activities = [card_activity(card, message.card if i == 0 else None) for i, card in enumerate(cards)]
        if message.urgent and self._activity_feed:
            activities[0] |= {"channelData": {"notification": {"alert": True}}, "importance": "urgent"}
        known = message.replaces.split(",") if message.replaces else self._parts.pop(message.outbox_id, [])
        ids: list[str] = []
        for i, activity in enumerate(activities):
            try:
                earlier = known[i] if i < len(known) else ""
                ids.append(await self._put(at, reference["tenant"], activity, earlier, message))
            except (DeliveryFailed, DeliveryUnknown):
                # The parts that did arrive are updated, not repeated, when the core tries again.
                if ids and not message.replaces:
                    self._parts[message.outbox_id] = ids
                raise
        for surplus in known[len(activities) :]:
            await self._remove(at, surplus)
        return ",".join(ids)

    async def chat(self, reference: Mapping[str, str]) -> Place:
        """The person's personal chat, opened when it is not known yet. Raises DeliveryFailed or DeliveryUnknown."""
        service, bot = reference.get("service", ""), reference.get("bot", "")
        if not self._host_allowed(service):
            raise DeliveryFailed("the kept service address is not one of Microsoft's", permanent=True)
        conversation = reference.get("conversation", "")
        if not conversation:
            user, tenant = reference.get("user", ""), reference.get("tenant", "")
            await self._pacer.turn(tenant, user)
            # Opening a chat that exists answers with the same chat, so a repetition does no harm.
            conversation = await self._said(user, lambda: self._connector.create_chat(service, bot, user, tenant), True)
        return Place(service, conversation, bot)

    async def probe(self, tenant: str) -> None:
        """Whether the connector that was written to last for this tenant answers. Raises DeliveryFailed."""
        service = self._services.get(tenant, "")
        if service:
            await self._said(tenant, lambda: self._connector.ask(service), True)

    async def say(self, at: Place, tenant: str, activity: Json, posting: Posting | None = None) -> str:
        """Post one activity; its id. Raises DeliveryFailed or DeliveryUnknown."""
        self._services[tenant] = at.service
        await self._pacer.turn(tenant, at.conversation)
        if posting:
            await posting()
        return str(await self._said(at.conversation, lambda: self._connector.send(at, activity), False))

    async def replace(self, at: Place, tenant: str, activity_id: str, card: Card, words: Words) -> None:
        """Redraw a message that the bot posted, in place. Raises DeliveryFailed or DeliveryUnknown."""
        await self._put(at, tenant, card_activity(messages(card, words)[0], card), activity_id, Message("", card))

    async def _put(self, at: Place, tenant: str, activity: Json, known: str, message: Message) -> str:
        """Update the known message, or post a new one when there is none or it cannot be updated any more."""
        if known:
            await self._pacer.turn(tenant, at.conversation)
            try:
                await self._said(at.conversation, lambda: self._connector.update(at, known, activity), True)
            except _Refused:
                if not message.only_edit:
                    return await self.say(at, tenant, activity, message.posting)
            return known
        return await self.say(at, tenant, activity, message.posting)

    async def _remove(self, at: Place, activity_id: str) -> None:
        """A part that a shorter card no longer needs; one that is gone already, or stays, harms nobody."""
        try:
            await self._said(at.conversation, lambda: self._connector.delete(at, activity_id), True)
        except (DeliveryFailed, DeliveryUnknown):
            return

    async def _said(self, conversation: str, call: Callable[[], Awaitable[Any]], harmless: bool) -> Any:
        """The call's result; its failure in the core's terms. `harmless`: doing it twice is doing it once."""
        try:
            return await call()
        except ConnectorUnreachable as wrong:
            raise DeliveryFailed(str(wrong), retry_after=_BACK_OFF, away=True) from None
        except NoAnswer as wrong:
            raise _uncertain(str(wrong), harmless) from None
        except ConnectorRefused as refused:
            if refused.status == 429:
                self._pacer.pause(conversation, refused.retry_after or _BACK_OFF)
            raise _failure(refused, harmless) from None


class _Refused(DeliveryFailed):
    """The connector will not do it, now or later: the message vanished, or may not be written."""


def _uncertain(reason: str, harmless: bool) -> DeliveryFailed | DeliveryUnknown:
    return DeliveryFailed(reason, retry_after=_BACK_OFF, away=True) if harmless else DeliveryUnknown(reason)


def _failure(refused: ConnectorRefused, harmless: bool) -> DeliveryFailed | DeliveryUnknown:
    """Microsoft's advice: retry 412, 429, 502, 503 and 504."""
    reason = str(refused)
    if refused.status in _UNCERTAIN:
        return _uncertain(reason, harmless)
    if refused.status in _TRANSIENT:
        pause = refused.retry_after or _BACK_OFF
        return DeliveryFailed(reason, retry_after=pause, away=refused.status == 503)
    if refused.code in SHUT:
        return _Refused(reason, permanent=True, blocked=refused.code in BLOCKED)
    if refused.status in _NOT_TAKEN:
        return _Refused(reason, ours=True)
    return _Refused(reason, retry_after=refused.retry_after or _SET_UP_PAUSE)


def card_activity(card: Json, of: Card | None) -> Json:
    """A message activity with one card; `summary` is what notifications and lock screens show."""
    activity: Json = {"type": "message", "attachments": [attachment(card)]}
    return {**activity, "summary": of.summary or of.title} if of else activity
