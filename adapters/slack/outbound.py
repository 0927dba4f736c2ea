"""Cards that the outbox sends: post or update, paced; reports the outcome of each send.

A delivered id is `channel:ts`, or `channel:ts,ts` where a long card became several messages.
Slack has no key against doubles: whether a message arrived can be read in the history only where the app may
(`im:history`). Only a post can leave that open; opening a chat, looking and updating may be repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from adapters.slack.api import NoAnswer, RateLimited, SlackApi, SlackError, Unreachable
from adapters.slack.channels import Channels
from adapters.slack.pacing import Pacer
from adapters.slack.pictures import Gallery
from adapters.slack.render import messages
from bot.ui.model import Card
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message

SHUT = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "shared_channel",
        "user_disabled",
        "user_not_found",
        "users_not_found",
    }
)
"""What says of a new message that its address is shut: the account is closed, the channel gone (Slack's reference of
chat.postMessage and conversations.open; `shared_channel` is our own refusal). What Slack says of the token, the app or
the workspace (`account_inactive` is the *bot's* account, `token_revoked`, `messages_tab_disabled`,
`restricted_action`) says nothing about a person: an administrator may mend it."""
OURS = frozenset({"invalid_arguments", "invalid_blocks", "msg_blocks_too_long", "msg_too_long", "no_text"})
"""The message is not one Slack takes: a mistake of the program that says nothing about the address."""
T = TypeVar("T")
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_NOT_EDITED = _GONE | SHUT | {"is_inactive"}
"""Refusals of an edit that leave open what a new message would be answered: only that says that an address is shut."""
_SET_UP_PAUSE = 600.0
"""Seconds until another try when the set-up is wrong (scopes, token): an administrator may mend it."""


class Outbound:
    """Delivers cards to people's direct messages and to announcement channels."""

    def __init__(self, api: SlackApi, channels: Channels, gallery: Gallery, pacer: Pacer, *, look_back: bool) -> None:
        self._api = api
        self._channels = channels
        self._gallery = gallery
        self._pacer = pacer
        self._look_back = look_back

    async def send(self, to: Address, message: Message) -> str:
        """Deliver or update one card; its delivered id. Raises DeliveryFailed or DeliveryUnknown."""
        tenant = to.actor.tenant
        channel, posted = _read_id(message.replaces)
        channel = channel or await _harmless(lambda: self._channel(to))
        if message.retried and not posted and self._look_back:
            found = await _harmless(lambda: self._find(tenant, channel, message.outbox_id))
            if found:
                return f"{channel}:{','.join(found)}"
        return await self._put(tenant, channel, posted, message)

    async def put(self, tenant: str, channel: str, posted: list[str], card: Card) -> str:
        """Make the messages of `posted` show this card, posting more or removing some as its length asks."""
        return await self._put(tenant, channel, posted, Message("", card))

    async def probe(self, tenant: str) -> None:
        """Ask who we are, and change a message that is nowhere: messages may take another way than questions."""
        nowhere = {"channel": "C0", "ts": "0.0", "text": "-"}
        for method, arguments in (("auth.test", {}), ("chat.update", nowhere)):
            try:
                await self._api.call(tenant, method, repeat=False, **arguments)
            except (NoAnswer, Unreachable) as silent:
                raise _away(silent) from None
            except SlackError:
                continue

    async def _put(self, tenant: str, channel: str, posted: list[str], message: Message) -> str:
        drawn = messages(message.card, await self._gallery.upload(tenant, message.card))
        stamps: list[str] = []
        for i, body in enumerate(drawn):
            if i < len(posted):
                stamps.append(await self._update(tenant, channel, posted[i], body, message))
            else:
                stamps.append(await self._post(tenant, channel, body, message, rest=bool(stamps)))
        for ts in posted[len(drawn) :]:
            await self._remove(tenant, channel, ts)
        return f"{channel}:{','.join(stamps)}"

    async def _channel(self, to: Address) -> str:
        given = to.reference.get("channel", "")
        if given.startswith(("C", "G")):
            await self._channels.refuse_shared(to.actor.tenant, given)
        return given or await self._channels.direct(to.actor)

    async def _post(self, tenant: str, channel: str, body: dict[str, Any], message: Message, *, rest: bool) -> str:
        pause = await self._pacer.turn(f"{tenant}/{channel}")
        if pause and not rest:
            raise DeliveryFailed("the channel's queue is full", retry_after=pause)
        payload = {"id": message.outbox_id}
        metadata = {"event_type": "intervision", "event_payload": payload} if message.outbox_id else None
        await message.posting()
        try:
            answer = await self._api.call(
                tenant,
                "chat.postMessage",
                channel=channel,
                unfurl_links=False,
                unfurl_media=False,
                metadata=metadata,
                **body,
            )
        except SlackError as refused:
            # Of a long card earlier parts are out already.
            failure = DeliveryUnknown(refused.code) if rest else _verdict(refused)
        else:
            return str(answer["ts"])
        raise failure

    async def _update(self, tenant: str, channel: str, ts: str, body: dict[str, Any], message: Message) -> str:
        try:
            await self._api.call(tenant, "chat.update", repeat=True, channel=channel, ts=ts, **body)
        except SlackError as refused:
            if refused.code not in _NOT_EDITED:
                raise _failed(refused) from None
            if not message.only_edit:
                return await self._post(tenant, channel, body, message, rest=False)
        return ts

    async def _remove(self, tenant: str, channel: str, ts: str) -> None:
        try:
            await self._api.call(tenant, "chat.delete", repeat=True, channel=channel, ts=ts)
        except SlackError as refused:
            if refused.code not in _NOT_EDITED:
                raise _failed(refused) from None

    async def _find(self, tenant: str, channel: str, outbox_id: str) -> list[str]:
        """Stamps of messages that carry this outbox id (only with the scope `im:history`)."""
        answer = await self._api.call(
            tenant, "conversations.history", repeat=True, channel=channel, limit=30, include_all_metadata=True
        )
        found = [m for m in answer.get("messages", ()) if _carries(m, outbox_id)]
        return sorted(str(m["ts"]) for m in found)


def _carries(message: dict[str, Any], outbox_id: str) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return bool(payload.get("id") == outbox_id)


def _read_id(delivered: str) -> tuple[str, list[str]]:
    channel, _, stamps = delivered.partition(":")
    return channel, [ts for ts in stamps.split(",") if ts]


async def _harmless(call: Callable[[], Awaitable[T]]) -> T:
    """Await a call that may be repeated: whatever becomes of it, nothing was posted by it."""
    try:
        return await call()
    except SlackError as refused:
        failure = _failed(refused)
    raise failure


def _verdict(refused: SlackError) -> DeliveryFailed | DeliveryUnknown:
    """What became of a post."""
    return DeliveryUnknown(refused.code) if isinstance(refused, NoAnswer) else _failed(refused)


def _away(silent: SlackError) -> DeliveryFailed:
    return DeliveryFailed(silent.code, away=True)


def _failed(refused: SlackError) -> DeliveryFailed:
    """What a refusal means, or no answer to a call that posts nothing."""
    if isinstance(refused, (NoAnswer, Unreachable)):
        return _away(refused)
    if isinstance(refused, RateLimited):
        return DeliveryFailed(refused.code, retry_after=refused.retry_after)
    if refused.code in SHUT:
        return DeliveryFailed(refused.code, permanent=True)
    if refused.code in OURS:
        return DeliveryFailed(refused.code, ours=True)
    return DeliveryFailed(refused.code, retry_after=_SET_UP_PAUSE)
