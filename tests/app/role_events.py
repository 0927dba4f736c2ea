"""The event by which somebody uses a command."""

from __future__ import annotations

from bot.anonymise import Sensitive
from bot.app.command_row import Command, Kind
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, Event, FormSubmitted


def event(command: Command, actor: Actor, subject: str, number: int) -> Event:
    id = f"walk-{command.key}-{subject}-{number}"
    match command.kind:
        case Kind.TYPED:
            return CommandTyped(event_id=id, actor=actor, name=command.key, text=Sensitive(subject))
        case Kind.PRESSED:
            return ActionPressed(event_id=id, actor=actor, key=command.key, subject=subject)
        case Kind.SENT:
            return FormSubmitted(event_id=id, actor=actor, key=command.key, subject=subject)
