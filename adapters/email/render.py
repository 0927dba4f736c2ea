"""A card as a mail: text, and plain HTML that says the same, in the reader's language.

A card holds our own words only, never what somebody wrote. The subject names no case: it stands on lock screens and in
lists that others see. Buttons need a signed-in page, so a mail has one link to where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from bot.ui.model import (
    Card,
    CardBlock,
    Facts,
    Heading,
    Items,
    Line,
    Notice,
    Picture,
    Row,
    Style,
    Table,
    Text,
    Tone,
    plain,
)
from bot.ui.strings import Words

CASE_CODE = re.compile(r"\s*\b[A-Z]{2}-\d{3}\b\s*")
_SIGNS = {Tone.INFO: "", Tone.OK: "", Tone.WARN: "! ", Tone.DANGER: "!! "}
_TAGS = {Style.STRONG: "strong", Style.CODE: "code", Style.MUTED: "small"}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">\
<meta name="supported-color-schemes" content="light dark"><title>{title}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em;margin:0 auto;padding:16px">
{body}
</body></html>
"""


@dataclass(frozen=True)
class Envelope:
    """What stands around the words: from and to whom, when, which message this is and which it follows."""

    sender: str
    to: str
    message_id: str
    at: datetime
    follows: str = ""
    urgent: bool = False
    """Marked as important, so that a mail program that hushes others may let this one through."""


def mail(card: Card, words: Words, envelope: Envelope, *, public_url: str, silence: str | None = None) -> EmailMessage:
    """The whole mail; `silence` is where its reader turns such mails off, empty for what cannot be silenced.

    None where nothing is said of it.
    """
    message = EmailMessage()
    message["From"] = envelope.sender
    message["To"] = envelope.to
    message["Subject"] = subject(card)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = envelope.message_id
    if envelope.follows:
        message["In-Reply-To"] = message["References"] = envelope.follows
    if envelope.urgent:  # RFC 2156, and the two that Outlook and others read
        message["Importance"], message["Priority"], message["X-Priority"] = "high", "urgent", "1"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if silence:
        message["List-Unsubscribe"] = f"<{silence}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(as_text(card, words, public_url, silence))
    message.add_alternative(as_html(card, words, public_url, silence), subtype="html")
    return message


def subject(card: Card) -> str:
    """The card's title on one line, without the code of a case."""
    found = CASE_CODE.sub(" ", card.title or card.summary)
    return " ".join(found.split()).strip(" ,;:–-") or "Intervision"


def link_of(card: Card, public_url: str) -> str:
    """Where the mail's one link leads: a link that the card itself brings, else the notices with their buttons."""
    for block in card.body:
        if isinstance(block, Text) and plain(block.line).startswith(f"{public_url}/"):
            return plain(block.line)
    return f"{public_url}/notices"


def as_text(card: Card, words: Words, public_url: str, silence: str | None = None) -> str:
    """The card as text."""
    link = link_of(card, public_url)
    parts = [card.title] if card.title else []
    parts += [part for block in card.body if (part := _text(block)) and part != link]
    label = _label(card, words)
    parts += [f"{label}:\n{link}", f"-- \n{_why(words, silence)}\n{public_url}"]
    parts += [f"{words('email.silence')}:\n{silence}"] if silence else []
    return "\n\n".join(parts) + "\n"


def as_html(card: Card, words: Words, public_url: str, silence: str | None = None) -> str:
    """The card as HTML without scripts, pictures or colours of its own, so that dark mode stays dark."""
    link = link_of(card, public_url)
    parts = [f'<h1 style="font-size:20px">{escape(card.title)}</h1>'] if card.title else []
    parts += [part for block in card.body if _text(block) != link for part in _html(block)]
    shown = escape(link)
    parts.append(
        f'<p><a href="{shown}" style="display:inline-block;padding:10px 16px;border:2px solid;border-radius:6px;'
        f'font-weight:bold;text-decoration:none">{escape(_label(card, words))}</a></p>'
    )
    parts.append(f"<p><small>{shown}</small></p><hr><p><small>{escape(_why(words, silence))}</small></p>")
    if silence:
        parts.append(f'<p><small><a href="{escape(silence)}">{escape(words("email.silence"))}</a></small></p>')
    return _PAGE.format(language=escape(words.language), title=escape(subject(card)), body="\n".join(parts))


def _why(words: Words, silence: str | None) -> str:
    return f"{words('email.why')} {words('email.always')}" if silence == "" else words("email.why")


def _label(card: Card, words: Words) -> str:
    return words("email.sign_in") if card.key == "notice.sign_in" else words("email.open")


def _text(block: CardBlock) -> str:
    match block:
        case Heading(text):
            return text.upper()
        case Text(line):
            return plain(line)
        case Notice(tone, line):
            return _SIGNS[tone] + plain(line)
        case Facts(rows):
            return "\n".join(f"{label}: {plain(line)}" for label, line in rows)
        case Items(lines):
            return "\n".join(f"- {plain(line)}" for line in lines)
        case Row(line, detail):
            return plain(line) + (f"\n  {plain(detail)}" if detail else "")
        case Table(columns, rows, caption):
            drawn = [" | ".join(f"{c}: {plain(v)}" for c, v in zip(columns, row, strict=True)) for row in rows]
            return "\n".join([caption, *drawn] if caption else drawn)
        case Picture(_, alt):
            return alt
        case _:
            return ""


def _html(block: CardBlock) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f'<h2 style="font-size:17px">{escape(text)}</h2>'
        case Text(line):
            yield f"<p>{_spans(line)}</p>"
        case Notice(tone, line):
            yield f'<p style="border-left:4px solid;padding-left:12px">{escape(_SIGNS[tone])}{_spans(line)}</p>'
        case Facts(rows):
            yield "<p>" + "<br>".join(f"{escape(label)}: {_spans(line)}" for label, line in rows) + "</p>"
        case Items(lines):
            yield "<ul>" + "".join(f"<li>{_spans(line)}</li>" for line in lines) + "</ul>"
        case Row(line, detail):
            yield f"<p>{_spans(line)}" + (f"<br><small>{_spans(detail)}</small>" if detail else "") + "</p>"
        case Table(columns, rows, caption):
            head = "".join(f'<th align="left">{escape(column)}</th>' for column in columns)
            body = "".join("<tr>" + "".join(f"<td>{_spans(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            yield f'<table cellpadding="4"><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>'
        case Picture(_, alt):
            yield f"<p>{escape(alt)}</p>"
        case _:
            return


def _spans(line: Line) -> str:
    shown = [(escape(span.text), _TAGS.get(span.style)) for span in line]
    return "".join(f"<{tag}>{text}</{tag}>" if tag else text for text, tag in shown)
