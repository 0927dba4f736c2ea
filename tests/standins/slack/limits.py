"""What Slack refuses in a message or view, by its published limits; an empty list is a payload it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_COMMON = {"actions", "context", "divider", "header", "image", "input", "rich_text", "section"}
_BLOCKS = {"message": _COMMON | {"table", "markdown", "file"}, "modal": _COMMON, "home": _COMMON | {"table"}}
_SELECTS = {"static_select", "multi_static_select"}
_BUTTONS = _SELECTS | {"button", "checkboxes", "radio_buttons", "overflow", "datepicker"}
_PICKERS = {"users_select", "multi_users_select", "conversations_select"}
_CONVERSATIONS = {"im", "mpim", "private", "public"}
_INPUTS = _SELECTS | _PICKERS | {"plain_text_input", "number_input", "checkboxes", "radio_buttons", "datepicker"}
_STYLES = {"bold", "italic", "strike", "code"}


def message_faults(payload: Json) -> list[str]:
    """Faults of chat.postMessage's, chat.update's or a response URL's arguments."""
    found = _text_faults(payload.get("text"), "text", 40_000)
    if not payload.get("text"):
        found.append("text: nothing for notifications and screen readers")
    if re.search(r"<[!@#]|&(?!amp;|lt;|gt;)|<(?!https?:)", payload.get("text") or ""):
        found.append("text: a mention or an unescaped character")
    if "blocks" in payload:
        found += _blocks_faults(payload["blocks"], "message", 50)
        if sum(_seen(b) for b in payload["blocks"]) > 13_200:
            found.append("blocks: msg_blocks_too_long")
    return found


def view_faults(view: Json) -> list[str]:
    """Faults of a modal or Home view."""
    surface = view.get("type", "")
    if surface not in {"modal", "home"}:
        return [f"type: {surface!r}"]
    found = _blocks_faults(view.get("blocks"), surface, 100)
    found += [f"{name}: over {most}" for name, most in _VIEW_STRINGS.items() if len(view.get(name) or "") > most]
    if len(json.dumps(view)) > 250_000:
        found.append("view_too_large")
    if surface == "home":
        return found + [f"{name}: not in a Home view" for name in ("title", "submit", "close") if name in view]
    found += _object_faults(view.get("title"), "title", 24)
    for name in ("submit", "close"):
        if name in view:
            found += _object_faults(view[name], name, 24)
    if "submit" not in view and any(b.get("type") == "input" for b in view["blocks"]):
        found.append("submit: required with an input block")
    return found


_VIEW_STRINGS = {"private_metadata": 3000, "callback_id": 255, "external_id": 255}


def _blocks_faults(blocks: object, surface: str, most: int) -> list[str]:
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= most:
        return [f"blocks: 1..{most}, not {len(blocks) if isinstance(blocks, list) else blocks!r}"]
    found = [fault for i, block in enumerate(blocks) for fault in _block_faults(block, surface, f"blocks[{i}]")]
    ids = [b["block_id"] for b in blocks if b.get("block_id")]
    return found + (["blocks: block_id not unique"] if len(ids) != len(set(ids)) else [])


def _block_faults(block: Json, surface: str, at: str) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCKS[surface]:
        yield f"{at}: no {kind!r} in a {surface}"
        return
    if len(block.get("block_id", "")) > 255:
        yield f"{at}: block_id over 255"
    match kind:
        case "header":
            yield from _object_faults(block.get("text"), f"{at}.text", 150)
        case "section":
            yield from _object_faults(block.get("text"), f"{at}.text", 3000, plain=False)
        case "image":
            yield from _image_faults(block, at)
        case "rich_text":
            yield from _rich_faults(block.get("elements"), at)
        case "actions":
            yield from _actions_faults(block.get("elements"), at)
        case "input":
            yield from _object_faults(block.get("label"), f"{at}.label", 2000)
            if "hint" in block:
                yield from _object_faults(block["hint"], f"{at}.hint", 2000)
            yield from _element_faults(block.get("element") or {}, _INPUTS, f"{at}.element")
        case "context":
            yield from _count_faults(block.get("elements"), 10, at)


def _image_faults(block: Json, at: str) -> Iterator[str]:
    yield from _text_faults(block.get("alt_text"), f"{at}.alt_text", 2000)
    if not (block.get("image_url") or (block.get("slack_file") or {}).get("id")):
        yield f"{at}: an image needs an address or a file"


def _actions_faults(elements: object, at: str) -> Iterator[str]:
    yield from _count_faults(elements, 25, at)
    if isinstance(elements, list):
        ids = [e.get("action_id") for e in elements]
        if len(ids) != len(set(ids)):
            yield f"{at}: action_id not unique"
        for i, element in enumerate(elements):
            yield from _element_faults(element, _BUTTONS, f"{at}.elements[{i}]")


def _element_faults(element: Json, allowed: set[str], at: str) -> Iterator[str]:
    kind = element.get("type")
    if kind not in allowed:
        yield f"{at}: no {kind!r} here"
        return
    yield from _text_faults(element.get("action_id"), f"{at}.action_id", 255)
    match kind:
        case "button":
            yield from _button_faults(element, at)
        case "plain_text_input":
            most = element.get("max_length", 3000)
            if not 1 <= most <= 3000:
                yield f"{at}.max_length: 1..3000"
            if "initial_value" in element:
                yield from _text_faults(element["initial_value"], f"{at}.initial_value", most)
        case "number_input":
            if not isinstance(element.get("is_decimal_allowed"), bool):
                yield f"{at}.is_decimal_allowed: required"
            for name in ("initial_value", "min_value", "max_value"):
                if not isinstance(element.get(name, ""), str):
                    yield f"{at}.{name}: must be a string"
            yield from _number_faults(element, at)
        case "datepicker":
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2000-01-01")):
                yield f"{at}.initial_date: YYYY-MM-DD"
        case _:
            yield from (_picker_faults if kind in _PICKERS else _choice_faults)(element, at)


def _picker_faults(element: Json, at: str) -> Iterator[str]:
    kind, most = element["type"], element.get("max_selected_items", 1)
    if "options" in element or "option_groups" in element:
        yield f"{at}: {kind} has no options of its own"
    if "max_selected_items" in element and not kind.startswith("multi_"):
        yield f"{at}.max_selected_items: only where several are picked"
    if not isinstance(most, int) or most < 1:
        yield f"{at}.max_selected_items: at least 1"
    kinds = element.get("filter")
    if kinds is None:
        return
    if kind != "conversations_select" or not kinds:
        yield f"{at}.filter: only of conversations, and not empty"
    if set(kinds) - {"include", "exclude_external_shared_channels", "exclude_bot_users"}:
        yield f"{at}.filter: unknown keys"
    if "include" in kinds and (not kinds["include"] or set(kinds["include"]) - _CONVERSATIONS):
        yield f"{at}.filter.include: some of {sorted(_CONVERSATIONS)}"


def _number_faults(element: Json, at: str) -> Iterator[str]:
    low, high = (float(element.get(f"{end}_value", f"{sign}inf")) for end, sign in (("min", "-"), ("max", "")))
    if not low <= high:
        yield f"{at}: min_value over max_value"
    if "initial_value" in element and not low <= float(element["initial_value"]) <= high:
        yield f"{at}.initial_value: outside min_value and max_value"


def _button_faults(element: Json, at: str) -> Iterator[str]:
    yield from _object_faults(element.get("text"), f"{at}.text", 75)
    if len(element.get("value", "")) > 2000 or len(element.get("url", "")) > 3000:
        yield f"{at}: value or url too long"
    if element.get("style") not in {None, "primary", "danger"}:
        yield f"{at}.style"
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if "confirm" in element:
            yield from _object_faults(element["confirm"].get(name), f"{at}.confirm.{name}", most)


def _choice_faults(element: Json, at: str) -> Iterator[str]:
    groups = element.get("option_groups")
    options = [o for g in groups for o in g["options"]] if groups else element.get("options") or []
    most = 100 if element["type"] in _SELECTS else 10
    if not options or (not groups and len(options) > most):
        yield f"{at}: 1..{most} options, not {len(options)}"
    for i, option in enumerate(options):
        yield from _object_faults(option.get("text"), f"{at}.options[{i}]", 75)
        if "description" in option:
            yield from _object_faults(option["description"], f"{at}.options[{i}].description", 75)
        yield from _text_faults(option.get("value"), f"{at}.options[{i}].value", 75)
    values = [o.get("value") for o in options]
    if len(values) != len(set(values)):
        yield f"{at}: option values not unique"
    chosen = element.get("initial_options") or [element[name] for name in ("initial_option",) if name in element]
    if any(option not in options for option in chosen):
        yield f"{at}: an initial option must equal one of the options exactly"


def _rich_faults(parts: object, at: str) -> Iterator[str]:
    if not isinstance(parts, list) or not parts:
        yield f"{at}: rich text without parts"
        return
    for part in parts:
        if part.get("type") == "rich_text_list":
            if part.get("style") not in {"bullet", "ordered"}:
                yield f"{at}: list style"
            yield from _rich_faults(part.get("elements"), at)
        elif part.get("type") in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
            yield from _runs_faults(part.get("elements"), at)
        else:
            yield f"{at}: no {part.get('type')!r} in rich text"


def _runs_faults(elements: object, at: str) -> Iterator[str]:
    if not isinstance(elements, list) or not elements:
        yield f"{at}: an empty part of rich text"
        return
    for run in elements:
        # Only plain runs: a user, channel, broadcast or link run would ping or lead away.
        if run.get("type") != "text":
            yield f"{at}: a {run.get('type')!r} run"
        yield from _text_faults(run.get("text"), at, 3000)
        if set(run.get("style", {})) - _STYLES or run.get("style") == {}:
            yield f"{at}: style {run.get('style')}"


def _object_faults(node: object, at: str, most: int, *, plain: bool = True) -> list[str]:
    if not isinstance(node, dict) or node.get("type") not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
        return [f"{at}: a text object"]
    return _text_faults(node.get("text"), at, most)


def _text_faults(text: object, at: str, most: int) -> list[str]:
    if not isinstance(text, str) or not 1 <= len(text) <= most:
        return [f"{at}: 1..{most} characters, not {len(text) if isinstance(text, str) else text!r}"]
    return []


def _count_faults(items: object, most: int, at: str) -> list[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        return [f"{at}: 1..{most} elements"]
    return []


def _seen(node: object) -> int:
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_seen(v) for v in node.values() if not isinstance(v, str))
    return sum(map(_seen, node)) if isinstance(node, list) else 0
