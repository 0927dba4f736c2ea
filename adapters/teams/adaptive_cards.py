"""Our cards and forms as Adaptive Cards 1.5 bodies: blocks and buttons, for messages and for dialogs.

Colours come from the host's own styles, so light, dark and high contrast look right, and no meaning
hangs on colour alone. Nothing here decides what is shown. Next: `inputs.py` (fields), `splitting.py`
(size), `payload_ids.py` (what a button sends back).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from adapters.teams import payload_ids as wire
from adapters.teams.inputs import inputs
from adapters.teams.spans import Json, escaped, markdown, paragraphs, said, words_block
from bot.ui.limits import FORM_TITLE
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Columns,
    Facts,
    Form,
    FormBlock,
    Heading,
    Items,
    Line,
    Mark,
    Notice,
    Passage,
    Picture,
    Preview,
    Row,
    Table,
    Text,
    Titled,
    Tone,
    line,
    strong,
)
from bot.ui.strings import Words

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
BAR_WIDTH, BAR_MOST = 264, 6
"""Pixels for the buttons of one bar on a phone of 320, and Teams' own limit of buttons: what is wider is cut off."""
_PADDING, _GAP = 26, 8
"""Pixels of a button around its label, and between two buttons."""
_LETTERS = {4.6: "iIjlftrJ.,:;'|!()[] -", 11.8: "mwMW@%&ÆŒæœ"}
_CAPITAL, _LETTER = 9.6, 8.0
"""Pixels of letters in Teams' semibold 14: rather too wide than too narrow."""
_CONTAINERS = {Tone.INFO: "accent", Tone.OK: "good", Tone.WARN: "warning", Tone.DANGER: "attention"}
_STYLES = {"plain": "default", "primary": "positive", "danger": "destructive"}
_MARKS = {"masked": ("[", "]"), "doubtful": ("‹", "?›"), "kept": ("‹", "›")}

Button = Callable[[Action], Json]


@dataclass(frozen=True)
class Dialog:
    """Where a form stands: `nonce` makes one drawn form one submission, `message` is the card it was opened from."""

    nonce: str
    message: str = ""


def adaptive(body: Sequence[Json], actions: Sequence[Json] = (), summary: str = "") -> Json:
    """A whole card. `summary` is what a screen reader says first and what a client falls back to."""
    card: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "msteams": {"width": "Full"},
        "body": list(body),
    }
    if actions:
        card["actions"] = list(actions)
    if summary:
        card["speak"] = summary
    return card


def attachment(card: Json) -> Json:
    """The card as Teams wants it inside messages, dialogs and answers."""
    return {"contentType": CARD_TYPE, "content": card}


def card_elements(card: Card, words: Words) -> list[Json]:
    """A message's blocks, the title first and the buttons last, in an order that may be cut anywhere."""
    title = [heading(card.title, 1)] if card.title else []
    return [*title, *blocks(card.body, words, chat_button), *bars(card.actions, chat_button)]


def reading_elements(card: Card, words: Words, dialog: Dialog) -> list[Json]:
    """The same inside a dialog, whose frame shows the title unless it is too long.

    In a dialog Teams sends nothing but plain submissions: a button that opens a dialog or runs in a message would be
    dead (MicrosoftDocs/msteams-docs#1639).
    """
    title = [heading(card.title, 1)] if len(card.title) > FORM_TITLE else []
    button = dialog_button(dialog)
    return [*title, *blocks(card.body, words, button), *bars(card.actions, button)]


def drawn_card(card: Card, words: Words) -> Json:
    """A card for a place that takes exactly one: an answer in a dialog, a view updated in place."""
    return adaptive(card_elements(card, words), summary=card.summary or card.title)


def form_elements(form: Form, words: Words, dialog: Dialog) -> list[Json]:
    """What a dialog shows above its fields: the form's own error, then its blocks."""
    top = [notice(Tone.DANGER, line(form.errors[""]), words)] if form.errors.get("") else []
    return [*top, *blocks(form.body, words, dialog_button(dialog))]


def form_fields(form: Form, words: Words, dialog: Dialog) -> list[Json]:
    """The fields with their hints and errors, then the form's actions other than sending it."""
    fields = [element for field in form.fields for element in inputs(field, form.errors.get(field.name, ""), words)]
    return [*fields, *bars(form.actions, dialog_button(dialog))]


def form_button(form: Form, dialog: Dialog) -> list[Json]:
    """The submit button; none on a page to read."""
    data = wire.form_data(form.key, form.subject, form.state, dialog.nonce, dialog.message)
    send = {"type": "Action.Submit", "title": form.submit, "style": "positive", "data": data}
    return [send] if form.submit else []


def blocks(body: Iterable[FormBlock], words: Words, button: Button) -> list[Json]:
    """Blocks in order."""
    return [element for block in body for element in _block(block, words, button)]


def heading(text: str, level: int = 2) -> Json:
    """A section's title that screen readers announce as one."""
    size = "Large" if level == 1 else "Medium"
    return words_block(text, style="heading", size=size, weight="Bolder")


def notice(tone: Tone, of: Line, words: Words) -> Json:
    """A framed line that begins with what it is, in words."""
    label = line(strong(words(f"teams.tone.{tone.value}")), " ")
    return {"type": "Container", "style": _CONTAINERS[tone], "items": [said((*label, *of))]}


def bars(actions: Sequence[Action], button: Button) -> list[Json]:
    """Buttons in bars that are read whole on a phone."""
    packed: list[list[Action]] = []
    for action in actions:
        if packed and bar_width([*packed[-1], action]) <= BAR_WIDTH and len(packed[-1]) < BAR_MOST:
            packed[-1].append(action)
        else:
            packed.append([action])
    return [{"type": "ActionSet", "actions": [button(action) for action in bar]} for bar in packed]


def bar_width(actions: Sequence[Action]) -> float:
    """How wide the buttons of one bar are, in pixels."""
    return sum(_PADDING + sum(map(_letter_width, each.label)) for each in actions) + _GAP * (len(actions) - 1)


def _letter_width(letter: str) -> float:
    for width, letters in _LETTERS.items():
        if letter in letters:
            return width
    return _CAPITAL if letter.isupper() else _LETTER


def chat_button(action: Action) -> Json:
    """A button of a message: it opens a dialog, or runs and updates the card in place."""
    data = wire.action_data(action)
    if action.opens:
        return _asked(action, {"type": "Action.Submit", "data": wire.opening(data), "associatedInputs": "none"})
    return _asked(action, {"type": "Action.Execute", "verb": action.key, "data": data, "associatedInputs": "none"})


def dialog_button(dialog: Dialog) -> Button:
    """A button of a dialog: it is sent to the bot, which answers with the next dialog or closes it."""

    def draw(action: Action) -> Json:
        data = wire.action_data(action, dialog.nonce, dialog.message)
        return _asked(action, {"type": "Action.Submit", "data": data, "associatedInputs": "none"})

    return draw


def _asked(action: Action, button: Json) -> Json:
    """The button, or a question that unfolds in its place with the button inside."""
    style = _STYLES[action.look]
    if action.confirm is None:
        return {"title": action.label, "style": style, **button}
    ask = action.confirm
    question = [heading(ask.title), words_block(ask.text)]
    inner = {"type": "AdaptiveCard", "body": question, "actions": [{"title": ask.yes, "style": style, **button}]}
    return {"type": "Action.ShowCard", "title": f"{action.label} …", "card": inner}


def _block(block: FormBlock, words: Words, button: Button) -> list[Json]:
    match block:
        case Titled():
            return [_row(block.in_one(), button)]
        case Passage(label, text, by):
            title = said(line(strong(label), f" · {by}" if by else ""))
            return [{"type": "Container", "separator": True, "items": [title, *paragraphs(text.text)]}]
        case Preview(label, marks):
            return [
                {"type": "Container", "style": "emphasis", "items": [said(line(strong(label))), *_marked(marks, words)]}
            ]
        case _:
            return _own_words(block, words, button)


def _own_words(block: CardBlock, words: Words, button: Button) -> list[Json]:
    match block:
        case Heading(text):
            return [heading(text)]
        case Text(of):
            return [said(of)] if of else []
        case Facts(rows):
            facts = [{"title": escaped(title), "value": markdown(value)} for title, value in rows]
            return [{"type": "FactSet", "facts": facts}]
        case Items(lines):
            return [said((*line("• "), *of), spacing="Small") for of in lines]
        case Notice(tone, of):
            return [notice(tone, of, words)]
        case Columns():
            return bars((block.ticks.opens,), button) if block.ticks else []
        case Row():
            return [_row(block, button)]
        case Buttons(actions):
            return bars(actions, button)
        case Table():
            return _table(block)
        case Picture(png, alt):
            url = "data:image/png;base64," + base64.b64encode(png).decode()
            return [{"type": "Image", "url": url, "altText": alt, "size": "Stretch"}]
        case _:
            assert_never(block)


def _row(row: Row, button: Button) -> Json:
    detail = [said(row.detail, isSubtle=True, size="Small", spacing="Small")] if row.detail else []
    return {"type": "Container", "separator": True, "items": [said(row.line), *detail, *bars(row.actions, button)]}


def _table(table: Table) -> list[Json]:
    head = [_cell(line(strong(name))) for name in table.columns]
    rows = [head, *([_cell(of) for of in row] for row in table.rows)]
    drawn = {
        "type": "Table",
        "columns": [{"width": 1} for _ in table.columns],
        "firstRowAsHeader": True,
        "showGridLines": True,
        "rows": [{"type": "TableRow", "cells": cells} for cells in rows],
    }
    caption = [words_block(table.caption, isSubtle=True)] if table.caption else []
    return [*caption, drawn]


def _cell(of: Line) -> Json:
    return {"type": "TableCell", "items": [said(of or line("–"))]}


def _marked(marks: Sequence[Mark], words: Words) -> list[Json]:
    """The author's text letter by letter, what the gate touched in brackets, and below it what the brackets mean."""
    kinds = [kind for kind in _MARKS if any(mark.kind == kind for mark in marks)]
    legend = " · ".join(f"{_MARKS[kind][0]}…{_MARKS[kind][1]} {words(f'teams.mark.{kind}')}" for kind in kinds)
    text = "".join(_bracketed(mark) for mark in marks)
    return [*paragraphs(text), *([words_block(legend, isSubtle=True, size="Small")] if legend else [])]


def _bracketed(mark: Mark) -> str:
    before, after = _MARKS.get(mark.kind, ("", ""))
    there = before and mark.text.startswith(before) and mark.text.endswith(after)
    return mark.text if there else f"{before}{mark.text}{after}"
