"""Somebody at Slack's client: types, presses, fills in, sends, and sees what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.standins.slack.server import Delivery, Slack
from tests.standins.slack.workspace import Json, View, texts


class CannotPress(AssertionError):
    """The person sees no such button or field."""


@dataclass
class Person:
    """A member of a workspace in front of Slack."""

    slack: Slack
    user: str
    team: str = "T0CLINIC"
    enterprise: str = ""
    """Set for people of an organisation that installed the app for all its workspaces."""

    # ---- what they do ------------------------------------------------------------------------

    async def types(self, line: str, channel: str = "") -> Delivery:
        """A slash command."""
        command, _, text = line.partition(" ")
        body = {
            "command": command,
            "text": text,
            "channel_id": channel or self.slack.kept.direct(self.user),
            "user_id": self.user,
            "team_id": self.team,
            "trigger_id": self._trigger(),
            "response_url": self._response_url(),
        }
        body |= {"enterprise_id": self.enterprise, "is_enterprise_install": "true"} if self.enterprise else {}
        answer = await self.slack.bring("command", body)
        if answer.body and answer.body.get("text"):
            self.slack.kept.ephemeral.setdefault(self.user, []).append(answer.body)
        return answer

    async def opens_home(self, event_id: str = "") -> Delivery:
        """The Home tab."""
        event: Json = {"type": "app_home_opened", "user": self.user, "tab": "home", "channel": f"D{self.user}"}
        home = self.slack.kept.homes.get(self.user)
        if home:
            event["view"] = home.payload()
        return await self.brings(event, event_id)

    async def brings(self, event: Json, event_id: str = "", retry: int = 0) -> Delivery:
        """Any event of the workspace."""
        body = {
            "type": "event_callback",
            "event_id": event_id or f"Ev{self.slack.kept.number()}",
            "team_id": self.team,
            "event": event,
            **self._organisation(),
            "authorizations": [self._authorization()],
        }
        return await self.slack.bring("event", body, retry=retry)

    async def uses_shortcut(self, text: str, channel: str = "C0TEAM") -> Delivery:
        """The message shortcut on somebody's message."""
        body = self._interaction("message_action") | {
            "callback_id": "present_case",
            "message": {"type": "message", "text": text, "ts": "1.2"},
            "channel": {"id": channel, "name": "team"},
            "response_url": self._response_url(),
        }
        return await self.slack.bring("interaction", body)

    async def presses(self, label: str, on: Json | None = None) -> Delivery:
        """A button of the view on top, of the message `on`, or of the Home tab."""
        return await self.slack.bring("interaction", self.press_body(label, on))

    def press_body(self, label: str, on: Json | None = None) -> Json:
        """What pressing sends; bring it twice and Slack has delivered it twice."""
        view = None if on is not None else (self.slack.kept.view(self.user) or self.slack.kept.homes.get(self.user))
        shown = on if on is not None else (view.body if view else {"blocks": []})
        block, element = _button(shown["blocks"], label)
        pressed = {"type": "button", "action_ts": "1.1", "block_id": block, **_sent(element)}
        body = self._interaction("block_actions") | {"actions": [pressed]}
        if view is not None:
            return body | {"container": {"type": "view", "view_id": view.id}, "view": view.payload()}
        channel = on.get("channel", f"D{self.user}") if on else ""
        container: Json = {"type": "message", "message_ts": (on or {}).get("ts"), "channel_id": channel}
        url = self._response_url()
        if on and on.get("response_type") == "ephemeral":
            container["is_ephemeral"] = True
            self.slack.kept.pressed[url.rpartition("/")[2]] = on
        return body | {"container": container, "channel": {"id": channel}, "response_url": url}

    async def sends(self, **typed: Any) -> Delivery:
        """Fill in fields of the view on top by their names and press its submit button."""
        view = self.modal
        if "submit" not in view.body:
            raise CannotPress("the view has no submit button")
        _fill(view, typed)
        body = self._interaction("view_submission") | {"view": view.payload(), "response_urls": []}
        answer = await self.slack.bring("interaction", body)
        if answer.status == 200:
            self._acknowledged(view, answer.body)
        return answer

    # ---- what they see -----------------------------------------------------------------------

    @property
    def modal(self) -> View:
        """The view on top."""
        view = self.slack.kept.view(self.user)
        if view is None:
            raise CannotPress(f"{self.user} sees no view")
        return view

    @property
    def reads(self) -> str:
        """The words of the view on top."""
        return texts(self.modal.body)

    @property
    def shown(self) -> str:
        """The same, and nothing while no view is open."""
        return self.reads if self.slack.kept.view(self.user) else ""

    @property
    def home(self) -> str:
        """The words of the Home tab."""
        return texts(self.slack.kept.homes[self.user].body)

    @property
    def inbox(self) -> list[str]:
        """The words of the app's messages."""
        return [texts(m.get("blocks") or m.get("text") or m) for m in self.slack.kept.inbox(self.user)]

    @property
    def whispers(self) -> list[str]:
        """The words of answers only they see."""
        return [texts(m.get("blocks")) or m["text"] for m in self.slack.kept.ephemeral.get(self.user, [])]

    async def until(self, seen: str, seconds: float = 4.0) -> None:
        """Wait until these words are on one of their surfaces."""
        for _ in range(int(seconds / 0.02)):
            if seen in self.everything:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never saw {seen!r}; sees {self.everything[:600]!r}")

    @property
    def everything(self) -> str:
        """The words of all surfaces."""
        view, home = self.slack.kept.view(self.user), self.slack.kept.homes.get(self.user)
        shown = [texts(v.body) for v in (view, home) if v]
        return "\n".join([*shown, *self.inbox, *self.whispers])

    # ---- pieces ------------------------------------------------------------------------------

    def _interaction(self, kind: str) -> Json:
        return {
            "type": kind,
            "trigger_id": self._trigger(),
            "team": {"id": self.team, "domain": "clinic"},
            "user": {"id": self.user, "team_id": self.slack.kept.people[self.user].get("team_id", self.team)},
            **self._organisation(),
        }

    def _organisation(self) -> Json:
        if not self.enterprise:
            return {"is_enterprise_install": False, "enterprise": None}
        return {"is_enterprise_install": True, "enterprise": {"id": self.enterprise}, "enterprise_id": self.enterprise}

    def _authorization(self) -> Json:
        org_wide = bool(self.enterprise)
        team = None if org_wide else self.team
        return {"enterprise_id": self.enterprise or None, "team_id": team, "is_enterprise_install": org_wide}

    def _trigger(self) -> str:
        trigger = f"{self.slack.kept.number()}.trigger"
        self.slack.kept.triggers[trigger] = (asyncio.get_running_loop().time(), self.user)
        return trigger

    def _response_url(self) -> str:
        name = f"r{self.slack.kept.number()}"
        self.slack.kept.response_urls[name] = (self.user, 5)
        return f"{self.slack.base}/respond/{name}"

    def _acknowledged(self, view: View, body: Json | None) -> None:
        """What Slack's client does with the acknowledgement of a submission."""
        stack = self.slack.kept.stacks[self.user]
        match (body or {}).get("response_action"):
            case "errors":
                assert body is not None
                inputs = {b["block_id"] for b in view.body["blocks"] if b["type"] == "input"}
                assert set(body["errors"]) <= inputs, "errors must be keyed by block ids of input blocks"
                assert body["errors"], "errors must not be empty"
                assert all(body["errors"].values()), "an error must have words"
                view.body["errors"] = [{"text": text} for text in body["errors"].values()]
            case "update":
                assert body is not None
                self.slack.methods._view({"view": body["view"]}, "modal")
                self.slack.kept.redraw(view, body["view"])
            case "clear":
                stack.clear()
            case None:
                stack.remove(view)
            case other:
                raise AssertionError(f"unknown response_action {other!r}")


def _button(blocks: list[Json], label: str) -> tuple[str, Json]:
    for block in blocks:
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            if element["text"]["text"] == label:
                return block.get("block_id", ""), element
    raise CannotPress(f"no button {label!r} in {[texts(b) for b in blocks]}")


def _sent(element: Json) -> Json:
    return {k: element[k] for k in ("action_id", "value") if k in element}


_FILLED = (
    "value",
    "selected_option",
    "selected_options",
    "selected_date",
    "selected_user",
    "selected_users",
    "selected_conversation",
)


def _fields(view: View) -> Iterator[tuple[str, Json]]:
    for block in view.body["blocks"]:
        if block["type"] == "input":
            yield block["block_id"].split("|")[2], block


def _fill(view: View, typed: Json) -> None:
    """The state of every field: typed now, typed before, or as drawn; a required one must not stay empty."""
    unknown = set(typed) - {name for name, _ in _fields(view)}
    if unknown:
        raise CannotPress(f"no fields {unknown}")
    for name, block in _fields(view):
        state = view.typed.get(block["block_id"]) or {"v": _initial(block["element"])}
        if name in typed:
            state = {"v": _given(block["element"], typed[name])}
        filled = any(state["v"].get(k) for k in _FILLED)
        if not block.get("optional") and not filled:
            raise CannotPress(f"{name} must not be empty")
        view.typed[block["block_id"]] = state


def _initial(element: Json) -> Json:
    kind = element["type"]
    match kind:
        case "radio_buttons" | "static_select":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "users_select":
            return {"type": kind, "selected_user": element.get("initial_user")}
        case "multi_users_select":
            return {"type": kind, "selected_users": element.get("initial_users", [])}
        case "conversations_select":
            return {"type": kind, "selected_conversation": element.get("initial_conversation")}
    return {"type": kind, "value": element.get("initial_value")}


def _given(element: Json, value: Any) -> Json:
    kind = element["type"]
    options = {o["value"]: o for o in element.get("options", ())}
    match kind:
        case "radio_buttons" | "static_select":
            return {"type": kind, "selected_option": options[value]}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": [options[v] for v in value]}
        case "datepicker":
            return {"type": kind, "selected_date": value}
        case "users_select":
            return {"type": kind, "selected_user": value}
        case "multi_users_select":
            if len(value) > element.get("max_selected_items", len(value)):
                raise CannotPress("too many are picked")
            return {"type": kind, "selected_users": [*value]}
        case "conversations_select":
            return {"type": kind, "selected_conversation": value}
    if len(str(value)) > element.get("max_length", 3000):
        raise CannotPress("too long")
    return {"type": kind, "value": str(value)}
