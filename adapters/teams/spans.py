"""Our words and people's text as Adaptive Card text, in which nothing typed becomes markup.

What people wrote becomes a `RichTextBlock` of plain strings: no client reads Markdown there. Our own
lines become `TextBlock`s whose Markdown is escaped, except for the bold of a strong span. Clients
expand `{{DATE(…)}}` and `{{TIME(…)}}` everywhere, so such a text is cut between its two braces.
"""

from __future__ import annotations

import re
from typing import Any

from bot.ui.model import Line, Span, Style, plain

Json = dict[str, Any]

_FUNCTION = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\()")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>~])")
_AT_START = re.compile(r"^(?=([-+#]|\d+[.)])(\s|$))")
_LOOKS: dict[Style, Json] = {
    Style.PLAIN: {},
    Style.STRONG: {"weight": "Bolder"},
    Style.CODE: {"fontType": "Monospace"},
    Style.MUTED: {"isSubtle": True},
}


def said(line: Line, **look: Any) -> Json:
    """A line of our own words; a style that the whole line has becomes a property, strong spans become bold."""
    styles = {span.style for span in line}
    if len(styles) == 1:
        return words_block(plain(line), **(_LOOKS[styles.pop()] | look))
    return {"type": "TextBlock", "text": markdown(line), "wrap": True, **look}


def words_block(text: str, **look: Any) -> Json:
    """A sentence of our own."""
    return {"type": "TextBlock", "text": escaped(text), "wrap": True, **look}


def literal(text: str, **look: Any) -> Json:
    """A line that somebody typed, shown letter by letter."""
    return {"type": "RichTextBlock", "inlines": [piece for piece in _FUNCTION.split(text) if piece] or ["–"], **look}


def paragraphs(text: str) -> list[Json]:
    """Somebody's text, one block a line; an empty line becomes the space above the next one."""
    blocks: list[Json] = []
    gap = False
    for line in text.splitlines():
        if line.strip():
            blocks.append(literal(line, spacing="Medium" if gap else "Small"))
        gap = not line.strip()
    return blocks or [literal("")]


def escaped(text: str) -> str:
    """Text for places where clients read Markdown, on one line."""
    flat = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(r"\\", _FUNCTION.sub(r"\\", flat))


def markdown(line: Line) -> str:
    """Several spans in one string, the strong ones in bold."""
    texts = [_spaced(span.text) for span in line]
    around = ["", *texts, ""]
    marked = [_marked(span, around[i], around[i + 2]) for i, span in enumerate(line)]
    return "".join(marked).strip() or "–"


def _marked(span: Span, before: str, after: str) -> str:
    """The span escaped; bold where both pairs of stars would be read as such (CommonMark's flanking rule)."""
    text = _spaced(span.text)
    core = text.strip()
    inner = escaped(core)
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    reads = core and _opens(core[0], lead or before[-1:]) and _opens(core[-1], tail or after[:1])
    bold = span.style is Style.STRONG and reads
    return f"{lead}**{inner}**{tail}" if bold else f"{lead}{inner}{tail}"


def _opens(inside: str, outside: str) -> bool:
    return inside.isalnum() or not outside or not outside.isalnum()


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)
