"""Text for Slack: text objects, rich text, and splitting that never cuts.

Whatever is drawn is `plain_text` or rich text, where Slack neither formats nor pings; only a
message's fallback text is Slack's own markup, and there the three characters that begin it are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.ui.model import Line, Mark, Style

Json = dict[str, Any]
MOST = 2800
"""Characters in one rich text block: under Slack's 3,000 for a text, with room for list marks."""


def escaped(text: str) -> str:
    """Fallback text in which nothing is a mention, a link or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, most: int) -> str:
    """A label that fits; our own labels are written to fit, so this is the safety net of a translation."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def plain(text: str, most: int) -> Json:
    """A plain text object; emoji codes stay as typed."""
    return {"type": "plain_text", "text": shortened(text, most) or "–", "emoji": False}


def split(text: str, most: int = MOST) -> list[str]:
    """Pieces of at most `most` characters that together are the text; broken at lines, then words, then anywhere."""
    pieces = []
    while len(text) > most:
        at = text.rfind("\n", 1, most) + 1 or text.rfind(" ", 1, most) + 1 or most
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text] if text else pieces


def run(text: str, **style: bool) -> Json:
    """One run of rich text; `style` names bold, italic, strike, code."""
    made: Json = {"type": "text", "text": text}
    return made | {"style": style} if style else made


def runs(of: Line) -> list[Json]:
    """The line's spans as runs of rich text."""
    return [run(piece, **_STYLES[span.style]) for span in of for piece in split(span.text)]


def marked(marks: Sequence[Mark]) -> list[Json]:
    """The gate's preview: replaced words as code, doubtful ones bold, kept ones italic."""
    return [run(piece, **_MARKS[mark.kind]) for mark in marks for piece in split(mark.text)]


def section(elements: Sequence[Json]) -> Json:
    """A paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(elements: Sequence[Json]) -> Json:
    """A passage set apart."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def bullets(lines: Sequence[Sequence[Json]]) -> Json:
    """A bulleted list."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [section(each) for each in lines]}


def rich(*parts: Json) -> Json:
    """A rich text block."""
    return {"type": "rich_text", "elements": list(parts)}


def size(node: object) -> int:
    """Characters a reader sees in a block, element or list of them."""
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(size(value) for key, value in node.items() if key != "value")
    return sum(size(each) for each in node) if isinstance(node, list) else 0


def packed(elements: Sequence[Json], most: int = MOST) -> Iterator[list[Json]]:
    """Elements in order, gathered into groups of at most `most` characters and never an empty one."""
    group: list[Json] = []
    for element in elements:
        if group and size(group) + size(element) > most:
            yield group
            group = []
        group.append(element)
    if group:
        yield group


_STYLES: dict[Style, dict[str, bool]] = {
    Style.PLAIN: {},
    Style.STRONG: {"bold": True},
    Style.CODE: {"code": True},
    Style.MUTED: {"italic": True},
}
_MARKS: dict[str, dict[str, bool]] = {
    "plain": {},
    "masked": {"code": True},
    "doubtful": {"bold": True},
    "kept": {"italic": True},
}
