"""Verified payloads → typed events. Pure: the actor comes from Slack's own fields, never from a value.

The id of an event is what Slack repeats when it delivers again: `event_id` of an event, the
`trigger_id` of a command, click or submission (fresh for each of those, the same in a repeated delivery).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from adapters.slack import payload_ids as wire
from adapters.slack.fields import read_values
from adapters.slack.payload_ids import Metadata, Origin
from bot.anonymise.text import Sensitive
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, Event, FormSubmitted, HomeOpened

Payload = Mapping[str, Any]


class Door(Enum):
    """How something came in, which decides how it can be answered."""

    COMMAND = "command"
    MESSAGE = "message"
    HOME = "home"
    VIEW = "view"
    SUBMISSION = "submission"


@dataclass(frozen=True)
class Place:
    """Where an answer can go: the trigger (3 seconds, once), the response URL, the view or message it came from."""

    door: Door
    actor: Actor
    trigger_id: str = ""
    response_url: str = ""
    channel: str = ""
    ts: str = ""
    view_id: str = ""
    view_hash: str = ""
    stacked: bool = False
    """True when the view has two others under it, which is as many as Slack stacks."""
    input_blocks: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
    redraws: bool = False
    """True when the answer is the Home tab itself."""
    command: str = ""
    """The first word of what was typed to the app itself."""
    ephemeral: bool = False
    """True when what was pressed is an answer that only the person sees; it can be replaced by the response URL."""

    @property
    def typed(self) -> bool:
        """Whether it was typed to the app itself: no trigger and no response URL came with it."""
        return self.door is Door.MESSAGE and not self.trigger_id


def tenant_of(body: Payload) -> str:
    """The installation's key: the organisation's id for an org-wide install, the workspace's otherwise."""
    given = (body.get("authorizations") or [{}])[0] or {}
    org_wide = body.get("is_enterprise_install", given.get("is_enterprise_install"))
    enterprise = body.get("enterprise_id") or given.get("enterprise_id") or (body.get("enterprise") or {}).get("id")
    if enterprise and org_wide in (True, "true"):
        return str(enterprise)
    return str(body.get("team_id") or given.get("team_id") or (body.get("team") or {}).get("id") or "")


def actor_of(body: Payload) -> Actor:
    """Who acts; an empty user when the payload names none."""
    event = body.get("event") or {}
    user = body.get("user_id") or (body.get("user") or {}).get("id") or event.get("user") or ""
    return Actor("slack", tenant_of(body), str(user["id"] if isinstance(user, Mapping) else user))


def from_elsewhere(body: Payload) -> bool:
    """Whether Slack says that the person or the channel belongs to another organisation as well."""
    user = body.get("user")
    user_team = user.get("team_id") if isinstance(user, Mapping) else None
    team = (body.get("team") or {}).get("id") if isinstance(body.get("team"), Mapping) else None
    # Across a Grid one person has one id in many workspaces, so only single workspaces are compared.
    return bool(user_team and team and user_team != team and not body.get("enterprise"))


def in_shared_channel(body: Payload) -> bool:
    """Whether Slack marks the conversation as shared with another organisation."""
    channel = body.get("channel")
    about = channel if isinstance(channel, Mapping) else {}
    return bool(body.get("is_ext_shared_channel") or about.get("is_ext_shared") or about.get("is_ext_shared_channel"))


def command(body: Payload, canonical: Mapping[str, str]) -> tuple[Event, Place]:
    """A slash command."""
    actor = actor_of(body)
    typed = str(body.get("command", ""))
    event = CommandTyped(
        event_id=str(body["trigger_id"]),
        actor=actor,
        name=canonical.get(typed, typed.lstrip("/")),
        text=Sensitive(str(body.get("text") or "").strip()),
    )
    return event, _place(Door.COMMAND, actor, body, channel=str(body.get("channel_id", "")))


def shortcut(body: Payload) -> tuple[Event, Place]:
    """The message shortcut "present as a case": the command `case new` with the message's text."""
    actor = actor_of(body)
    text = str((body.get("message") or {}).get("text") or "")
    event = CommandTyped(
        event_id=str(body["trigger_id"]), actor=actor, name="case", text=Sensitive(f"new {text}".strip())
    )
    return event, _place(Door.COMMAND, actor, body, channel=_id(body.get("channel")))


def pressed(body: Payload) -> tuple[Event, Place, int] | None:
    """A button: event, place, and the Home page to show; None for a button that needs no answer."""
    action = body["actions"][0]
    identifier = str(action.get("action_id", ""))
    actor = actor_of(body)
    place = _pressed_place(body, actor)
    if identifier.startswith(f"{wire.PAGE}:"):
        opened = HomeOpened(event_id=str(body["trigger_id"]), actor=actor)
        return opened, replace(place, redraws=True), int(action["value"])
    if not identifier.startswith(f"{wire.DO}:"):
        return None
    key, subject, args = wire.read_action(str(action["value"]))
    event = ActionPressed(
        event_id=str(body["trigger_id"]),
        actor=actor,
        key=key,
        subject=subject,
        args=args,
        message=_message(place.origin) if place.door is Door.MESSAGE else "",
    )
    return event, place, 0


def submitted(body: Payload) -> tuple[Event, Place]:
    """A form."""
    actor = actor_of(body)
    view = body["view"]
    about: Metadata = wire.read_metadata(view.get("private_metadata", ""))
    event = FormSubmitted(
        event_id=str(body["trigger_id"]),
        actor=actor,
        key=about.key,
        subject=about.subject,
        state=about.state,
        values=read_values((view.get("state") or {}).get("values") or {}),
        message=_message(about.origin),
    )
    inputs = tuple(str(b["block_id"]) for b in view.get("blocks", ()) if b.get("type") == "input")
    place = _place(
        Door.SUBMISSION,
        actor,
        body,
        view_id=str(view["id"]),
        view_hash=str(view.get("hash", "")),
        input_blocks=inputs,
        origin=about.origin,
    )
    return event, place


def home_opened(body: Payload) -> tuple[Event, Place] | None:
    """The Home tab; None for the app's other tabs."""
    event = body["event"]
    if event.get("tab") != "home":
        return None
    actor = actor_of(body)
    opened = HomeOpened(event_id=str(body["event_id"]), actor=actor)
    return opened, Place(Door.HOME, actor, view_hash=str((event.get("view") or {}).get("hash", "")), redraws=True)


def message(body: Payload) -> tuple[Event, Place] | None:
    """A command typed as a direct message; None for everything that no person just typed to us."""
    event = body["event"]
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id") or not event.get("user"):
        return None
    actor = actor_of(body)
    name, _, rest = str(event.get("text") or "").strip().lstrip("/").partition(" ")
    typed = CommandTyped(event_id=str(body["event_id"]), actor=actor, name=name.lower(), text=Sensitive(rest.strip()))
    return typed, Place(Door.MESSAGE, actor, channel=str(event["channel"]), command=name.lower())


def _pressed_place(body: Payload, actor: Actor) -> Place:
    container = body.get("container") or {}
    view = body.get("view") or {}
    if view.get("type") == "modal":
        root, previous = view.get("root_view_id"), view.get("previous_view_id")
        return _place(
            Door.VIEW,
            actor,
            body,
            view_id=str(view["id"]),
            view_hash=str(view.get("hash", "")),
            stacked=bool(previous and previous != root),
            origin=wire.read_metadata(view.get("private_metadata", "")).origin,
        )
    if view.get("type") == "home":
        return _place(Door.HOME, actor, body, view_hash=str(view.get("hash", "")), origin=Origin(home=True))
    channel, ts = str(container.get("channel_id") or _id(body.get("channel"))), str(container.get("message_ts", ""))
    ephemeral = bool(container.get("is_ephemeral"))
    mine = Origin() if ephemeral else Origin(channel=channel, ts=ts)
    return _place(Door.MESSAGE, actor, body, channel=channel, ts=mine.ts, origin=mine, ephemeral=ephemeral)


def _place(door: Door, actor: Actor, body: Payload, **about: Any) -> Place:
    return Place(
        door,
        actor,
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        **about,
    )


def _message(origin: Origin) -> str:
    """The message as a delivery names it, empty where nothing came from one."""
    return f"{origin.channel}:{origin.ts}" if origin.ts else ""


def _id(node: object) -> str:
    return str(node.get("id", "")) if isinstance(node, Mapping) else ""
