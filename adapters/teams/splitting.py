"""Cards cut to what Teams takes: messages into several cards, long dialogs into parts.

Teams refuses a bot's message above 100 KB, counted as UTF-16 and without inline pictures. We stay
below a quarter of that, so that the rest of the activity, older clients and webhooks never matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from adapters.teams.spans import Json

LIMIT = 25 * 1000
"""Bytes of one card as UTF-16."""
_ENVELOPE = 1_500
"""Bytes kept for the card's own frame, its part number and the paging buttons."""
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")


def size(value: object) -> int:
    """Bytes as Teams counts them: UTF-16, inline pictures left out."""
    text = _PICTURE.sub("", json.dumps(value, ensure_ascii=False))
    return len(text.encode("utf-16-le", "surrogatepass"))


def parts(elements: Sequence[Json], limit: int = LIMIT) -> list[list[Json]]:
    """The elements in order, in as few runs as fit; a single element too large for one is cut itself.

    A heading never ends a part: it moves to the part it announces.
    """
    room = limit - _ENVELOPE
    found: list[list[Json]] = [[]]
    used = 0
    for element in (piece for e in elements for piece in _cut(e, room)):
        cost = size(element) + 4
        if found[-1] and used + cost > room:
            carried = [found[-1].pop()] if len(found[-1]) > 1 and _is_heading(found[-1][-1]) else []
            found.append(carried)
            used = sum(size(e) + 4 for e in carried)
        found[-1].append(element)
        used += cost
    return found


def _is_heading(element: Json) -> bool:
    return element.get("style") == "heading"


def _cut(element: Json | str, room: int) -> list[Any]:
    """The element, or what it is made of when it is too large: lines of a passage, rows of a table, words of a run."""
    if size(element) <= room:
        return [element]
    if isinstance(element, str):
        return _broken(element, room)
    for children in ("items", "facts", "rows", "actions", "inlines"):
        if children in element:
            return _cut_children(element, children, room)
    if isinstance(element.get("text"), str):
        return [{**element, "text": piece} for piece in _broken(element["text"], room - size({**element, "text": ""}))]
    return [element]


def _cut_children(element: Json, children: str, room: int) -> list[Json]:
    frame = {**element, children: []}
    head = element[children][:1] if element.get("firstRowAsHeader") else []
    inner = room - size(frame) - size(head)
    if inner < room // 2:
        return [element]
    rest = [piece for child in element[children][len(head) :] for piece in _cut(child, inner)]
    runs: list[list[Json]] = [[]]
    used = 0
    for child in rest:
        cost = size(child) + 4
        if runs[-1] and used + cost > inner:
            runs.append([])
            used = 0
        runs[-1].append(child)
        used += cost
    return [{**element, children: [*head, *run]} for run in runs]


def _broken(text: str, room: int) -> list[str]:
    """A long text in pieces, broken at spaces where there are any."""
    most, pieces = room // 4, []
    while len(text) > most:
        at = text.rfind(" ", most // 2, most) + 1 or most
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]
