"""Takes what came in, acknowledges it within Slack's three seconds, and sees to the answer.

Commands and buttons are acknowledged at once; a submission's answer travels in its acknowledgement,
unless it takes too long, when "one moment" goes first. Events are acknowledged when they are done,
so that Slack brings them again if this process dies. Whatever fails becomes a sentence for the
person and a line of ids for the log, never an exception that takes an acknowledgement back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.slack import inbound
from adapters.slack import payload_ids as wire
from adapters.slack.answers import Answers
from adapters.slack.channels import Channels
from adapters.slack.config import SlackSettings
from adapters.slack.inbound import Payload, Place
from adapters.slack.installations import Installations
from adapters.slack.people import People
from bot.log import place_of, report
from bot.ui.inbound import Actor, Event, HomeOpened, Outcome, Refused, Say
from bot.ui.platform import Services
from bot.ui.strings import words

LOG = structlog.get_logger(__name__)
PATIENCE = 1.0
"""Seconds until "one moment" is opened; the trigger lives three, and opening takes Slack one."""
SUBMISSION_PATIENCE = 1.2
EVENT_PATIENCE = 2.5
ASK_AGAIN = (3.0, 10.0, 30.0, 120.0, 600.0)
"""Seconds between the questions to a directory that did not answer when somebody wanted something."""


@dataclass(frozen=True)
class Reply:
    """The acknowledgement: a status, and a JSON body where there is one."""

    status: int = 200
    body: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The body as sent."""
        return "" if self.body is None else json.dumps(self.body)


class Receiver:
    """The one place where payloads are taken in."""

    def __init__(
        self,
        settings: SlackSettings,
        services: Services,
        installations: Installations,
        channels: Channels,
        people: People,
        answers: Answers,
    ) -> None:
        self._settings = settings
        self._services = services
        self._installations = installations
        self._channels = channels
        self._people = people
        self._answers = answers
        self._work: set[asyncio.Task[Any]] = set()
        self._asking_again: dict[Actor, asyncio.Task[None]] = {}
        self.last_received = 0.0
        """When something last came in, on the loop's clock; the watchdog reads it."""

    async def take(self, body: Payload) -> Reply:
        """Acknowledge one verified payload; never raises."""
        self.last_received = asyncio.get_running_loop().time()
        try:
            return await self._sorted(body)
        except Exception as error:
            LOG.warning("slack.payload_not_understood", error=type(error).__name__, place=place_of(error))
            return Reply(200)

    async def drain(self, seconds: float) -> None:
        """Finish what is under way, at most this long."""
        for task in self._asking_again.values():
            task.cancel()
        if self._work:
            await asyncio.wait(set(self._work), timeout=seconds)

    async def _sorted(self, body: Payload) -> Reply:
        kind = body.get("type")
        if "command" in body:
            return await self._command(body)
        if kind == "event_callback":
            return await self._event(body)
        if kind == "view_submission":
            return await self._submission(body)
        if kind == "block_actions":
            return await self._pressed(body)
        if kind == "message_action" and body.get("callback_id") == wire.SHORTCUT:
            self._answer_later(*inbound.shortcut(body), body)
        return Reply()

    # ---- commands and buttons ----------------------------------------------------------------

    async def _command(self, body: Payload) -> Reply:
        event, place = inbound.command(body, self._settings.canonical)
        if self._is_full():
            text = self._answers.words_at_once(place.actor)("slack.busy")
            return Reply(body={"response_type": "ephemeral", "text": text})
        self._answer_later(event, place, body)
        return Reply()

    async def _pressed(self, body: Payload) -> Reply:
        found = inbound.pressed(body)
        if found is None:
            return Reply()
        event, place, page = found
        if self._is_full():
            self._spawn(self._answers.tell("slack.busy", place))
        else:
            self._answer_later(event, place, body, page)
        return Reply()

    def _answer_later(self, event: Event, place: Place, body: Payload, page: int = 0) -> None:
        self._spawn(self._answer(event, place, body, page))

    async def _answer(self, event: Event, place: Place, body: Payload, page: int) -> None:
        """Ask the core; when it takes longer, open "one moment" first; then show the outcome."""
        held = ""
        task = asyncio.create_task(self._outcome(event, place, body))
        if place.trigger_id and not place.redraws and not await _within(task, PATIENCE):
            held = await self._kept(self._answers.hold(place), "")
        await self._kept(self._answers.show(await task, place, held, page), None, lambda: self._apologise(place, held))

    async def _outcome(self, event: Event, place: Place, body: Payload) -> Outcome:
        """The core's outcome, or the refusal of a guest, stranger or shared channel; never raises."""
        try:
            refusal = await self._refusal(place, body)
            if refusal is not None:
                return refusal
            outcome = await self._services.handle(replace(event, language=self._people.language(place.actor)))
            return await self._not_silent(outcome, place)
        except Exception as error:
            report(LOG, "slack.event_failed", error, subject=event.event_id)
            return await self._refused("slack.failed", place.actor)

    async def _refusal(self, place: Place, body: Payload) -> Outcome | None:
        if inbound.from_elsewhere(body):
            return await self._refused("slack.stranger", place.actor)
        if inbound.in_shared_channel(body) or await self._in_shared(place):
            return await self._refused("slack.shared_channel", place.actor)
        person = await self._people.meet(place.actor)
        if person is not None and (person.stranger or person.gone):
            return await self._refused("slack.stranger", place.actor)
        if person is not None and person.profile.guest and not self._settings.allow_guests:
            return await self._refused("slack.guest", place.actor)
        return None

    async def _not_silent(self, outcome: Outcome, place: Place) -> Outcome:
        """Whoever is not recognised while the directory does not answer is no stranger yet: it is asked again."""
        unknown = isinstance(outcome, Refused) and outcome.key == "not_a_member"
        if not unknown or await self._people.meet(place.actor) is not None:
            return outcome
        if place.actor not in self._asking_again:
            task = asyncio.create_task(self._ask_again(place.actor))
            self._asking_again[place.actor] = task
            task.add_done_callback(lambda _: self._asking_again.pop(place.actor, None))
        return await self._refused("slack.directory_silent", place.actor)

    async def _ask_again(self, actor: Actor) -> None:
        """Until the directory answers, then the Home tab says who they are; a member is welcomed by the core."""
        for pause in ASK_AGAIN:
            await asyncio.sleep(pause)
            if await self._people.meet(actor) is None:
                continue
            event = HomeOpened(event_id=self._services.new_id("event"), actor=actor)
            outcome = await self._services.handle(replace(event, language=self._people.language(actor)))
            if isinstance(outcome, Refused):
                await self._kept(self._answers.refuse_home(actor, outcome.text), None)
            elif isinstance(outcome, Say):
                await self._kept(self._answers.publish_home(actor, outcome.card), None)
            return

    async def _in_shared(self, place: Place) -> bool:
        if not place.channel:
            return False
        # A channel that Slack does not tell us about (we are no member) is not known to be shared.
        return bool(await self._kept(self._channels.is_shared(place.actor.tenant, place.channel), False))

    async def _refused(self, key: str, actor: Actor) -> Refused:
        known = await self._services.language_of(actor)
        return Refused(key, words(known or self._people.language(actor))(key))

    async def _apologise(self, place: Place, held: str) -> None:
        await self._kept(self._answers.tell("slack.failed", place, held), None)

    # ---- submissions -------------------------------------------------------------------------

    async def _submission(self, body: Payload) -> Reply:
        event, place = inbound.submitted(body)
        if self._is_full():
            return Reply(body=self._answers.busy_submission(place, "slack.busy").response)
        task = self._spawn(self._outcome(event, place, body))
        if not await _within(task, SUBMISSION_PATIENCE):
            self._spawn(self._late(task, place))
            return Reply(body=self._answers.hold_submission(place).response)
        outcome = task.result()
        answer = await self._answers.to_submission(outcome, place)
        if answer.after:
            self._spawn(self._kept(self._answers.after_submission(outcome, place), None))
        return Reply(body=answer.response)

    async def _late(self, task: asyncio.Task[Outcome], place: Place) -> None:
        outcome = await task
        # Slack must have drawn "one moment" before it can be replaced.
        await asyncio.sleep(0.3)
        await self._kept(self._answers.late_submission(outcome, place), None, lambda: self._apologise(place, ""))

    # ---- events ------------------------------------------------------------------------------

    async def _event(self, body: Payload) -> Reply:
        if self._is_full():
            return Reply(503)
        task = self._spawn(self._act_on(body))
        if not await _within(task, EVENT_PATIENCE):
            return Reply()
        return Reply(200 if task.result() else 500)

    async def _act_on(self, body: Payload) -> bool:
        """Act on one event of Slack's; False asks Slack to bring it again."""
        kind = str(body["event"].get("type", ""))
        try:
            match kind:
                case "app_home_opened":
                    await self._opened(inbound.home_opened(body), body)
                case "message" if self._settings.typed_messages:
                    await self._opened(inbound.message(body), body)
                case "tokens_revoked" | "app_uninstalled":
                    await self._removed(body)
                case "user_change":
                    user = body["event"]["user"]
                    await self._people.changed(Actor("slack", inbound.tenant_of(body), str(user["id"])), user)
                case "channel_shared" | "channel_unshared" | "channel_archive":
                    self._channels.changed(inbound.tenant_of(body), str(body["event"].get("channel", "")))
                case _:
                    pass
        except wire.MALFORMED as error:
            # The same shape again would fail again: it is acknowledged, so that Slack does not bring it for an hour.
            LOG.warning("slack.event_not_understood", error=type(error).__name__, place=place_of(error))
        except Exception as error:
            report(LOG, "slack.event_failed", error, subject=str(body.get("event_id")))
            return False
        return True

    async def _opened(self, found: tuple[Event, Place] | None, body: Payload) -> None:
        if found is None:
            await self._people.meet(inbound.actor_of(body))
            return
        event, place = found
        outcome = await self._outcome(event, place, body)
        if place.redraws and isinstance(outcome, Refused):
            await self._answers.refuse_home(place.actor, outcome.text)
        else:
            await self._answers.show(outcome, place, "")

    async def _removed(self, body: Payload) -> None:
        """The app was removed, or its bot token revoked; a user's token is none of ours."""
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        tenant = inbound.tenant_of(body)
        await self._installations.forget(tenant)
        await self._people.gone(Actor("slack", tenant, ""))

    # ---- work --------------------------------------------------------------------------------

    def _is_full(self) -> bool:
        return len(self._work) >= self._settings.most_under_way

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start work that is kept until it is done (the loop alone would forget it)."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _kept(
        self, work: Awaitable[Any], otherwise: Any, then: Callable[[], Awaitable[None]] | None = None
    ) -> Any:
        """Await work whose failure must not go further: logged by name, answered by `then`."""
        try:
            return await work
        except Exception as error:
            LOG.warning(
                "slack.answer_not_shown",
                error=type(error).__name__,
                place=place_of(error),
                code=getattr(error, "code", ""),
            )
        if then is not None:
            await then()
        return otherwise


async def _within(task: asyncio.Task[Any], seconds: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)
