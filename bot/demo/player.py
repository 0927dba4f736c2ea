"""Acts as demo people through the one way in, exactly as an adapter would: press, type, send what a form asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.anonymise import Sensitive
from bot.app.entry import Entry
from bot.demo.clinic import ORGANISATION, person_id
from bot.ui.inbound import (
    ActionPressed,
    Actor,
    CommandTyped,
    FormSubmitted,
    HomeOpened,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Card, Form


class StoryBroken(RuntimeError):
    """The product answered something the story does not expect; the message names the step, not the text."""


class Player:
    """One person in front of the product; every call is one event with an id of its own."""

    def __init__(self, entry: Entry, key: str, organisation: str = ORGANISATION) -> None:
        self._entry = entry
        self.key = key
        self.actor = Actor("web", organisation, person_id(key))

    async def home(self) -> Card:
        """Open the start page."""
        return _card(await self._entry.handle(HomeOpened(event_id=self._id(), actor=self.actor)))

    async def type(self, text: str) -> Outcome:
        """Type a slash command."""
        name, _, rest = text.lstrip("/").partition(" ")
        event = CommandTyped(event_id=self._id(), actor=self.actor, name=name, text=Sensitive(rest))
        return await self._entry.handle(event)

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        """Press a button."""
        event = ActionPressed(event_id=self._id(), actor=self.actor, key=key, subject=subject, args=args)
        return await self._entry.handle(event)

    async def open(self, key: str, subject: str = "") -> Form:
        """Press a button that opens a form."""
        return form_of(await self.press(key, subject), key)

    async def send(self, form: Form, values: Mapping[str, Sequence[str]]) -> Outcome:
        """Fill a form in and send it; chosen options are tuples."""
        typed = {name: Sensitive(v) if isinstance(v, str) else tuple(v) for name, v in values.items()}
        event = FormSubmitted(
            event_id=self._id(), actor=self.actor, key=form.key, subject=form.subject, state=form.state, values=typed
        )
        return await self._entry.handle(event)

    async def send_and_confirm(self, form: Form, values: Mapping[str, Sequence[str]]) -> tuple[Form | None, Outcome]:
        """Send a text; when the gate shows a preview, agree to it. Answers the preview, if there was one."""
        outcome = await self.send(form, values)
        if isinstance(outcome, Show) and outcome.form.key == "text.confirm":
            return outcome.form, await self.send(outcome.form, {})
        return None, outcome

    def _id(self) -> str:
        return self._entry.tools.ids.new("event")


def form_of(outcome: Outcome, step: str) -> Form:
    """The form of an outcome, or an error that names the step."""
    if isinstance(outcome, Show):
        return outcome.form
    if isinstance(outcome, Refused | Invalid):
        reason = outcome.key if isinstance(outcome, Refused) else ", ".join(outcome.form.errors)
        raise StoryBroken(f"{step}: refused ({reason})")
    raise StoryBroken(f"{step}: no form but {type(outcome).__name__}")


def _card(outcome: Outcome) -> Card:
    if isinstance(outcome, Say):
        return outcome.card
    raise StoryBroken(f"no card but {type(outcome).__name__}")
