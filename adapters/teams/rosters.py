"""Teams and groups that have the app, and who is in them, found by e-mail address.

Where the app stands in a team, its members can be written to without having installed it themselves (Microsoft, "Send
proactive messages"). The place of each team is kept, so that somebody imported later is found without anybody's doing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import structlog

from adapters.teams.activity import profile_of_member, tenant_of, text_at
from adapters.teams.sdk import Connector, ConnectorRefused, ConnectorUnreachable, NoAnswer, Place
from adapters.teams.spans import Json
from bot.ui.inbound import Actor
from bot.ui.platform import Introduction, Services
from bot.ui.rosters import MOST, Account, Listed, RosterFailed, Selection, Sources

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
            "name": text_at(activity, "channelData", "team", "name"),
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

    async def sources(self, asker: Actor) -> Sources:
        """The teams and group chats with the app in which the asker is."""
        found = []
        for key in await self._services.drawer.keys(PREFIX):
            team = key.removeprefix(PREFIX)
            if await self._open_to(asker, team):
                found.append(Listed(team, (await self._kept(team)).get("name") or team))
        return Sources(lists=tuple(sorted(found, key=lambda each: each.name.casefold())))

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        """Everybody in a team, once each. Raises RosterFailed."""
        kept = await self._kept(wanted.listed)
        if kept.get("tenant") != asker.tenant:
            raise RosterFailed("not_there")
        members = await self.members(wanted.listed)
        if members is None:
            raise RosterFailed("silent")
        if not any(_user(member) == asker.user for member in members):
            # A closed roster reads as empty; and nobody is told who is in a team that is not theirs.
            raise RosterFailed("not_there" if members else "not_allowed")
        if len(members) > MOST:
            raise RosterFailed("too_many")
        return [_account(member, asker.tenant) for member in {_user(m): m for m in members if _user(m)}.values()]

    async def _open_to(self, asker: Actor, team: str) -> bool:
        if (await self._kept(team)).get("tenant") != asker.tenant:
            return False
        return any(_user(member) == asker.user for member in await self.members(team) or ())

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


def _user(member: Json) -> str:
    """The Entra id of a roster's member; both names are in use."""
    return text_at(member, "aadObjectId") or text_at(member, "objectId")


def _account(member: Json, tenant: str) -> Account:
    profile, home = profile_of_member(member), text_at(member, "tenantId")
    return Account(_user(member), profile.name, profile.email, outside=profile.guest or bool(home and home != tenant))
