"""What our buttons and inputs carry, written and read in one place.

A button's data holds everything of ours under one key, beside the inputs that Teams merges in:
`{"iv": {"k": key, "s": subject, "a": args, …}, "t.title": "…"}`. An input's id begins with the kind
of its value (`t.` text, `c.` choices, `v.` other values), because a submission names no kinds.
None of it is trusted: it says what was pressed, never who pressed it or whether they may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from adapters.teams.spans import Json
from bot.anonymise.text import Sensitive
from bot.ui.model import Action, ChoiceField, Field, ManyField

OURS = "iv"
HELD = "teams.held"
"""The key of such a button; no command has it."""
_CHOICES = "c."
_OTHER = "t."


@dataclass(frozen=True)
class Pressed:
    """What came back: a submitted form, a typed command to run again, else an action.

    Everything in it is an unchecked claim of the client.
    """

    key: str
    subject: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
    command: bool = False
    nonce: str = ""
    message: str = ""
    page: int = 0
    """Counted from 1; 0 when no part was asked for."""
    typed: str = ""
    values: Mapping[str, Sensitive | tuple[str, ...]] = field(default_factory=dict)


def action_data(action: Action, nonce: str = "", message: str = "") -> Json:
    """The data of an action's button."""
    return _wrapped({"k": action.key, "s": action.subject, "a": dict(action.args), "n": nonce, "m": message})


def form_data(key: str, subject: str, state: Mapping[str, str], nonce: str, message: str) -> Json:
    """The data of a form's submit button."""
    return _wrapped({"f": 1, "k": key, "s": subject, "a": dict(state), "n": nonce, "m": message})


def typed_data(name: str, typed: str) -> Json:
    """The data of a button that repeats a typed command; `typed` is the id under which its words are kept."""
    return _wrapped({"c": 1, "k": name, "t": typed})


def again(what: Pressed, page: int, nonce: str, message: str) -> Json:
    """The data of a button that asks for the same dialog once more, at that part (counted from 0)."""
    ours = {"k": what.key, "s": what.subject, "a": dict(what.args), "n": nonce, "m": message, "p": page + 1}
    return _wrapped({**ours, "c": int(what.command), "t": what.typed})


def held_data(id: str, message: str, page: int = 0) -> Json:
    """The data of a button that asks for a kept answer, or for a page of it (counted from 0)."""
    return _wrapped({"k": HELD, "s": id, "m": message, "p": page + 1})


def opening(data: Json) -> Json:
    """The same data on a button that opens a dialog."""
    return {**data, "msteams": {"type": "task/fetch"}}


def read(data: Any) -> Pressed | None:
    """What a client sent back; None when it is not of ours or of no shape we ever wrote."""
    if not isinstance(data, Mapping) or not isinstance(data.get(OURS), Mapping):
        return None
    ours = data[OURS]
    args = ours.get("a", {})
    key, page = ours.get("k"), ours.get("p", 0)
    if not isinstance(key, str) or not key or not isinstance(args, Mapping) or not isinstance(page, int):
        return None
    words = {name: ours.get(name, "") for name in ("s", "n", "m", "t")}
    if not all(isinstance(v, str) for v in (*words.values(), *args.keys(), *args.values())):
        return None
    return Pressed(
        key=key,
        subject=words["s"],
        args=dict(args),
        form=bool(ours.get("f")),
        command=bool(ours.get("c")),
        nonce=words["n"],
        message=words["m"],
        page=page,
        typed=words["t"],
        values=_values(data),
    )


def input_id(of: Field) -> str:
    """The id of a field's input."""
    return f"{_CHOICES if isinstance(of, (ChoiceField, ManyField)) else _OTHER}{of.name}"


def packed_choice(value: str) -> str:
    """An option's value without commas, which Teams puts between several chosen ones."""
    return quote(value, safe=" :/@._-") or "%"


def packed(values: Sequence[str]) -> str:
    """Several chosen values as Teams writes them."""
    return ",".join(packed_choice(value) for value in values)


def _values(data: Mapping[str, Any]) -> dict[str, Sensitive | tuple[str, ...]]:
    found: dict[str, Sensitive | tuple[str, ...]] = {}
    for name, value in data.items():
        text = str(value) if isinstance(value, (str, int, float)) else ""
        if name.startswith(_CHOICES):
            found[name.removeprefix(_CHOICES)] = tuple(_unpacked(v) for v in text.split(",") if v)
        elif name.startswith(_OTHER):
            found[name.removeprefix(_OTHER)] = Sensitive(text)
    return found


def _unpacked(value: str) -> str:
    return "" if value == "%" else unquote(value)


def _wrapped(ours: Json) -> Json:
    return {OURS: {name: value for name, value in ours.items() if value}}
