"""Conversations: a person's direct messages, and channels that another organisation can read."""

from __future__ import annotations

from adapters.slack.api import SlackApi, SlackError
from bot.ui.inbound import Actor
from bot.ui.platform import Drawer


class Channels:
    """Opens direct messages once, and knows which channels are shared with strangers."""

    def __init__(self, api: SlackApi, drawer: Drawer, *, may_look: bool) -> None:
        self._api = api
        self._drawer = drawer
        self._may_look = may_look
        self._shared: dict[tuple[str, str], bool] = {}

    async def direct(self, actor: Actor) -> str:
        """The id of the person's direct messages with us (`D…`). Raises SlackError."""
        key = f"direct/{actor.tenant}/{actor.user}"
        known = await self._drawer.get(key)
        if known is not None:
            return known.decode()
        answer = await self._api.call(actor.tenant, "conversations.open", repeat=True, users=actor.user)
        channel = str(answer["channel"]["id"])
        await self._drawer.put(key, channel.encode())
        return channel

    async def known(self, actor: Actor) -> bool:
        """Whether this person ever reached us here."""
        return await self._drawer.get(f"direct/{actor.tenant}/{actor.user}") is not None

    async def forget(self, actor: Actor) -> None:
        """The person left; an empty user means everybody of the workspace."""
        if actor.user:
            await self._drawer.delete(f"direct/{actor.tenant}/{actor.user}")
            return
        for prefix in ("direct", "picture"):
            for key in await self._drawer.keys(f"{prefix}/{actor.tenant}/"):
                await self._drawer.delete(key)

    async def is_shared(self, tenant: str, channel: str) -> bool:
        """Whether another organisation reads this channel; asked of Slack only with the scopes for it."""
        if not self._may_look or not channel.startswith(("C", "G")):
            return False
        if (tenant, channel) not in self._shared:
            answer = await self._api.call(tenant, "conversations.info", repeat=True, channel=channel)
            about = answer["channel"]
            self._shared[(tenant, channel)] = bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))
        return self._shared[(tenant, channel)]

    def changed(self, tenant: str, channel: str) -> None:
        """Look again at the next use (a channel was shared, unshared or archived)."""
        self._shared.pop((tenant, channel), None)

    async def refuse_shared(self, tenant: str, channel: str) -> None:
        """Raises SlackError `shared_channel` for a channel that another organisation reads."""
        if await self.is_shared(tenant, channel):
            raise SlackError("conversations.info", "shared_channel")
