"""One activity from beginning to end: learn who it is, translate, let the core decide, answer in place.

`Turns.take` is given verified activities only. What it returns is the body of an invoke's answer.
Arrivals and departures are in `arrivals.py`, sending in `outbound.py`, bodies in `answers.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

import structlog

from adapters.teams import answers, inbound
from adapters.teams import payload_ids as wire
from adapters.teams.activity import actor_of, delivery_id, is_personal, reference_of, text_at
from adapters.teams.adaptive_cards import Dialog, drawn_card
from adapters.teams.files import Files
from adapters.teams.held import HeldAnswers, Spawn
from adapters.teams.installations import Arrivals
from adapters.teams.messages_and_dialogs import dialog, messages, reading
from adapters.teams.outbound import Outbound, card_activity
from adapters.teams.payload_ids import Pressed
from adapters.teams.sdk import Place
from adapters.teams.spans import Json
from bot.log import report
from bot.ui.inbound import (
    Actor,
    CommandTyped,
    Done,
    Event,
    Hand,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Action, Card, Text, line
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Services
from bot.ui.strings import Words, words

log = structlog.get_logger(__name__)
_TYPED_KEPT = timedelta(hours=1)
_ANSWERED_KEPT = timedelta(hours=1)
_DONE = "✔"
PAUSES = (1.0, 3.0)
"""Seconds before a typed answer is sent again; Microsoft's advice for 412, 429, 502, 503 and 504 is to repeat."""
LONGEST = 30.0
"""Seconds: a fault that is to last longer is one of the set-up, and is not waited for."""


@dataclass(frozen=True)
class Turn:
    """Who speaks, where, and in which words to answer."""

    activity: Json
    actor: Actor
    words: Words
    private: bool
    silent: Refused | None = None
    """What is said of somebody whom the roster did not name because it does not answer."""

    @property
    def tenant(self) -> str:
        """The tenant whose limits count."""
        return self.actor.tenant

    @property
    def here(self) -> Place:
        """The conversation in which it happened, in a channel its thread."""
        at = self.activity
        return Place(text_at(at, "serviceUrl"), text_at(at, "conversation", "id"), text_at(at, "recipient", "id"))


class Turns:
    """Answers activities."""

    def __init__(self, services: Services, arrivals: Arrivals, outbound: Outbound, files: Files, spawn: Spawn) -> None:
        self._services = services
        self._arrivals = arrivals
        self._outbound = outbound
        self._files = files
        self._spawn = spawn
        self._under_way: set[str] = set()
        self._held = HeldAnswers(services, spawn)

    async def take(self, activity: Json) -> Json | None:
        """The body that answers an invoke; None for everything that only wants an acknowledgement."""
        kind = text_at(activity, "type")
        if kind in {"installationUpdate", "conversationUpdate"}:
            await self._arrivals.changed(activity)
            return None
        actor = actor_of(activity)
        if actor is None or kind not in {"message", "invoke"}:
            return {} if kind == "invoke" else None
        if not text_at(activity, "id"):  # nothing tells that it is a repetition: it is one of its own
            activity = {**activity, "id": self._services.new_id("activity")}
        silent = await self._arrivals.seen(actor, activity)
        turn = Turn(
            activity,
            actor,
            words(await self._services.language_of(actor) or text_at(activity, "locale")),
            is_personal(activity),
            silent,
        )
        if kind == "invoke":
            return await self._invoke(turn)
        await self._message(turn)
        return None

    # ---- messages ----------------------------------------------------------------------------

    async def _message(self, turn: Turn) -> None:
        """Answer a typed command once, however often Teams delivers it."""
        delivery = delivery_id(turn.activity)
        mark = f"answered/{delivery}"
        if delivery in self._under_way:
            return
        self._under_way.add(delivery)  # before anything is waited for: repetitions may come at the same time
        try:
            if await self._services.drawer.get(mark):
                return
            await self._answer_message(turn)
            await self._services.drawer.put(mark, b"1", expires=self._services.now() + _ANSWERED_KEPT)
        finally:
            self._under_way.discard(delivery)

    async def _answer_message(self, turn: Turn) -> None:
        value = turn.activity.get("value")
        if value is not None and not text_at(turn.activity, "text"):
            what = wire.read(value)
            event: Event | None = inbound.pressed(turn.activity, turn.actor, what, turn.private) if what else None
        else:
            event = inbound.typed(turn.activity, turn.actor, turn.private)
        if event is None:
            await self._post(turn, [answers.sentence(turn.words("teams.too_old"))])
            return
        outcome = await self._decided(turn, event)
        await self._post(turn, await self._as_messages(turn, event, outcome))

    async def _as_messages(self, turn: Turn, event: Event, outcome: Outcome | None) -> list[Json]:
        match outcome:
            case None:
                return [answers.sentence(turn.words("teams.failed"))]
            case Say(card):
                return _card_activities(card, turn.words)
            case Show(form) | Invalid(form):
                return [card_activity(await self._opener(turn, event, form.title), None) | {"summary": form.title}]
            case Refused(text=text, way=way):
                return _refusal(text, way, turn.words)
            case Done(note, card):
                said = [answers.sentence(note)] if note else []
                return [*said, *(_card_activities(card, turn.words) if card else [])]
            case Hand(document, note):
                said = [answers.sentence(note)] if note else []
                return [*said, await self._files.offer(turn.actor, document, turn.words)]
            case _:
                assert_never(outcome)

    async def _opener(self, turn: Turn, event: Event, title: str) -> Json:
        """A card whose button opens the dialog. The typed words wait in the drawer, not in the card."""
        if isinstance(event, CommandTyped):
            kept = ""
            if event.text:
                kept = self._services.new_id("typed")
                text = f"{turn.actor.user}\n{event.text.reveal()}".encode()
                await self._services.drawer.put(f"typed/{kept}", text, expires=self._services.now() + _TYPED_KEPT)
            return answers.opener(title, event.name, kept, turn.words)
        what = _what(turn.activity)
        data = wire.again(what, 0, "", "") if what else {}
        return answers.action_opener(title, data, turn.words)

    async def _post(self, turn: Turn, activities: list[Json]) -> None:
        """Answers go where only the actor reads them; a channel hears just that there is one."""
        if not activities:
            return
        if turn.private:
            await self._said(turn, turn.here, activities)
            return
        try:
            chat = await self._outbound.chat(await self._arrivals.reference(turn.actor, reference_of(turn.activity)))
            await self._said(turn, chat, activities, raises=True)
            pointer = turn.words("teams.answered_in_private")
        except (DeliveryFailed, DeliveryUnknown):
            pointer = turn.words("teams.not_installed")
        await self._said(turn, turn.here, [answers.sentence(pointer)])

    async def _said(self, turn: Turn, at: Place, activities: list[Json], *, raises: bool = False) -> None:
        """Post each, again after a pause when that may help; what fails for good is logged."""
        for activity in activities:
            try:
                await self._patiently(lambda said=activity: self._outbound.say(at, turn.tenant, said))  # type: ignore[misc]  # bound early on purpose
            except (DeliveryFailed, DeliveryUnknown) as wrong:
                log.warning("teams.answer_failed", reason=str(wrong), subject=turn.actor.user)
                if raises:
                    raise

    async def _patiently(self, send: Callable[[], Awaitable[str]]) -> None:
        """Send, and again when Teams was busy or nobody knows whether it arrived: shown twice harms nobody."""
        for pause in (*PAUSES, None):
            try:
                await send()
            except DeliveryUnknown:
                if pause is None:
                    raise
            except DeliveryFailed as wrong:
                if pause is None or wrong.permanent or wrong.ours or wrong.retry_after is None:
                    raise
                if wrong.retry_after > LONGEST:
                    raise
            else:
                return
            await asyncio.sleep(pause or 0)

    # ---- invokes -----------------------------------------------------------------------------

    async def _invoke(self, turn: Turn) -> Json:
        """The body of the answer; an invoke that Teams may invent tomorrow gets an empty one."""
        match text_at(turn.activity, "name"):
            case "task/fetch":
                return await self._dialog(turn, text_at(turn.activity, "replyToId"))
            case "task/submit" | "composeExtension/submitAction":
                return await self._dialog(turn, "")
            case "composeExtension/fetchTask":
                event = inbound.extended(turn.activity, turn.actor)
                return await self._in_dialog(turn, event, None, "") if event else {}
            case "adaptiveCard/action":
                return await self._pressed_card(turn)
            case "fileConsent/invoke":
                note = await self._files.answered(turn.actor, turn.activity, turn.words)
                self._spawn(self._said(turn, turn.here, [answers.sentence(note)]))
                return {}
            case unknown:
                log.info("teams.unknown_invoke", what=unknown[:60])
                return {}

    async def _dialog(self, turn: Turn, message: str) -> Json:
        """A button that opens a dialog, or a dialog sent."""
        what = _what(turn.activity)
        if what is None:
            return answers.dialog_says(turn.words("teams.too_old"))
        if what.key == wire.HELD:
            return await self._held.show(what.subject, max(what.page - 1, 0), turn.actor, turn.words)
        if what.command:
            text = await self._typed_before(turn, what.typed)
            event: Event = inbound.repeated(turn.activity, turn.actor, what.key, text)
        else:
            event = inbound.pressed(turn.activity, turn.actor, what, private=True)
        return await self._in_dialog(turn, event, what, message or what.message)

    async def _typed_before(self, turn: Turn, kept: str) -> str:
        """The words of the command, if this very person typed them within the hour."""
        found = await self._services.drawer.get(f"typed/{kept}") if kept else None
        user, _, text = found.decode().partition("\n") if found else ("", "", "")
        return text if user == turn.actor.user else ""

    async def _in_dialog(self, turn: Turn, event: Event, what: Pressed | None, message: str) -> Json:
        async def answer() -> Json:
            return await self._as_dialog(turn, await self._decided(turn, event), what, message)

        return await self._held.soon(turn.actor, message, turn.words, answer())

    async def _as_dialog(self, turn: Turn, outcome: Outcome | None, what: Pressed | None, message: str) -> Json:
        match outcome:
            case None:
                return answers.dialog_says(turn.words("teams.failed"))
            case Show(form) | Invalid(form):
                at = Dialog(self._services.new_id("form"), message)
                again = None if what is None or what.form or isinstance(outcome, Invalid) else what
                return answers.dialog(dialog(form, turn.words, at, again))
            case Say(card):
                return await self._read(turn, card, message)
            case Refused(text=text, way=way):
                return await self._read(turn, _note(text, way), message) if way else answers.dialog_says(text)
            case Done(note, card):
                if card:
                    self._spawn(self._redraw(turn, message, card))
                return answers.dialog_says(note)
            case Hand(document, note):
                offer = await self._files.offer(turn.actor, document, turn.words)
                self._spawn(self._to_chat(turn, [offer]))
                return answers.dialog_says(note or turn.words("teams.file_waiting"))
            case _:
                assert_never(outcome)

    async def _read(self, turn: Turn, card: Card, message: str) -> Json:
        """A card to read in the dialog; a long one is turned page by page."""
        held = self._services.new_id("held")
        pages = reading(card, turn.words, Dialog(self._services.new_id("form"), message), held)
        bodies = [answers.dialog(page) for page in pages]
        if len(bodies) > 1:
            await self._held.keep(held, turn.actor, message, bodies)
        return bodies[0]

    async def _pressed_card(self, turn: Turn) -> Json:
        """A button that acts at once; in a group the redrawn card is the actor's own view."""
        what = _what(turn.activity)
        if what is None or what.form:
            return answers.card_says(turn.words("teams.too_old"))
        event = inbound.pressed(turn.activity, turn.actor, what, turn.private)
        outcome = await self._decided(turn, event)
        match outcome:
            case None:
                return answers.card_says(turn.words("teams.failed"))
            case Say(card):
                return await self._in_its_place(turn, card)
            case Show(form) | Invalid(form):
                return answers.card_becomes(await self._opener(turn, event, form.title))
            case Refused(text=text, way=way) if way and turn.private:
                return answers.card_becomes(drawn_card(_note(text, way), turn.words))
            case Refused(text=text):
                return answers.card_says(text)
            case Done(_, card) if card and not turn.private:
                return answers.card_becomes(drawn_card(card, turn.words))
            case Done(note, card) if card:
                # The redrawn message replaces every view of the card, so the note stands below it.
                self._spawn(self._redraw(turn, text_at(turn.activity, "replyToId"), card))
                return answers.card_says(note) if note else answers.card_becomes(drawn_card(card, turn.words))
            case Done(note):
                return answers.card_says(note or _DONE)
            case Hand(document, note):
                offer = await self._files.offer(turn.actor, document, turn.words)
                self._spawn(self._to_chat(turn, [offer]))
                return answers.card_says(note or turn.words("teams.file_waiting"))
            case _:
                assert_never(outcome)

    async def _in_its_place(self, turn: Turn, card: Card) -> Json:
        """The pressed card becomes the answer: in a group for the person alone, in their own chat for good.

        What is too long for one card is read in a dialog.
        """
        drawn, message = messages(card, turn.words), text_at(turn.activity, "replyToId")
        if len(drawn) > 1:
            held = self._services.new_id("held")
            pages = reading(card, turn.words, Dialog(self._services.new_id("form"), message), held)
            await self._held.keep(held, turn.actor, message, [answers.dialog(page) for page in pages])
            opener = answers.action_opener(card.title, wire.held_data(held, message), turn.words)
            return answers.card_becomes(opener)
        if turn.private and message:
            self._spawn(self._redraw(turn, message, card))
        return answers.card_becomes(drawn[0])

    # ---- after the answer --------------------------------------------------------------------

    async def _to_chat(self, turn: Turn, activities: list[Json]) -> None:
        try:
            chat = await self._outbound.chat(await self._arrivals.reference(turn.actor, reference_of(turn.activity)))
        except (DeliveryFailed, DeliveryUnknown) as wrong:
            log.warning("teams.answer_failed", reason=str(wrong), subject=turn.actor.user)
            return
        await self._said(turn, chat, activities)

    async def _redraw(self, turn: Turn, message: str, card: Card) -> None:
        """The message whose button was pressed, in its new state for everybody; without one, a new message."""
        if not message:
            await self._to_chat(turn, _card_activities(card, turn.words))
            return
        try:
            await self._outbound.replace(turn.here, turn.tenant, message, card, turn.words)
        except (DeliveryFailed, DeliveryUnknown) as wrong:
            log.warning("teams.redraw_failed", reason=str(wrong), subject=turn.actor.user)

    async def _decided(self, turn: Turn, event: Event) -> Outcome | None:
        """The core's outcome; None when it broke, which is logged without what was in the event."""
        try:
            outcome = await self._services.handle(replace(event, language=text_at(turn.activity, "locale")))
        except Exception as wrong:
            report(log, "teams.handle_broke", wrong, subject=event.event_id)
            return None
        unknown = isinstance(outcome, Refused) and outcome.key == "not_a_member"
        return turn.silent if unknown and turn.silent else outcome


def _what(activity: Json) -> Pressed | None:
    """What an invoke or message says was pressed; its place differs by kind."""
    value = activity.get("value")
    if not isinstance(value, dict):
        return None
    action = value.get("action")
    data = action.get("data") if isinstance(action, dict) else value.get("data", value)
    return wire.read(data)


def _refusal(text: str, way: tuple[Action, ...], words: Words) -> list[Json]:
    """One sentence, with buttons where there is somewhere to go instead."""
    return _card_activities(_note(text, way), words) if way else [answers.sentence(text)]


def _note(text: str, way: tuple[Action, ...]) -> Card:
    return Card("teams.note", "", (Text(line(text)),), way, text)


def _card_activities(card: Card, words: Words) -> list[Json]:
    return [card_activity(drawn, card if i == 0 else None) for i, drawn in enumerate(messages(card, words))]
