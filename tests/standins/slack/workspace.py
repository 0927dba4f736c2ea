"""What Slack keeps: workspaces, tokens, people, channels, messages, views, files, triggers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

METHOD_SCOPES: dict[str, set[str]] = {
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "conversations.open": {"im:write"},
    "conversations.info": {"channels:read", "groups:read", "im:read"},
    "conversations.members": {"channels:read", "groups:read", "im:read", "mpim:read"},
    "conversations.history": {"im:history", "channels:history"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
}
"""One of these scopes is needed; a method that is not named needs none."""
FORMS_ONLY = {
    "conversations.info",
    "conversations.members",
    "usergroups.list",
    "usergroups.users.list",
    "users.info",
    "users.lookupByEmail",
}
"""Methods that read no JSON: what comes so is as if it had not come."""
MEMBER_SCOPES = "channels:read,groups:read,usergroups:read"
APP_SCOPES = f"chat:write,commands,files:write,im:write,users:read,users:read.email,{MEMBER_SCOPES}"


@dataclass
class Token:
    """A token and what it may do; `good` ends with revocation or expiry."""

    tenant: str
    scopes: str = APP_SCOPES
    good: bool = True
    expired: bool = False


@dataclass
class View:
    """A drawn view."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    typed: Json = field(default_factory=dict)

    def payload(self) -> Json:
        """As it stands in an interaction."""
        return {
            **self.body,
            "id": self.id,
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "state": {"values": self.typed},
        }


@dataclass
class Workspace:
    """Everything Slack keeps, for any number of workspaces."""

    trigger_life: float = 3.0
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    """By channel who is in it."""
    groups: dict[str, Json] = field(default_factory=dict)
    """User groups by id, with their users."""
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    ephemeral: dict[str, list[Json]] = field(default_factory=dict)
    pressed: dict[str, Json] = field(default_factory=dict)
    """By response URL the ephemeral answer whose button was pressed."""
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, tuple[float, str]] = field(default_factory=dict)
    used_triggers: set[str] = field(default_factory=set)
    response_urls: dict[str, tuple[str, int]] = field(default_factory=dict)
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """The next number of this workspace."""
        return next(self.count)

    def person(self, user: str, **about: Any) -> str:
        """A member of the workspace."""
        self.people[user] = {
            "id": user,
            "team_id": "T0CLINIC",
            "name": user.lower(),
            "tz": "Europe/Stockholm",
            "locale": "sv-SE",
            "deleted": False,
            "profile": {"real_name": f"Person {user}"},
            **about,
        }
        return user

    def channel(self, name: str, **about: Any) -> str:
        """A channel of which the app is a member."""
        self.channels[name] = {"id": name, "is_archived": False, "is_ext_shared": False, **about}
        return name

    def filled(self, name: str, *users: str, **about: Any) -> str:
        """A channel with members; of a private one the app is none unless `app` says so."""
        self.members[name] = [*users]
        return self.channel(name, **about)

    def user_group(self, id: str, name: str, *users: str, **about: Any) -> str:
        """A user group."""
        self.groups[id] = {"id": id, "name": name, "handle": name.lower(), "users": [*users], "date_delete": 0, **about}
        return id

    def direct(self, user: str) -> str:
        """The direct messages of a person with the app."""
        name = f"D{user}"
        self.channels.setdefault(name, {"id": name, "is_im": True, "user": user})
        return name

    def inbox(self, user: str) -> list[Json]:
        """The messages a person has from the app, in order."""
        return [message for _, message in sorted(self.messages.get(f"D{user}", {}).items())]

    def view(self, user: str) -> View | None:
        """The view on top."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def find_view(self, *, view_id: str = "", external_id: str = "") -> View | None:
        """A view that is open."""
        for view in [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]:
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None

    def redraw(self, view: View, body: Json) -> None:
        """Draw a view anew; what was typed in blocks that stay is kept, as Slack does."""
        ids = {b.get("block_id") for b in body["blocks"]}
        view.typed = {block: value for block, value in view.typed.items() if block in ids}
        view.body, view.hash = _with_ids(body), f"{self.number()}.hash"

    def open_view(self, user: str, body: Json, *, push: bool = False) -> View:
        """Open a view, alone or on top."""
        stack = self.stacks.get(user, []) if push else []
        made = f"V{self.number()}"
        root, previous = (stack[0].id, stack[-1].id) if stack else (made, None)
        view = View(made, user, _with_ids(body), f"{self.number()}.hash", root, previous)
        self.stacks[user] = [*stack, view]
        return view


def _with_ids(body: Json) -> Json:
    """Slack gives every block an id."""
    blocks = [{"block_id": f"auto{i}", **block} for i, block in enumerate(body["blocks"])]
    return {**body, "blocks": blocks}


def texts(node: object) -> str:
    """Every word a person sees in a payload, in order."""
    if isinstance(node, dict):
        own = node["text"] if isinstance(node.get("text"), str) else ""
        skipped = {"value", "text"} if own else {"value"}
        return own + " ".join(texts(v) for k, v in node.items() if k not in skipped and not isinstance(v, str))
    return " ".join(map(texts, node)) if isinstance(node, list) else ""
