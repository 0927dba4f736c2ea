"""Fields → input blocks, and a submitted view's state → values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

from adapters.slack.payload_ids import block_id, field_of
from adapters.slack.spans import Json, plain, rich, run, section, split
from bot.anonymise.text import Sensitive
from bot.ui.model import ChoiceField, DateField, Field, ManyField, NumberField, Option, TextField

_INPUT = 3000
_RADIOS = 5
_BOXES = 10
_GROUP = 100
_OPTION = 75
_PICKED = 100


def field_blocks(shown: Field, nonce: str, error: str = "") -> list[Json]:
    """The field's input blocks, with its error sentence and any labels too long for a choice above them."""
    above = [rich(section([run("⚠️ "), run(error, bold=True)]))] if error else []
    return above + _input_blocks(shown, nonce)


def _input_blocks(shown: Field, nonce: str) -> list[Json]:
    match shown:
        case TextField(picks=None):
            return _text_blocks(shown, nonce)
        case TextField():
            return [_input(shown, nonce, _picker(shown))]
        case ChoiceField():
            return [*_legend(shown.options), _input(shown, nonce, _choice(shown))]
        case ManyField():
            return [*_legend(shown.options), _input(shown, nonce, _many(shown))]
        case DateField():
            element: Json = {"type": "datepicker", "action_id": "v"}
            if shown.value is not None:
                element["initial_date"] = shown.value.isoformat()
            return [_input(shown, nonce, element)]
        case NumberField():
            element = {
                "type": "number_input",
                "action_id": "v",
                "is_decimal_allowed": False,
                "min_value": str(shown.minimum),
                "max_value": str(shown.maximum),
            }
            if shown.value is not None and shown.minimum <= shown.value <= shown.maximum:
                element["initial_value"] = str(shown.value)
            return [_input(shown, nonce, element)]
        case _:
            assert_never(shown)


def _input(
    shown: Field, nonce: str, element: Json, part: int = 0, label: str = "", optional: bool | None = None
) -> Json:
    made: Json = {
        "type": "input",
        "block_id": block_id(nonce, shown.name, part),
        "label": plain(label or shown.label, 2000),
        "element": element,
        "optional": not shown.required if optional is None else optional,
    }
    if shown.hint and part == 0:
        made["hint"] = plain(shown.hint, 2000)
    return made


def _text_blocks(shown: TextField, nonce: str) -> list[Json]:
    """One input, or several where more than Slack's 3,000 characters are allowed."""
    pieces = split(shown.value.reveal(), _INPUT)
    count = max(len(pieces), -(-shown.max_length // _INPUT))
    blocks = []
    for part in range(count):
        element: Json = {
            "type": "plain_text_input",
            "action_id": "v",
            "multiline": shown.multiline,
            "max_length": min(_INPUT, max(shown.max_length, len(shown.value))) if count == 1 else _INPUT,
        }
        if part < len(pieces):
            # The line break or space at a seam comes back when the parts are joined.
            element["initial_value"] = pieces[part].rstrip(" \n") or pieces[part]
        label = f"{shown.label} ({part + 1}/{count})" if count > 1 else shown.label
        blocks.append(_input(shown, nonce, element, part, label, optional=not shown.required or part > 0))
    return blocks


def _picker(shown: TextField) -> Json:
    """Slack's own list of people or channels; of channels none that another organisation reads, and no bots."""
    match shown.picks:
        case "account":
            return {"type": "users_select", "action_id": "v"}
        case "channel":
            kinds = {"include": ["public", "private"], "exclude_external_shared_channels": True}
            return {"type": "conversations_select", "action_id": "v", "filter": kinds}
        case _:
            return {"type": "multi_users_select", "action_id": "v", "max_selected_items": _PICKED}


def _option(option: Option) -> Json:
    head, rest = _headline(option.label)
    about = " – ".join(filter(None, (rest, option.hint)))
    made: Json = {"text": plain(head, _OPTION), "value": option.value}
    return made | {"description": plain(about, _OPTION)} if about else made


def _headline(label: str) -> tuple[str, str]:
    if len(label) <= _OPTION:
        return label, ""
    head = split(label, _OPTION)[0]
    return head.rstrip(), label[len(head) :]


def _legend(options: tuple[Option, ...]) -> list[Json]:
    """In full what does not fit into an option's two lines."""
    long = [o for o in options if len(o.label) > 2 * _OPTION or len(o.label) + len(o.hint) > 2 * _OPTION]
    return [rich(section([run(piece) for piece in split(f"{o.label} – {o.hint}".rstrip(" –"))])) for o in long]


def _choice(shown: ChoiceField) -> Json:
    # A radio button cannot be unchosen, so a choice that may stay open is a list.
    kind = "radio_buttons" if len(shown.options) <= _RADIOS and shown.required else "static_select"
    element = _with_options({"type": kind, "action_id": "v"}, shown.options)
    chosen = [_option(o) for o in shown.options if o.value == shown.value]
    return element | {"initial_option": chosen[0]} if chosen else element


def _many(shown: ManyField) -> Json:
    kind = "checkboxes" if len(shown.options) <= _BOXES else "multi_static_select"
    element = _with_options({"type": kind, "action_id": "v"}, shown.options)
    chosen = [_option(o) for o in shown.options if o.value in shown.values]
    return element | {"initial_options": chosen} if chosen else element


def _with_options(element: Json, options: tuple[Option, ...]) -> Json:
    drawn = [_option(option) for option in options]
    if len(drawn) <= _GROUP:
        return element | {"options": drawn}
    groups = [drawn[i : i + _GROUP] for i in range(0, len(drawn), _GROUP)]
    return element | {
        "option_groups": [
            {"label": plain(f"{n * _GROUP + 1}–{n * _GROUP + len(g)}", _OPTION), "options": g}
            for n, g in enumerate(groups)
        ]
    }


def read_values(state: Mapping[str, Any]) -> dict[str, Sensitive | tuple[str, ...]]:
    """The values of a submitted view by field name; parts of a long text joined, empty fields left out."""
    texts: dict[str, list[tuple[int, str]]] = {}
    values: dict[str, Sensitive | tuple[str, ...]] = {}
    for identifier, elements in state.items():
        found = field_of(identifier)
        if found is None:
            continue
        name, part = found
        given = _given(next(iter(elements.values()), {}))
        if isinstance(given, str):
            texts.setdefault(name, []).append((part, given))
        elif given:
            values[name] = given
    joined = {name: "\n".join(text for _, text in sorted(parts) if text) for name, parts in texts.items()}
    return values | {name: Sensitive(text) for name, text in joined.items() if text}


def _given(element: Mapping[str, Any]) -> str | tuple[str, ...]:
    match element.get("type"):
        case "plain_text_input" | "number_input":
            return str(element.get("value") or "")
        case "datepicker":
            day = element.get("selected_date") or ""
            return date.fromisoformat(day).isoformat() if day else ""
        case "users_select":
            return str(element.get("selected_user") or "")
        case "multi_users_select":
            return " ".join(str(user) for user in element.get("selected_users") or ())
        case "conversations_select":
            return str(element.get("selected_conversation") or "")
        case "radio_buttons" | "static_select":
            chosen = element.get("selected_option")
            return (str(chosen["value"]),) if chosen else ()
        case "checkboxes" | "multi_static_select":
            return tuple(str(option["value"]) for option in element.get("selected_options") or ())
    return ()
