"""What our own buttons and views carry through Slack and back: opaque ids only.

A button's `value` is its action; a view's `private_metadata` is the form's key, subject and state
and where it was opened from. Names of fields travel in block ids, made fresh with every drawing so
that Slack does not keep an older text in a newly drawn field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ui.model import Action, Form

DO = "do"
"""First part of the action ids of our actions."""
LINK = "link"
"""Action id of buttons that only lead to a page of ours; pressing them needs no answer."""
PAGE = "page"
"""Action id of the Home tab's page turner; its value is the page's number."""
FORM = "form"
"""Callback id of every modal that takes input; pages to read carry it too."""
SHORTCUT = "present_case"
"""Callback id of the message shortcut."""
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What reading a body raises that is no message of Slack's: not JSON, too deep, other shapes where objects belong."""


@dataclass(frozen=True)
class Origin:
    """Where a view was opened: the Home tab, or a message of ours that a button of it may replace."""

    home: bool = False
    channel: str = ""
    ts: str = ""


@dataclass(frozen=True)
class Metadata:
    """A view's private metadata."""

    key: str = ""
    subject: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


def action_id(action: Action, index: int) -> str:
    """Unique within its block."""
    return f"{DO}:{action.key}:{index}"


def action_value(action: Action) -> str:
    """The action as a button's value, at most 2,000 characters."""
    value = json.dumps([action.key, action.subject, dict(action.args)], separators=(",", ":"))
    if len(value) > 2000:
        raise ValueError(f"action {action.key}: its arguments do not fit into a button")
    return value


def read_action(value: str) -> tuple[str, str, dict[str, str]]:
    """Key, subject and arguments of a pressed button. Raises ValueError for a value that is not ours."""
    found = json.loads(value)
    match found:
        case [str(key), str(subject), dict(args)]:
            return key, subject, {str(k): str(v) for k, v in args.items()}
    raise ValueError("not a value of one of our buttons")


def metadata(form: Form, origin: Origin) -> str:
    """A form's ids as private metadata, at most 3,000 characters."""
    made = json.dumps(
        {"k": form.key, "s": form.subject, "t": dict(form.state), "o": [origin.home, origin.channel, origin.ts]},
        separators=(",", ":"),
    )
    if len(made) > 3000:
        raise ValueError(f"form {form.key}: its state does not fit into a view")
    return made


def read_metadata(text: str) -> Metadata:
    """What `metadata` wrote; empty metadata for a view that carries none."""
    if not text:
        return Metadata()
    found: Any = json.loads(text)
    home, channel, ts = found["o"]
    return Metadata(found["k"], found["s"], dict(found["t"]), Origin(bool(home), channel, ts))


def block_id(nonce: str, name: str, part: int = 0) -> str:
    """The id of a field's input block; long texts have several parts."""
    return f"f|{nonce}|{name}|{part}"


def field_of(identifier: str) -> tuple[str, int] | None:
    """Field name and part of an input block; None for a block that is no field."""
    match identifier.split("|"):
        case ["f", _, name, part] if part.isdigit():
            return name, int(part)
    return None
