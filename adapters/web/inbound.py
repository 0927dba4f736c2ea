"""From an opened ticket and a posted form to the neutral event. The actor comes from the session alone."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from multidict import MultiMapping

from adapters.web.tickets import Ticket
from bot.anonymise.text import Sensitive
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, FormSubmitted

Posted = MultiMapping[str | bytes | bytearray | web.FileField]
_TEXT, _OPTIONS = "t.", "o."


def pressed(ticket: Ticket, actor: Actor, event_id: str = "") -> ActionPressed:
    """A button or a link that opens a page."""
    return ActionPressed(
        event_id=event_id or ticket.event, actor=actor, key=ticket.key, subject=ticket.subject, args=ticket.args
    )


def submitted(ticket: Ticket, actor: Actor, posted: Posted) -> FormSubmitted:
    """A form that was sent."""
    return FormSubmitted(
        event_id=ticket.event,
        actor=actor,
        key=ticket.key,
        subject=ticket.subject,
        state=ticket.args,
        values=_values(posted),
    )


def typed(ticket: Ticket, actor: Actor, posted: Posted) -> CommandTyped:
    """What stands in the command box, with or without the slash; nothing typed asks for help."""
    name, _, rest = text_of(posted, "command").strip().lstrip("/").partition(" ")
    return CommandTyped(event_id=ticket.event, actor=actor, name=name.lower() or "help", text=Sensitive(rest.strip()))


def text_of(posted: Posted, name: str) -> str:
    """A posted value as text with plain line ends; empty when it is missing or a file."""
    value = posted.get(name, "")
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else ""


def texts(posted: Posted) -> list[str]:
    """Every text that a person typed into a form, to give back what could not be taken."""
    return [text for name in posted if name.startswith(_TEXT) and (text := text_of(posted, name)).strip()]


def _values(posted: Posted) -> Mapping[str, Sensitive | tuple[str, ...]]:
    values: dict[str, Sensitive | tuple[str, ...]] = {}
    for name in posted:
        if name.startswith(_TEXT):
            values[name.removeprefix(_TEXT)] = Sensitive(text_of(posted, name))
        elif name.startswith(_OPTIONS):
            chosen = tuple(v for v in posted.getall(name) if isinstance(v, str) and v)
            if chosen:
                values[name.removeprefix(_OPTIONS)] = chosen
    return values
