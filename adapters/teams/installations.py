"""Who can be reached: installations, people seen for the first time, changed addresses, departures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog

from adapters.teams.activity import (
    PLATFORM,
    actor_of,
    delivery_id,
    fingerprint,
    is_personal,
    profile_of,
    profile_of_member,
    reference_of,
    tenant_of,
    text_at,
)
from adapters.teams.answers import sentence
from adapters.teams.draw import messages
from adapters.teams.outbound import Outbound, card_activity
from adapters.teams.references import References
from adapters.teams.sdk import Connector, ConnectorRefused, ConnectorUnreachable, NoAnswer, Place
from adapters.teams.spans import Json
from bot.ui.inbound import Actor, Arrived, Done, Gone, HomeOpened, Outcome, Profile, Refused, Say
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Services
from bot.ui.strings import words

log = structlog.get_logger(__name__)


class Arrivals:
    """Keeps references fresh and tells the core who arrived and who left."""

    def __init__(
        self,
        services: Services,
        references: References,
        connector: Connector,
        outbound: Outbound,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._services = services
        self._references = references
        self._connector = connector
        self._outbound = outbound
        self._spawn = spawn
        self._lock = asyncio.Lock()

    async def seen(self, actor: Actor, activity: Json) -> None:
        """Somebody acted: if their address is new or changed, the core learns it before it hears what they want."""
        await self._arrive(actor, activity, reference_of(activity), profile_of(activity))

    async def changed(self, activity: Json) -> None:
        """The app was added or removed, or people joined."""
        removed = text_at(activity, "action") == "remove"
        actor = actor_of(activity)
        if is_personal(activity):
            if actor is not None and removed:
                await self._leave(actor, activity)
            elif actor is not None and not activity.get("membersRemoved"):
                await self._welcome(actor, activity)
        elif text_at(activity, "action") == "add" or _bot_joined(activity):
            self._spawn(self._roster(activity))
        else:
            await self._joined(activity)

    async def reference(self, actor: Actor, seen: Mapping[str, str]) -> Mapping[str, str]:
        """The best known reference of somebody who is acting now."""
        return await self._references.of(actor) or seen

    async def _welcome(self, actor: Actor, activity: Json) -> None:
        """Greet once with the home card, although Teams announces one installation in two ways."""
        installed = text_at(activity, "type") == "installationUpdate"
        outcome = await self._arrive(actor, activity, reference_of(activity), profile_of(activity), lives=installed)
        if isinstance(outcome, Done):
            event_id = fingerprint(delivery_id(activity), "home", actor.user)
            outcome = await self._services.handle(HomeOpened(event_id=event_id, actor=actor))
        language = words(await self._services.language_of(actor))
        if isinstance(outcome, Say):
            greeting = [card_activity(drawn, outcome.card) for drawn in messages(outcome.card, language)]
        elif isinstance(outcome, Refused):
            greeting = [sentence(outcome.text)]
        else:
            return
        at = Place(
            text_at(activity, "serviceUrl"),
            text_at(activity, "conversation", "id"),
            text_at(activity, "recipient", "id"),
        )
        try:
            for said in greeting:
                await self._outbound.say(at, actor.tenant, said)
        except (DeliveryFailed, DeliveryUnknown) as wrong:
            log.warning("teams.welcome_failed", reason=str(wrong), subject=actor.user)

    async def _arrive(
        self, actor: Actor, activity: Json, seen: Mapping[str, str], profile: Profile, *, lives: bool = False
    ) -> Outcome | None:
        """Tell the core of a new or changed address; None when nothing changed.

        With `lives` it hears of an old one, too: an address that was shut opens when the app is installed again, or
        the person stands in a roster. (Whoever acts is known by what they do.)
        """
        async with self._lock:
            changed = await self._references.learn(actor, seen)
        if changed is None:
            if lives:
                event_id = fingerprint(delivery_id(activity), "lives", actor.user)
                kept = await self._references.of(actor) or seen
                await self._services.handle(Arrived(event_id=event_id, actor=actor, profile=profile, reference=kept))
            return None
        known = await self._from_roster(actor, activity, changed, profile)
        event_id = fingerprint(delivery_id(activity), "arrived", actor.user)
        private = is_personal(activity)
        outcome = await self._services.handle(
            Arrived(event_id=event_id, actor=actor, private=private, profile=known, reference=changed)
        )
        if isinstance(outcome, Refused):
            # A stranger may be invited tomorrow, or the roster answer then: introduce them again next time.
            await self._references.forget(actor)
        return outcome

    async def _from_roster(
        self, actor: Actor, activity: Json, reference: Mapping[str, str], profile: Profile
    ) -> Profile:
        """Name and e-mail where the tenant lets us read them; their absence stops nobody."""
        conversation = reference.get("conversation") or text_at(activity, "conversation", "id").split(";")[0]
        if profile.email:
            return profile
        at = Place(reference["service"], conversation, reference["bot"])
        try:
            member = profile_of_member(await self._connector.member(at, reference["user"]))
        except (ConnectorRefused, ConnectorUnreachable, NoAnswer) as wrong:
            log.info("teams.roster_closed", reason=str(wrong), subject=actor.user)
            return profile
        return replace(profile, name=member.name or profile.name, email=member.email, guest=member.guest)

    async def _roster(self, activity: Json) -> None:
        """The app was added to a team or group: everybody in it can be written to from now on."""
        service, bot = text_at(activity, "serviceUrl"), text_at(activity, "recipient", "id")
        team = text_at(activity, "channelData", "team", "id") or text_at(activity, "conversation", "id").split(";")[0]
        more = ""
        try:
            while True:
                members, more = await self._connector.members(Place(service, team, bot), more)
                for member in members:
                    await self._member_arrived(member, activity)
                if not more:
                    return
        except (ConnectorRefused, ConnectorUnreachable, NoAnswer) as wrong:
            log.warning("teams.roster_failed", reason=str(wrong))

    async def _joined(self, activity: Json) -> None:
        """People joined a team that has the app."""
        added = activity.get("membersAdded")
        for member in added if isinstance(added, list) else ():
            await self._member_arrived(member, activity)

    async def _member_arrived(self, member: Json, activity: Json) -> None:
        user, address = text_at(member, "aadObjectId") or text_at(member, "objectId"), text_at(member, "id")
        tenant = tenant_of(activity)
        if not user or not address or not tenant:
            return
        home = text_at(member, "tenantId")
        profile = profile_of_member(member)
        seen = {**reference_of(activity), "conversation": "", "user": address}
        guest = profile.guest or bool(home and home != tenant)
        await self._arrive(Actor(PLATFORM, tenant, user), activity, seen, replace(profile, guest=guest), lives=True)

    async def _leave(self, actor: Actor, activity: Json) -> None:
        await self._references.forget(actor)
        await self._services.handle(Gone(event_id=delivery_id(activity), actor=actor))


def _bot_joined(activity: Json) -> bool:
    added = activity.get("membersAdded")
    bot = text_at(activity, "recipient", "id")
    return isinstance(added, list) and any(text_at(member, "id") == bot for member in added)
