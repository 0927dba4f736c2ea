"""Members of a channel or user group, and accounts that were picked, by name and e-mail address.

Read at the moment an administrator asks for them, and not kept. A channel is read only for who can see it, and never
one that another organisation shares.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from adapters.slack.api import SlackApi, SlackError
from adapters.slack.config import SlackSettings
from adapters.slack.people import read
from bot.ui.inbound import Actor
from bot.ui.rosters import MOST, Account, Listed, RosterFailed, Selection, Sources, Why

AT_ONCE = 8
"""Questions for single accounts under way; `users.info` takes some hundred a minute."""
PAGE = 200
REFUSED = frozenset({"missing_scope", "no_permission", "not_allowed_token_type", "team_access_not_granted"})
NOT_THERE = frozenset(
    {"channel_not_found", "method_not_supported_for_channel_type", "no_such_subteam", "not_in_channel"}
)
NOBODY = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
SLACKS_OWN = "USLACKBOT"


class SlackRosters:
    """Answers an administrator's question who is in a channel."""

    def __init__(self, api: SlackApi, settings: SlackSettings) -> None:
        self._api = api
        self._settings = settings

    async def sources(self, asker: Actor) -> Sources:
        """Pickers, and the user groups by name; without the scopes only the picker of accounts."""
        if not self._settings.read_email:
            return Sources()
        if not self._settings.add_members:
            return Sources(accounts=True, closed=True)
        try:
            answer = await self._api.call(asker.tenant, "usergroups.list", repeat=True)
        except SlackError as refused:
            # A plan without user groups (`plan_upgrade_required`) refuses, too: channels are there all the same.
            closed = refused.code == "missing_scope"
            return Sources(accounts=True, channels=not closed, closed=closed)
        found = [g for g in answer.get("usergroups") or () if not g.get("date_delete")]
        lists = tuple(Listed(str(g["id"]), str(g.get("name") or g.get("handle") or g["id"])) for g in found)
        return Sources(accounts=True, channels=True, lists=lists)

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        """Everybody chosen, once each, without bots and closed accounts. Raises RosterFailed."""
        try:
            users = list(wanted.accounts)
            if wanted.channel:
                users += await self._in_channel(asker, wanted.channel)
            if wanted.listed:
                answer = await self._api.call(
                    asker.tenant, "usergroups.users.list", repeat=True, usergroup=wanted.listed
                )
                users += [str(user) for user in answer.get("users") or ()]
            users = [user for user in dict.fromkeys(users) if user != SLACKS_OWN]
            if len(users) > MOST:
                raise RosterFailed("too_many")
            gate = asyncio.Semaphore(AT_ONCE)
            found = await asyncio.gather(*(self._account(asker, user, gate) for user in users))
        except SlackError as refused:
            raise RosterFailed(_why(refused)) from None
        return [account for account in found if account]

    async def _in_channel(self, asker: Actor, channel: str) -> list[str]:
        answer = await self._api.call(asker.tenant, "conversations.info", repeat=True, channel=channel)
        about = answer["channel"]
        if about.get("is_ext_shared") or about.get("is_pending_ext_shared"):
            raise RosterFailed("shared")
        if about.get("is_im") or about.get("is_mpim"):
            raise RosterFailed("not_there")
        members = [user async for user in self._members(asker.tenant, channel)]
        if about.get("is_private") and asker.user not in members:
            raise RosterFailed("not_there")
        return members

    async def _members(self, tenant: str, channel: str) -> AsyncIterator[str]:
        cursor, read_so_far = "", 0
        while True:
            answer = await self._api.call(
                tenant, "conversations.members", repeat=True, channel=channel, limit=PAGE, cursor=cursor or None
            )
            for user in answer.get("members") or ():
                yield str(user)
            read_so_far += len(answer.get("members") or ())
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            if read_so_far > MOST:
                raise RosterFailed("too_many")

    async def _account(self, asker: Actor, user: str, gate: asyncio.Semaphore) -> Account | None:
        async with gate:
            try:
                answer = await self._api.call(asker.tenant, "users.info", repeat=True, user=user, include_locale="true")
            except SlackError as refused:
                if refused.code in NOBODY:
                    return None
                raise
        about: dict[str, Any] = answer["user"]
        person = read(about)
        if person.gone or about.get("is_bot"):
            return None
        guest = person.profile.guest and not self._settings.allow_guests
        return Account(user, person.profile.name, person.profile.email, outside=person.stranger or guest)


def _why(refused: SlackError) -> Why:
    if refused.code in REFUSED:
        return "not_allowed"
    return "not_there" if refused.code in NOT_THERE else "silent"
