"""Outcomes → what the person sees, wherever they stood: a view, the Home tab, a message, a command line.

Nothing here decides; each outcome has one visible result per door. An opened "one moment" view
(`held`) is always filled, so no press is left without an answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

import structlog

import adapters.slack.render as render
from adapters.slack.api import SlackApi, SlackError
from adapters.slack.channels import Channels
from adapters.slack.config import SlackSettings
from adapters.slack.inbound import Door, Place
from adapters.slack.outbound import Outbound
from adapters.slack.payload_ids import field_of
from adapters.slack.pictures import Gallery
from adapters.slack.spans import Json, escaped
from bot.log import place_of
from bot.ui.inbound import Actor, Done, Hand, HomeOpened, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Action, Card, Document, Form, Notice, Tone, line
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Services
from bot.ui.strings import Words, words

LOG = structlog.get_logger(__name__)
EXPIRED = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"})
_RESPONSES = 5
"""How often Slack takes an answer through one response URL."""
_STALE = frozenset({"hash_conflict", "not_found", "view_not_found"})
"""The view was closed or drawn anew meanwhile: what it shows is newer than what we have."""


@dataclass(frozen=True)
class Submitted:
    """The acknowledgement of a submission; `after` says whether there is more to do once Slack has it."""

    response: Json
    after: bool = False


REMEMBERED = 10_000
"""People whose language is remembered."""


class Answers:
    """Shows outcomes."""

    def __init__(
        self,
        settings: SlackSettings,
        services: Services,
        api: SlackApi,
        channels: Channels,
        gallery: Gallery,
        outbound: Outbound,
    ) -> None:
        self._settings = settings
        self._services = services
        self._api = api
        self._channels = channels
        self._gallery = gallery
        self._outbound = outbound
        self._languages: OrderedDict[Actor, str] = OrderedDict()

    async def words(self, actor: Actor) -> Words:
        """The fixed words in the person's language."""
        language = await self._services.language_of(actor)
        self._languages[actor] = language
        self._languages.move_to_end(actor)
        if len(self._languages) > REMEMBERED:
            self._languages.popitem(last=False)
        return words(language)

    def words_at_once(self, actor: Actor) -> Words:
        """The same as far as it is remembered: what is said when the store is what hangs must not ask it."""
        return words(self._languages.get(actor, ""))

    # ---- an answer to a command or button ----------------------------------------------------

    async def show(self, outcome: Outcome, place: Place, held: str, page: int = 0) -> None:
        """Show an outcome; `held` is the external id of an opened "one moment" view, or empty."""
        match outcome:
            case Show(form) | Invalid(form):
                await self._put_view(await self._form(form, place), place, held)
            case Say(card):
                await self._say(card, place, held, page)
            case Refused(_, text):
                await self._tell(text, place, held, Tone.WARN, outcome.way)
            case Done():
                await self._done(outcome, place, held)
            case Hand():
                await self._tell(await self._hand(outcome, place), place, held)
            case _:
                assert_never(outcome)

    async def tell(self, key: str, place: Place, held: str = "") -> None:
        """One of our own fixed sentences."""
        await self._tell((await self.words(place.actor))(key), place, held, Tone.WARN)

    async def hold(self, place: Place) -> str:
        """Open "one moment" before the trigger expires; its external id, or empty where none can be opened."""
        if not place.trigger_id:
            return ""
        held = self._services.new_id("view")
        view = render.loading(await self.words(place.actor), held)
        return held if await self._open(view, place) else ""

    # ---- an answer to a submission -----------------------------------------------------------

    async def to_submission(self, outcome: Outcome, place: Place) -> Submitted:
        """The acknowledgement that shows the outcome in the view that was sent."""
        fixed = await self.words(place.actor)
        match outcome:
            case Invalid(form):
                errors = _by_block(form.errors, place.input_blocks)
                if errors:
                    return Submitted({"response_action": "errors", "errors": errors})
                return Submitted(_update(await self._form(form, place)))
            case Refused():
                return self._refused(outcome, place, fixed)
            case Show(form):
                return Submitted(_update(await self._form(form, place)))
            case Say(card):
                return Submitted(_update(await self._form(render.reading(card), place)))
            case Done(card=Card() as card) if _card_says_it(outcome):
                return Submitted(_update(await self._form(render.reading(card), place)), after=True)
            case Done(note):
                return Submitted(_update(render.note(note or fixed("slack.done"), fixed, tone=Tone.OK)), after=True)
            case Hand():
                return Submitted(_update(render.note(fixed("slack.loading"), fixed)), after=True)
            case _:
                assert_never(outcome)

    @staticmethod
    def _refused(refused: Refused, place: Place, fixed: Words) -> Submitted:
        if place.input_blocks:
            # What was typed stays in front of the person.
            return Submitted({"response_action": "errors", "errors": {place.input_blocks[-1]: refused.text}})
        return Submitted(_update(render.note(refused.text, fixed, tone=Tone.WARN)))

    def busy_submission(self, place: Place, key: str) -> Submitted:
        """Our own sentence as the answer to a submission, keeping what was typed."""
        fixed = self.words_at_once(place.actor)
        return self._refused(Refused(key, fixed(key)), place, fixed)

    def hold_submission(self, place: Place) -> Submitted:
        """The "one moment" view as an acknowledgement."""
        held = render.loading(self.words_at_once(place.actor), self._services.new_id("view"))
        return Submitted(_update(held))

    async def after_submission(self, outcome: Outcome, place: Place) -> None:
        """What follows the acknowledgement: the message the form came from, the Home tab, a file."""
        if isinstance(outcome, Done):
            await self._replace_origin(outcome, place)
        elif isinstance(outcome, Hand):
            fixed = await self.words(place.actor)
            await self._update_view(render.note(await self._hand(outcome, place), fixed), place, "")

    async def late_submission(self, outcome: Outcome, place: Place) -> None:
        """The outcome of a submission that was acknowledged with "one moment"."""
        if isinstance(outcome, Refused | Done):
            fixed = await self.words(place.actor)
            text, tone = (
                (outcome.text, Tone.WARN)
                if isinstance(outcome, Refused)
                else (outcome.note or fixed("slack.done"), Tone.OK)
            )
            await self._update_view(render.note(text, fixed, tone=tone), place, "")
            await self.after_submission(outcome, place)
        else:
            await self.show(outcome, replace(place, door=Door.SUBMISSION), "")

    # ---- the Home tab ------------------------------------------------------------------------

    async def publish_home(self, actor: Actor, card: Card, *, page: int = 0, view_hash: str = "") -> None:
        """Draw the Home tab; a newer drawing wins."""
        pictures = await self._gallery.upload(actor.tenant, card)
        view = render.home(card, pictures, await self.words(actor), page)
        try:
            await self._api.call(
                actor.tenant, "views.publish", repeat=True, user_id=actor.user, view=view, hash=view_hash or None
            )
        except SlackError as refused:
            if refused.code not in _STALE:
                raise

    async def refuse_home(self, actor: Actor, text: str) -> None:
        """The Home tab of somebody whom a rule keeps out."""
        await self.publish_home(actor, Card("slack.refused", "", (Notice(Tone.WARN, line(text)),), summary=text))

    async def refresh_home(self, actor: Actor, note: str = "") -> None:
        """Draw the Home tab as it is now, with a sentence on top about what was just done."""
        outcome = await self._services.handle(HomeOpened(event_id=self._services.new_id("event"), actor=actor))
        if isinstance(outcome, Say):
            card = outcome.card
            if note:
                card = replace(card, body=(Notice(Tone.OK, line(note)), *card.body))
            await self.publish_home(actor, card)

    # ---- pieces ------------------------------------------------------------------------------

    async def _form(self, form: Form, place: Place) -> Json:
        """The form as a view, or a link to our own page where Slack is not the place for it."""
        fixed = await self.words(place.actor)
        if self._settings.submit_via == "chat" or not render.confidential(form):
            pictures = await self._gallery.upload(place.actor.tenant, form)
            try:
                return render.modal(form, pictures, fixed, self._services.new_id("view"), place.origin)
            except render.DoesNotFit:
                LOG.warning("slack.form_too_large", what=form.key)
        if self._services.sign_in is None:
            return render.note(fixed("slack.failed"), fixed, tone=Tone.WARN)
        return render.link(fixed, await self._services.sign_in.link_for(place.actor))

    async def _say(self, card: Card, place: Place, held: str, page: int) -> None:
        """Show a card where the person is: a view, or an answer that only they see, and nothing that stays.

        A posted message stays for good, also what names colleagues and was to be read once.
        """
        if place.redraws:
            await self.publish_home(place.actor, card, page=page, view_hash=place.view_hash)
            return
        bodies = render.messages(card, await self._gallery.upload(place.actor.tenant, card))
        if not held and place.door is Door.COMMAND and place.response_url and len(bodies) <= _RESPONSES:
            for body in bodies:
                await self._respond(place, body)
        elif place.typed:
            await self._whisper(place, bodies)
        else:
            await self._put_view(await self._form(render.reading(card), place), place, held)

    async def _tell(
        self, text: str, place: Place, held: str, tone: Tone | None = None, way: tuple[Action, ...] = ()
    ) -> None:
        fixed = await self.words(place.actor)
        card = Card("slack.note", "", (Notice(tone or Tone.INFO, line(text)),), way, text)
        if held or place.door in {Door.HOME, Door.VIEW, Door.SUBMISSION}:
            await self._put_view(render.note(text, fixed, tone=tone, actions=way), place, held)
        elif place.response_url:
            await self._respond(place, render.messages(card, {})[0] if way else {"text": escaped(text)})
        else:
            await self._whisper(place, render.messages(card, {}))

    async def _done(self, outcome: Done, place: Place, held: str) -> None:
        shown = await self._replace_origin(outcome, place)
        card = outcome.card
        if card is not None and _card_says_it(outcome) and not shown:
            await self._say(card, replace(place, redraws=False), held, 0)
        elif held or not shown:
            note = outcome.note or (await self.words(place.actor))("slack.done")
            await self._tell(note, place, held, Tone.OK)

    async def _replace_origin(self, outcome: Done, place: Place) -> bool:
        """Show what was done where it was asked for; whether anything visible changed there."""
        origin = place.origin
        if place.ephemeral and outcome.card is not None:
            body, *_ = render.messages(outcome.card, await self._gallery.upload(place.actor.tenant, outcome.card))
            await self._respond(place, {**body, "replace_original": True})
            return True
        if origin.home:
            await self.refresh_home(place.actor, outcome.note)
            return place.door is Door.HOME and not _card_says_it(outcome)
        if origin.ts and outcome.card is not None:
            try:
                await self._outbound.put(place.actor.tenant, origin.channel, [origin.ts], outcome.card)
            except (DeliveryFailed, DeliveryUnknown) as failed:
                LOG.warning("slack.message_not_updated", error=type(failed).__name__, place=place_of(failed))
                return False
            return place.door is Door.MESSAGE
        return False

    async def _hand(self, outcome: Hand, place: Place) -> str:
        """Upload the file into the person's messages; the sentence that says so."""
        fixed = await self.words(place.actor)
        try:
            channel = await self._channels.direct(place.actor)
            await self._upload(place.actor.tenant, channel, outcome.document, outcome.note)
        except SlackError as refused:
            LOG.warning("slack.file_not_sent", code=refused.code)
            return fixed("slack.file_failed")
        return outcome.note or fixed("slack.sent_file")

    async def _upload(self, tenant: str, channel: str, document: Document, note: str) -> None:
        await self._api.upload(tenant, document.name, document.content, channel=channel, comment=escaped(note))

    async def _whisper(self, place: Place, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Answer words typed to the app itself, in that chat, so that only the person sees it and it does not stay."""
        for body in bodies:
            await self._api.call(
                place.actor.tenant, "chat.postEphemeral", channel=place.channel, user=place.actor.user, **body
            )

    async def _direct(self, actor: Actor, card: Card) -> None:
        await self._outbound.put(actor.tenant, await self._channels.direct(actor), [], card)

    async def _respond(self, place: Place, body: Mapping[str, Any]) -> None:
        await self._api.respond(place.response_url, {"response_type": "ephemeral", "replace_original": False, **body})

    # ---- views -------------------------------------------------------------------------------

    async def _put_view(self, view: Json, place: Place, held: str) -> None:
        """Fill the held view, or update the sent one, or open a new one."""
        if held or place.door is Door.SUBMISSION or (place.door is Door.VIEW and place.stacked):
            await self._update_view(view, place, held)
        elif not place.trigger_id or not await self._open(view, place):
            await self._offer_again(place)

    async def _open(self, view: Json, place: Place) -> bool:
        """Open a view, on top of the one that was pressed; False when the trigger has expired."""
        if place.door is Door.VIEW and place.stacked:
            return await self._update_view(view, place, "")
        method = "views.push" if place.door is Door.VIEW else "views.open"
        try:
            await self._api.call(place.actor.tenant, method, trigger_id=place.trigger_id, view=view)
        except SlackError as refused:
            if refused.code in EXPIRED:
                return False
            raise
        return True

    async def _update_view(self, view: Json, place: Place, held: str) -> bool:
        which = {"external_id": held} if held else {"view_id": place.view_id}
        # A pressed view is replaced only as the person saw it; a held one only ever waits for us.
        seen = place.view_hash if place.door is Door.VIEW and not held else None
        try:
            await self._api.call(place.actor.tenant, "views.update", repeat=True, view=view, hash=seen or None, **which)
        except SlackError as refused:
            if refused.code not in _STALE:
                raise
            LOG.info("slack.view_newer_or_closed", code=refused.code)
        return True

    async def _offer_again(self, place: Place) -> None:
        """The trigger expired before an answer was there: say so where a message can be."""
        fixed = await self.words(place.actor)
        text = fixed("slack.expired_command" if place.door is Door.COMMAND else "slack.expired")
        if place.typed:
            text = fixed("slack.typed_form", command=self._settings.commands.get(place.command, f"/{place.command}"))
            note = Card("slack.typed_form", "", (Notice(Tone.INFO, line(text)),), summary=text)
            await self._whisper(place, render.messages(note, {}))
        elif place.response_url:
            await self._respond(place, {"text": escaped(text)})
        else:
            await self._direct(place.actor, Card("slack.expired", "", (Notice(Tone.WARN, line(text)),), summary=text))


def _card_says_it(done: Done) -> bool:
    """Whether the card says what the note would, with what can be done now (Undo, the next step)."""
    return done.card is not None and done.note in {"", done.card.summary}


def _update(view: Json) -> Json:
    return {"response_action": "update", "view": view}


def _by_block(errors: Mapping[str, str], input_blocks: tuple[str, ...]) -> dict[str, str]:
    """Errors by the block ids of the sent view; empty when one belongs to a field the view does not have."""
    places: dict[str, str] = {}
    for identifier in input_blocks:
        found = field_of(identifier)
        if found is not None:
            places.setdefault(found[0], identifier)
    named = {name: text for name, text in errors.items() if name}
    if not errors or not places or set(named) - set(places):
        return {}
    by_block = {places[name]: text for name, text in named.items()}
    if errors.get(""):
        first = next(iter(places.values()))
        by_block[first] = " ".join(filter(None, (errors[""], by_block.get(first, ""))))
    return by_block
