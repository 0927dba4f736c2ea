"""Who somebody is in Slack: name, language, time zone, guest or stranger, refreshed when Slack says so.

The first time somebody turns up in a process they are announced to the core (`Arrived`), with the
channel in which they can be reached.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.slack.api import SlackApi, SlackError
from adapters.slack.channels import Channels
from bot.ui.inbound import Actor, Arrived, Gone, Outcome, Profile, Refused
from bot.ui.platform import Introduction, Services

LOG = structlog.get_logger(__name__)
_FRESH = 3600.0
REFUSED = 15.0
"""Seconds for which somebody whom the core does not know is not asked for again: they may be added any moment."""
_MOST = 20_000


@dataclass(frozen=True)
class Person:
    """What Slack's directory says."""

    profile: Profile
    stranger: bool = False
    """True for somebody of another organisation, met in a shared channel."""
    gone: bool = False


class People:
    """Looks people up once an hour at most, strangers more often, and announces them."""

    def __init__(self, api: SlackApi, channels: Channels, services: Services) -> None:
        self._api = api
        self._channels = channels
        self._services = services
        self._known: dict[Actor, tuple[float, Person]] = {}
        self._asking: dict[Actor, asyncio.Task[Person | None]] = {}

    async def meet(self, actor: Actor) -> Person | None:
        """The person, announced to the core if new here; None when Slack's directory does not answer.

        Without an answer the core still decides by its own list of people, so work goes on.
        """
        until, person = self._known.get(actor, (0.0, None))
        if person is not None and asyncio.get_running_loop().time() < until:
            return person
        if actor not in self._asking:
            self._asking[actor] = asyncio.create_task(self._look_up(actor))
            self._asking[actor].add_done_callback(lambda _: self._asking.pop(actor, None))
        return await asyncio.shield(self._asking[actor])

    def language(self, actor: Actor) -> str:
        """What Slack said of their language, empty for somebody not met lately."""
        _, person = self._known.get(actor, (0.0, None))
        return person.profile.language if person else ""

    async def changed(self, actor: Actor, user: Mapping[str, Any]) -> None:
        """Slack says that somebody's profile changed or their account was closed; strangers to us are passed over."""
        if actor not in self._known and not await self._channels.known(actor):
            return
        person = read(user)
        if person.gone:
            await self.gone(actor)
        else:
            await self._announce(actor, person)

    async def gone(self, actor: Actor) -> None:
        """Somebody, or with an empty user everybody of a workspace, can no longer be reached."""
        self._known = {
            a: known for a, known in self._known.items() if a.tenant != actor.tenant or actor.user not in {"", a.user}
        }
        await self._channels.forget(actor)
        await self._services.handle(Gone(event_id=self._services.new_id("event"), actor=actor))

    async def introduce(self, actor: Actor) -> Introduction:
        """Announce somebody whom the directory named; they did nothing themselves."""
        announced: list[Outcome] = []
        person = await self._look_up(actor, announced)
        if person is None:
            return Introduction.SILENT
        known = bool(announced) and not isinstance(announced[0], Refused)
        return Introduction.FOUND if known else Introduction.UNKNOWN

    async def _look_up(self, actor: Actor, announced: list[Outcome] | None = None) -> Person | None:
        """What the directory says; with `announced` somebody else asks for them, and the core's answer goes there."""
        try:
            answer = await self._api.call(
                actor.tenant, "users.info", repeat=True, user=actor.user, include_locale="true"
            )
            person = read(answer["user"])
            if person.stranger or person.gone:
                self._keep(actor, person)
            else:
                outcome = await self._announce(actor, person, met=announced is not None)
                if announced is not None and outcome is not None:
                    announced.append(outcome)
        except SlackError as refused:
            LOG.warning("slack.directory_silent", code=refused.code)
            return None
        return person

    async def _announce(self, actor: Actor, person: Person, *, met: bool = False) -> Outcome | None:
        self._keep(actor, person)
        if person.profile.guest:
            return None
        channel = await self._channels.direct(actor)
        outcome = await self._services.handle(
            Arrived(
                event_id=self._services.new_id("event"),
                actor=actor,
                profile=person.profile,
                reference={"channel": channel},
                met=met,
            )
        )
        if isinstance(outcome, Refused):
            self._keep(actor, person, REFUSED)
        return outcome

    def _keep(self, actor: Actor, person: Person, seconds: float = _FRESH) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[actor] = (asyncio.get_running_loop().time() + seconds, person)


def read(user: Mapping[str, Any]) -> Person:
    """A person from Slack's user object."""
    about = user.get("profile") or {}
    profile = Profile(
        name=str(about.get("real_name") or user.get("real_name") or user.get("name") or ""),
        email=str(about.get("email") or ""),
        language=str(user.get("locale") or ""),
        timezone=str(user.get("tz") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )
    return Person(profile, stranger=bool(user.get("is_stranger")), gone=bool(user.get("deleted")))
