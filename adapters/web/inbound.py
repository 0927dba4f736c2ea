"""From an opened ticket and a posted form to the neutral event. The actor comes from the session alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict, MultiMapping

from adapters.web.tickets import Ticket
from bot.anonymise.text import Sensitive
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, FormSubmitted, FormTyped, Replaced

Posted = MultiMapping[str]
DRAFT = "typed"
"""The entry of a form's state, and the hidden field, that names what was typed into it (`bot.app.steps.drafts`)."""
NOTICES = "/notices"
"""Where messages are read: a button with another way back stands on a page that was opened from there."""
_TEXT, _OPTIONS = "t.", "o."
_ENCODING = "application/x-www-form-urlencoded"
_MOST_VALUES = 1000


async def posted_by(request: web.Request) -> Posted:
    """The values of a posted form. What no form of ours sends (files, other encodings) is read as empty."""
    body = await request.read()
    if request.content_type != _ENCODING:
        return MultiDict()
    try:
        return MultiDict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_VALUES))
    except ValueError:
        return MultiDict()


def pressed(ticket: Ticket, actor: Actor, event_id: str = "") -> ActionPressed:
    """A button or a link that opens a page."""
    return ActionPressed(
        event_id=event_id or ticket.event,
        actor=actor,
        key=ticket.key,
        subject=ticket.subject,
        args=ticket.args,
        message=_message(ticket) if ticket.back.startswith(NOTICES) else "",
    )


def submitted(ticket: Ticket, actor: Actor, posted: Posted) -> FormSubmitted:
    """A form that was sent."""
    return FormSubmitted(
        event_id=ticket.event,
        actor=actor,
        key=ticket.key,
        subject=ticket.subject,
        state=_state(ticket, posted),
        values=_values(posted),
        message=_message(ticket),
    )


def _message(ticket: Ticket) -> str:
    """The notice that a ticket was drawn in or opened from, as a delivery names it."""
    surface, _, message = ticket.message.partition("/")
    return message if surface == "notice" else ""


def half_written(ticket: Ticket, actor: Actor, posted: Posted, event_id: str) -> FormTyped:
    """A form that is not sent yet."""
    return FormTyped(
        event_id=event_id,
        actor=actor,
        key=ticket.key,
        subject=ticket.subject,
        state=_state(ticket, posted),
        values=_values(posted),
        look=bool(text_of(posted, "look")),
    )


def in_utf16(posted: Posted, name: str, found: Sequence[Replaced]) -> list[tuple[int, int, str, bool]]:
    """Places in a text as a browser counts them."""
    text = text_of(posted, f"{_TEXT}{name}")

    def place(at: int) -> int:
        return len(text[:at].encode("utf-16-le")) // 2

    return [(place(each.start), place(each.end), each.tag, each.doubtful) for each in found]


def _state(ticket: Ticket, posted: Posted) -> Mapping[str, str]:
    """As it was drawn; only the name of the draft moves on while the page is open."""
    name = text_of(posted, DRAFT)
    return {**ticket.args, DRAFT: name} if name and DRAFT in ticket.args else ticket.args


def typed(ticket: Ticket, actor: Actor, posted: Posted) -> CommandTyped:
    """What stands in the command box, with or without the slash; nothing typed asks for help."""
    name, _, rest = text_of(posted, "command").strip().lstrip("/").partition(" ")
    return CommandTyped(event_id=ticket.event, actor=actor, name=name.lower() or "help", text=Sensitive(rest.strip()))


def text_of(posted: Posted, name: str) -> str:
    """A posted value as text with plain line ends; empty when it is missing."""
    return posted.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


def texts(posted: Posted) -> list[str]:
    """Every text that a person typed into a form, to give back what could not be taken."""
    return [text for name in posted if name.startswith(_TEXT) and (text := text_of(posted, name)).strip()]


def _values(posted: Posted) -> Mapping[str, Sensitive | tuple[str, ...]]:
    values: dict[str, Sensitive | tuple[str, ...]] = {}
    for name in posted:
        if name.startswith(_TEXT):
            values[name.removeprefix(_TEXT)] = Sensitive(text_of(posted, name))
        elif name.startswith(_OPTIONS):
            chosen = tuple(v for v in posted.getall(name) if v)
            if chosen:
                values[name.removeprefix(_OPTIONS)] = chosen
    return values
