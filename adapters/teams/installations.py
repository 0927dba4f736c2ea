"""Who can be reached: installations, people seen for the first time, changed addresses, departures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
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
from adapters.teams.messages_and_dialogs import messages
from adapters.teams.outbound import Outbound, card_activity
from adapters.teams.references import References
from adapters.teams.rosters import TeamRosters, team_of
from adapters.teams.sdk import Connector, ConnectorRefused, ConnectorUnreachable, NoAnswer, Place
from adapters.teams.spans import Json
from adapters.teams.tokens import LOOK_UP
from bot.ui.inbound import ActionPressed, Actor, Arrived, Done, Gone, Outcome, Profile, Refused, Say
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Introduction, Services
from bot.ui.strings import words

log = structlog.get_logger(__name__)
SILENT = "directory_silent"
"""The refusal of somebody whom a roster that does not answer could not name."""
ASK_AGAIN = (3.0, 10.0, 30.0, 120.0, 600.0)
"""Seconds between the questions to it."""
REFUSED_ONCE = timedelta(minutes=1)
"""For so long one installation is answered once, also where the answer is no."""
OFFERED_ONCE = timedelta(minutes=10)
"""Teams announces one installation in two ways; the second one is no new offer."""
BUSY = frozenset({408, 412, 429, 500, 502, 503, 504})
"""Statuses that say nothing about the person."""


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
        self.teams = TeamRosters(services, connector)
        self._asking: dict[Actor, asyncio.Task[None]] = {}
        self._lock = asyncio.Lock()

    async def seen(self, actor: Actor, activity: Json) -> Refused | None:
        """Somebody acted: if their address is new or changed, the core learns it before it hears what they want.

        What to say instead of "you are no member" where the roster did not answer; it is asked again by itself.
        """
        outcome = await self._arrive(actor, activity, reference_of(activity), profile_of(activity))
        if isinstance(outcome, Refused) and outcome.key == SILENT:
            self._ask_again(actor, activity)
            return outcome
        return None

    async def changed(self, activity: Json) -> None:
        """The app was added or removed, or people joined."""
        removed = text_at(activity, "action") == "remove"
        actor = actor_of(activity)
        if is_personal(activity):
            if actor is not None and removed:
                await self._leave(actor, activity)
            elif actor is not None and not activity.get("membersRemoved"):
                await self._welcome(actor, activity)
        elif text_at(activity, "action") == "add" or _bot_in(activity, "membersAdded"):
            await self.teams.keep(activity)
            self._spawn(self._roster(activity))
        elif removed or _bot_in(activity, "membersRemoved"):
            await self.teams.forget(activity)
        else:
            await self._joined(activity)

    async def introduce(self, email: str) -> Introduction:
        """Announce whoever has this address in a team or group that has the app."""
        found = await self.teams.member(email)
        if isinstance(found, Introduction):
            return found
        member, activity = found
        outcome = await self._member_arrived(member, activity)
        return Introduction.UNKNOWN if outcome is None or isinstance(outcome, Refused) else Introduction.FOUND

    async def reference(self, actor: Actor, seen: Mapping[str, str]) -> Mapping[str, str]:
        """The best known reference of somebody who is acting now."""
        return await self._references.of(actor) or seen

    async def _welcome(self, actor: Actor, activity: Json) -> None:
        """Greet once, although Teams announces one installation in two ways."""
        installed = text_at(activity, "type") == "installationUpdate"
        outcome = await self._arrive(actor, activity, reference_of(activity), profile_of(activity), lives=installed)
        if isinstance(outcome, Refused) and outcome.key == SILENT:
            self._ask_again(actor, activity)
        await self._greet(actor, activity, outcome)

    async def _greet(self, actor: Actor, activity: Json, outcome: Outcome | None) -> None:
        if isinstance(outcome, Done):
            event_id = fingerprint(delivery_id(activity), "welcome", actor.user)
            outcome = await self._services.handle(ActionPressed(event_id=event_id, actor=actor, key="welcome.open"))
        language = words(await self._services.language_of(actor))
        if isinstance(outcome, Say):
            greeting = [card_activity(drawn, outcome.card) for drawn in messages(outcome.card, language)]
        elif isinstance(outcome, Refused):
            # Teams announces one installation in two ways, and forgets nobody of whom the core knows nothing.
            mark = f"refused/{actor.tenant}/{actor.user}"
            if await self._services.drawer.get(mark):
                return
            await self._services.drawer.put(mark, b"1", expires=self._services.now() + REFUSED_ONCE)
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

    def _ask_again(self, actor: Actor, activity: Json) -> None:
        if actor not in self._asking:
            self._asking[actor] = asyncio.create_task(self._until_answered(actor, activity))
            self._asking[actor].add_done_callback(lambda _: self._asking.pop(actor, None))

    async def _until_answered(self, actor: Actor, activity: Json) -> None:
        """Until the roster answers, then they are greeted, or hear that they are no member."""
        for number, pause in enumerate(ASK_AGAIN):
            await asyncio.sleep(pause)
            again = {**activity, "id": f"{text_at(activity, 'id')}/again/{number}"}
            outcome = await self._arrive(actor, again, reference_of(activity), profile_of(activity))
            if not isinstance(outcome, Refused) or outcome.key != SILENT:
                await self._greet(actor, again, outcome)
                return

    async def stop(self) -> None:
        """Ask no more."""
        for task in [*self._asking.values()]:
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _arrive(
        self,
        actor: Actor,
        activity: Json,
        seen: Mapping[str, str],
        profile: Profile,
        *,
        lives: bool = False,
        met: bool = False,
    ) -> Outcome | None:
        """Tell the core of a new or changed address; None when nothing changed.

        With `lives` it hears of an old one, too: an address that was shut opens when the app is installed again, or
        the person stands in a roster (`met`). (Whoever acts is known by what they do.)
        """
        async with self._lock:
            changed = await self._references.learn(actor, seen)
        if changed is None:
            if lives:
                event_id = fingerprint(delivery_id(activity), "lives", actor.user)
                kept = await self._references.of(actor) or seen
                arrived = Arrived(event_id=event_id, actor=actor, profile=profile, reference=kept, met=met)
                outcome = await self._services.handle(arrived)
                return outcome if met else None
            return None
        known, silent = await self._from_roster(actor, activity, changed, profile)
        event_id = fingerprint(delivery_id(activity), "arrived", actor.user)
        private = is_personal(activity)
        outcome = await self._services.handle(
            Arrived(event_id=event_id, actor=actor, private=private, profile=known, reference=changed, met=met)
        )
        if isinstance(outcome, Refused):
            # A stranger may be invited tomorrow, or the roster answer then: introduce them again next time.
            await self._references.forget(actor)
            if silent and outcome.key == "not_a_member":
                said = words(await self._services.language_of(actor) or known.language)("teams.directory_silent")
                return Refused(SILENT, said)
        return outcome

    async def _from_roster(
        self, actor: Actor, activity: Json, reference: Mapping[str, str], profile: Profile
    ) -> tuple[Profile, bool]:
        """Name and e-mail where the tenant lets us read them; and whether Teams did not answer."""
        conversation = reference.get("conversation") or text_at(activity, "conversation", "id").split(";")[0]
        if profile.email:
            return profile, False
        at = Place(reference["service"], conversation, reference["bot"])
        try:
            async with asyncio.timeout(LOOK_UP):
                member = profile_of_member(await self._connector.member(at, reference["user"]))
        except ConnectorRefused as refused:
            log.info("teams.roster_closed", reason=str(refused), subject=actor.user)
            return profile, refused.status in BUSY
        except (ConnectorUnreachable, NoAnswer, TimeoutError) as wrong:
            log.info("teams.roster_silent", reason=str(wrong) or "slow", subject=actor.user)
            return profile, True
        return replace(profile, name=member.name or profile.name, email=member.email, guest=member.guest), False

    async def _roster(self, activity: Json) -> None:
        """The app was added to a team or group: everybody in it can be written to from now on."""
        for member in await self.teams.members(team_of(activity)) or ():
            await self._member_arrived(member, activity)
        await self._offer(activity)

    async def _offer(self, activity: Json) -> None:
        """Whoever added the app to a team may make it a group, if they administer; said to them alone, once."""
        actor, team = actor_of(activity), team_of(activity)
        if actor is None:
            return
        mark = f"offered/{team}/{actor.user}"
        async with self._lock:
            if await self._services.drawer.get(mark):
                return
            await self._services.drawer.put(mark, b"1", expires=self._services.now() + OFFERED_ONCE)
        event_id = fingerprint(delivery_id(activity), "offer", actor.user)
        outcome = await self._services.handle(
            ActionPressed(event_id=event_id, actor=actor, key="roster.offer", args={"listed": team})
        )
        if not isinstance(outcome, Say):
            return
        reference = {**reference_of(activity), "conversation": "", **(await self._references.of(actor) or {})}
        language = words(await self._services.language_of(actor))
        try:
            at = await self._outbound.chat(reference)
            for drawn in messages(outcome.card, language):
                await self._outbound.say(at, actor.tenant, card_activity(drawn, outcome.card))
        except (DeliveryFailed, DeliveryUnknown) as wrong:
            log.warning("teams.offer_failed", reason=str(wrong), subject=actor.user)

    async def _joined(self, activity: Json) -> None:
        """People joined a team that has the app."""
        added = activity.get("membersAdded")
        for member in added if isinstance(added, list) else ():
            await self._member_arrived(member, activity)

    async def _member_arrived(self, member: Json, activity: Json) -> Outcome | None:
        """Announce somebody of a roster; None for whoever has no address there."""
        user, address = text_at(member, "aadObjectId") or text_at(member, "objectId"), text_at(member, "id")
        tenant = tenant_of(activity)
        if not user or not address or not tenant:
            return None
        home = text_at(member, "tenantId")
        profile = profile_of_member(member)
        seen = {**reference_of(activity), "conversation": "", "user": address}
        guest = profile.guest or bool(home and home != tenant)
        actor = Actor(PLATFORM, tenant, user)
        return await self._arrive(actor, activity, seen, replace(profile, guest=guest), lives=True, met=True)

    async def _leave(self, actor: Actor, activity: Json) -> None:
        await self._references.forget(actor)
        await self._services.handle(Gone(event_id=delivery_id(activity), actor=actor))


def _bot_in(activity: Json, members: str) -> bool:
    """Whether the bot itself was added or removed."""
    named = activity.get(members)
    bot = text_at(activity, "recipient", "id")
    return isinstance(named, list) and any(text_at(member, "id") == bot for member in named)
