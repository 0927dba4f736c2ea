"""Verified activities → typed events. Pure: what a client claims is translated, never believed.

The actor comes from the connector's own fields. A submission of one drawn form is one event,
however often it arrives: the form's nonce is its id. A button of a message may be pressed many
times, so there the activity's id counts.
"""

from __future__ import annotations

from adapters.teams.activity import delivery_id, fingerprint, plain_words, text_at, typed_words
from adapters.teams.payload_ids import Pressed
from adapters.teams.spans import Json
from bot.anonymise.text import Sensitive
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, Event, FormSubmitted

EXTENSION_COMMANDS = frozenset({"newCase", "presentAsCase"})
"""The manifest's action commands; each stands for the typed command `case new`."""
_HELP = "help"


def typed(activity: Json, actor: Actor, private: bool) -> CommandTyped:
    """A message: its first word is the command, whatever follows its text."""
    name, _, rest = typed_words(activity).partition(" ")
    return CommandTyped(
        event_id=delivery_id(activity),
        actor=actor,
        private=private,
        name=name.lower() or _HELP,
        text=Sensitive(rest.strip()),
    )


def repeated(activity: Json, actor: Actor, name: str, text: str) -> CommandTyped:
    """A command typed earlier, run again from the button that opens its dialog; dialogs are private."""
    return CommandTyped(event_id=delivery_id(activity), actor=actor, name=name, text=Sensitive(text))


def extended(activity: Json, actor: Actor) -> CommandTyped | None:
    """An action command of the message extension; None for one that no manifest of ours names."""
    value = activity.get("value")
    if text_at(value, "commandId") not in EXTENSION_COMMANDS:
        return None
    message = plain_words(text_at(value, "messagePayload", "body", "content"))
    text = Sensitive(f"new {message}".strip())
    return CommandTyped(event_id=delivery_id(activity), actor=actor, name="case", text=text)


def pressed(activity: Json, actor: Actor, what: Pressed, private: bool) -> Event:
    """A button or a submitted form."""
    event_id, message = _pressed_id(activity, actor, what), text_at(activity, "replyToId")
    if what.form:
        return FormSubmitted(
            event_id=event_id,
            actor=actor,
            private=private,
            key=what.key,
            subject=what.subject,
            state=what.args,
            values=what.values,
            message=message or what.message,
        )
    return ActionPressed(
        event_id=event_id,
        actor=actor,
        private=private,
        key=what.key,
        subject=what.subject,
        args=what.args,
        message=message,
    )


def _pressed_id(activity: Json, actor: Actor, what: Pressed) -> str:
    if not what.nonce:
        return delivery_id(activity)
    args = sorted(f"{name}={value}" for name, value in what.args.items())
    return fingerprint(actor.tenant, actor.user, what.nonce, what.key, what.subject, str(what.page), *args)
