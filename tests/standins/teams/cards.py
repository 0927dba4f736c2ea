"""Reading a card as Teams does, only stricter: the published 1.5 schema, Teams' own rules, and sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft6Validator

Json = dict[str, Any]
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
TEAMS_LIMIT = 100 * 1024
"""Bytes of a bot's message as UTF-16, inline pictures left out (413 above)."""
OUR_LIMIT = 25 * 1000
"""What the product promises for every card."""
_PICTURE = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")
_TEAMS_ONLY = {"msteams"}


@cache
def _validator() -> Draft6Validator:
    schema = json.loads((Path(__file__).parent / "schema" / "adaptive-card-1.5.0.json").read_text(encoding="utf-8"))
    return Draft6Validator(schema)


def utf16(value: object) -> int:
    """Bytes as Teams counts them."""
    return 2 * len(_PICTURE.sub("", json.dumps(value, ensure_ascii=False)))


def faults(card: Json) -> list[str]:
    """Everything wrong with a card; empty when Teams would draw all of it."""
    bare = {k: v for k, v in card.items() if k not in _TEAMS_ONLY}
    found = [f"schema: {e.instance_path}: {e.message[:120]}" for e in _validator().iter_errors(bare)]
    if card.get("version") != "1.5":
        found.append(f"version {card.get('version')}")
    ids = [str(e["id"]) for e in elements(card) if str(e.get("type", "")).startswith("Input.")]
    found += [f"input id twice: {i}" for i in set(ids) if ids.count(i) > 1]
    for element in elements(card):
        found += list(_element_faults(element))
    if utf16(card) > TEAMS_LIMIT:
        found.append(f"{utf16(card)} bytes")
    return found


def _element_faults(element: Json) -> Iterator[str]:
    kind = str(element.get("type", ""))
    if kind.startswith("Input."):
        if not element.get("label"):
            yield f"{element.get('id')}: no label"
        if element.get("isRequired") and not element.get("errorMessage"):
            yield f"{element.get('id')}: required without a message"
    if kind == "TextBlock" and element.get("wrap") is not True:
        yield "TextBlock that does not wrap"
    if kind == "Image" and not element.get("altText"):
        yield "picture without words"
    if kind in {"ActionSet", "AdaptiveCard"} and len(element.get("actions", ())) > 6:
        yield f"{len(element['actions'])} buttons in a bar"
    if kind == "Action.Execute" and not element.get("verb"):
        yield "Action.Execute without verb"


def elements(of: Any) -> Iterator[Json]:
    """Every typed object of a card, outside in."""
    if isinstance(of, dict):
        if isinstance(of.get("type"), str):
            yield of
        for key, value in of.items():
            if key not in {"data", "msteams"}:
                yield from elements(value)
    elif isinstance(of, list):
        for value in of:
            yield from elements(value)


def cards_of(activity: Json) -> list[Json]:
    """The cards attached to an activity or shown in a dialog's answer."""
    return [a["content"] for a in activity.get("attachments") or () if a.get("contentType") == CARD_TYPE]


def buttons(card: Json) -> list[Json]:
    """Every button that sends something, also those behind a question."""
    return [e for e in elements(card) if e["type"] in {"Action.Submit", "Action.Execute"}]


def button(card: Json, title: str) -> Json:
    """The button with this title."""
    found = [b for b in buttons(card) if b.get("title") == title]
    assert found, f"no button {title!r} among {[b.get('title') for b in buttons(card)]}"
    return found[0]


def texts(card: Json) -> str:
    """Every word that the card shows, for looking something up in it."""
    shown: list[str] = []
    for element in elements(card):
        # The value of a choice is for machines.
        keys = ("text", "title", "label", "altText", *(() if element["type"] == "Input.ChoiceSet" else ("value",)))
        shown += [str(element[k]) for k in keys if isinstance(element.get(k), str)]
        shown += [i for i in element.get("inlines", ()) if isinstance(i, str)]
        shown += [f"{f['title']} {f['value']}" for f in element.get("facts", ())]
    return "\n".join(shown)
