"""Finding people by their e-mail address in every workspace that installed the app (`users.lookupByEmail`).

Slack's reference allows some fifty look-ups a minute; `users_not_found` is an answer, everything else is silence.
"""

from __future__ import annotations

import asyncio
from collections import deque

import structlog

from adapters.slack.api import SlackApi, SlackError
from adapters.slack.installations import Installations
from adapters.slack.people import People
from bot.ui.inbound import Actor
from bot.ui.platform import Introduction

LOG = structlog.get_logger(__name__)
MOST_A_MINUTE = 40
NOBODY = frozenset({"users_not_found", "user_not_found"})


class EmailDirectory:
    """Looks people up and has them announced."""

    def __init__(self, api: SlackApi, installations: Installations, people: People, *, allowed: bool) -> None:
        self._api = api
        self._installations = installations
        self._people = people
        self._allowed = allowed
        self._asked: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self._own_tenant = ""

    async def introduce(self, email: str) -> Introduction:
        """Announce whoever has this address in one of the workspaces."""
        if not self._allowed:
            return Introduction.UNKNOWN
        answer = Introduction.UNKNOWN
        try:
            for tenant in await self._tenants():
                found = await self._in(tenant, email)
                if found is Introduction.FOUND:
                    return found
                answer = Introduction.SILENT if found is Introduction.SILENT else answer
        except SlackError as refused:
            LOG.warning("slack.directory_silent", code=refused.code)
            return Introduction.SILENT
        return answer

    async def _in(self, tenant: str, email: str) -> Introduction:
        await self._pace()
        try:
            user = (await self._api.call(tenant, "users.lookupByEmail", repeat=True, email=email))["user"]
        except SlackError as refused:
            if refused.code in NOBODY:
                return Introduction.UNKNOWN
            LOG.warning("slack.directory_silent", code=refused.code)
            return Introduction.SILENT
        return await self._people.introduce(Actor("slack", tenant, str(user["id"])))

    async def _tenants(self) -> list[str]:
        """The keys of the installations; with one configured token Slack is asked once which workspace it is of."""
        if not self._installations.single:
            return list(await self._installations.tenants())
        if not self._own_tenant:
            about = await self._api.call("", "auth.test", repeat=True)
            org_wide = about.get("is_enterprise_install")
            self._own_tenant = str((about.get("enterprise_id") if org_wide else "") or about["team_id"])
        return [self._own_tenant]

    async def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._asked) == MOST_A_MINUTE and now - self._asked[0] < 60:
            await asyncio.sleep(60 - (now - self._asked[0]))
        self._asked.append(asyncio.get_running_loop().time())
