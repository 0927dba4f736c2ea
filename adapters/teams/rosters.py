"""Teams and groups that have the app, and who is in them, found by e-mail address.

Where the app stands in a team, its members can be written to without having installed it themselves (Microsoft, "Send
proactive messages"). The place of each team is kept, so that somebody imported later is found without anybody's doing.
"""

from __future__ import annotations

import json

import structlog

from adapters.teams.activity import tenant_of, text_at
from adapters.teams.sdk import Connector, ConnectorRefused, ConnectorUnreachable, NoAnswer, Place
from adapters.teams.spans import Json
from bot.ui.platform import Introduction, Services

log = structlog.get_logger(__name__)
PREFIX = "team/"
FRESH = 300.0
"""Seconds for which a roster that was read counts: a staff file asks for all of its people in a row."""


def team_of(activity: Json) -> str:
    """The team or group in which something happened."""
    return text_at(activity, "channelData", "team", "id") or text_at(activity, "conversation", "id").split(";")[0]


class TeamRosters:
    """Places of teams in the drawer, and their members for a few minutes."""

    def __init__(self, services: Services, connector: Connector) -> None:
        self._services = services
        self._connector = connector
        self._read: dict[str, tuple[float, list[Json]]] = {}

    async def keep(self, activity: Json) -> None:
        """The app was added to a team."""
        team, tenant = team_of(activity), tenant_of(activity)
        if not team or not tenant:
            return
        kept = {
            "team": team,
            "tenant": tenant,
            "service": text_at(activity, "serviceUrl"),
            "bot": text_at(activity, "recipient", "id"),
        }
        await self._services.drawer.put(f"{PREFIX}{team}", json.dumps(kept).encode())
        self._read.pop(team, None)

    async def forget(self, activity: Json) -> None:
        """The app was removed from a team."""
        await self._services.drawer.delete(f"{PREFIX}{team_of(activity)}")
        self._read.pop(team_of(activity), None)

    async def member(self, email: str) -> tuple[Json, Json] | Introduction:
        """The member with this address, and where they were found as an activity of that team; else what is known."""
        silent = False
        for key in await self._services.drawer.keys(PREFIX):
            team = key.removeprefix(PREFIX)
            members = await self.members(team)
            silent = silent or members is None
            for member in members or ():
                if text_at(member, "email").casefold() == email.casefold():
                    return member, await self._activity(team)
        return Introduction.SILENT if silent else Introduction.UNKNOWN

    async def members(self, team: str) -> list[Json] | None:
        """Everybody in a team; None when Teams does not answer."""
        now = self._services.now().timestamp()
        at, known = self._read.get(team, (0.0, []))
        if 0 <= now - at < FRESH:
            return known
        kept = await self._kept(team)
        if not kept:
            return []
        place, found, more = Place(kept["service"], team, kept["bot"]), list[Json](), ""
        try:
            while True:
                page, more = await self._connector.members(place, more)
                found += page
                if not more:
                    break
        except ConnectorRefused as refused:
            log.warning("teams.roster_failed", reason=str(refused))
            # A roster that the tenant closes, or a team that is gone, is an answer.
            return [] if refused.status in {403, 404} else None
        except (ConnectorUnreachable, NoAnswer) as wrong:
            log.warning("teams.roster_failed", reason=str(wrong))
            return None
        self._read[team] = (now, found)
        return found

    async def _kept(self, team: str) -> dict[str, str]:
        kept = await self._services.drawer.get(f"{PREFIX}{team}")
        return dict(json.loads(kept)) if kept else {}

    async def _activity(self, team: str) -> Json:
        """What stands for an activity of this team, for whoever reads addresses from one."""
        kept = await self._kept(team)
        return {
            "type": "conversationUpdate",
            "id": self._services.new_id("roster"),
            "serviceUrl": kept["service"],
            "recipient": {"id": kept["bot"]},
            "conversation": {"id": team, "conversationType": "channel", "tenantId": kept["tenant"]},
            "channelData": {"tenant": {"id": kept["tenant"]}, "team": {"id": team}},
        }
