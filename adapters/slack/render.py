"""Cards and forms → Slack's blocks and views. Pure: no call is made, nothing is decided, nothing is cut.

A card becomes *groups* of blocks that stay together (a row and its buttons); groups are gathered
into messages or pages that keep Slack's limits, so a long list becomes more messages, never a shorter list.
Pictures were uploaded before; `pictures` maps their digest to Slack's file id (see `pictures.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from adapters.slack import payload_ids as wire
from adapters.slack.fields import field_blocks
from adapters.slack.pictures import digest
from adapters.slack.spans import (
    Json,
    bullets,
    escaped,
    marked,
    packed,
    plain,
    quote,
    rich,
    run,
    runs,
    section,
    shortened,
    size,
    split,
)
from bot.ui import limits
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Columns,
    Confirm,
    Facts,
    Form,
    FormBlock,
    Heading,
    Items,
    Notice,
    Passage,
    Picture,
    Preview,
    Row,
    Table,
    Text,
    TextField,
    Titled,
    Tone,
    line,
)
from bot.ui.model import plain as words_of
from bot.ui.strings import Words

Pictures = Mapping[str, str]
Group = list[Json]

MESSAGE_BLOCKS = 50
MESSAGE_CHARACTERS = 12_000
"""Slack answers msg_blocks_too_long near 13,200 characters over all blocks (undocumented)."""
VIEW_BLOCKS = 100
VIEW_BYTES = 240_000
"""Slack refuses a view over 250 KB."""
_HEADER = 150
_BUTTONS = 25
_SIGNS = {Tone.INFO: "ℹ️", Tone.OK: "✅", Tone.WARN: "⚠️", Tone.DANGER: "⛔"}


class DoesNotFit(Exception):
    """The form is larger than a view can be; it is offered as a page of ours instead."""


# ---- the surfaces ----------------------------------------------------------------------------


def messages(card: Card, pictures: Pictures) -> list[Json]:
    """The card as one message, or several where it is longer; `text` and `blocks` of each."""
    pages = list(_pages(_card_groups(card, pictures), MESSAGE_BLOCKS, MESSAGE_CHARACTERS))
    text = escaped(card.summary or card.title)
    return [{"text": text, "blocks": blocks} for blocks in pages]


def home(card: Card, pictures: Pictures, words: Words, page: int = 0) -> Json:
    """The Home view; a card longer than one view has a page turner."""
    pages = list(_pages(_card_groups(card, pictures), VIEW_BLOCKS - 1, VIEW_BYTES // 8))
    page = max(0, min(page, len(pages) - 1))
    return {"type": "home", "blocks": [*pages[page], *_turner(page, len(pages), words)]}


def modal(form: Form, pictures: Pictures, words: Words, nonce: str, origin: wire.Origin) -> Json:
    """The form as a modal view. Raises DoesNotFit."""
    errors = form.errors
    blocks = [block for group in _error_groups(errors.get("", "")) for block in group]
    blocks += [block for part in form.body for group in _groups(part, pictures) for block in group]
    blocks += [block for shown in form.fields for block in field_blocks(shown, nonce, errors.get(shown.name, ""))]
    blocks += [block for group in _buttons(form.actions) for block in group]
    view: Json = {
        "type": "modal",
        "callback_id": wire.FORM,
        "private_metadata": wire.metadata(form, origin),
        "title": plain(form.title, 24),
        "close": plain(words("slack.cancel" if form.fields else "slack.close"), 24),
        "blocks": blocks or [rich(section([run(form.title)]))],
    }
    if form.submit:
        view["submit"] = plain(form.submit, 24)
    if len(blocks) > VIEW_BLOCKS or len(json.dumps(view)) > VIEW_BYTES:
        raise DoesNotFit
    return view


def loading(words: Words, external_id: str) -> Json:
    """The view that keeps the trigger while the answer is made; updated by its external id."""
    return _note_view(words, words("slack.loading")) | {"external_id": external_id}


def note(text: str, words: Words, *, tone: Tone | None = None, actions: Sequence[Action] = ()) -> Json:
    """A view with one sentence: what was done, or why not. Closing it closes what lies under it."""
    return _note_view(words, text, tone, actions) | {"clear_on_close": True}


def link(words: Words, url: str) -> Json:
    """A view that leads to our own page (`submit_via = "web"`, or a form too large for Slack)."""
    view = _note_view(words, words("slack.on_the_web"))
    button = {
        "type": "button",
        "action_id": wire.LINK,
        "text": plain(words("slack.open_web"), 75),
        "url": url,
        "style": "primary",
    }
    view["blocks"].append({"type": "actions", "elements": [button]})
    return view


def reading(card: Card) -> Form:
    """A card as a page to read, where a view is the only private place; a title too long for a view stands in it."""
    title = card.title or card.summary
    whole = () if len(title) <= limits.FORM_TITLE else (Heading(title),)
    return Form(card.key, shortened(title, limits.FORM_TITLE), body=(*whole, *card.body), actions=card.actions)


def confidential(form: Form) -> bool:
    """Whether the form shows or takes what people write (such forms stay on our pages with `submit_via = "web"`)."""
    return any(isinstance(b, Passage | Preview) for b in form.body) or any(
        isinstance(f, TextField) for f in form.fields
    )


def _note_view(words: Words, text: str, tone: Tone | None = None, actions: Sequence[Action] = ()) -> Json:
    sign = [run(f"{_SIGNS[tone]} ")] if tone else []
    blocks = [rich(section([*(sign if i == 0 else []), run(piece)])) for i, piece in enumerate(split(text))]
    return {
        "type": "modal",
        "callback_id": wire.FORM,
        "title": plain(words("app.name"), 24),
        "close": plain(words("slack.close"), 24),
        "blocks": [*blocks, *(block for group in _buttons(actions) for block in group)],
    }


def _turner(page: int, count: int, words: Words) -> list[Json]:
    if count == 1:
        return []
    places = [(page - 1, words("slack.previous"))] * (page > 0) + [(page + 1, words("slack.next"))] * (page < count - 1)
    turn = [
        {"type": "button", "action_id": f"{wire.PAGE}:{to}", "text": plain(label, 75), "value": str(to)}
        for to, label in places
    ]
    return [{"type": "actions", "elements": turn}]


# ---- blocks ----------------------------------------------------------------------------------


def _card_groups(card: Card, pictures: Pictures) -> Iterator[Group]:
    yield from _heading(card.title)
    for block in card.body:
        yield from _groups(block, pictures)
    yield from _buttons(card.actions)


def _pages(groups: Iterator[Group], blocks: int, characters: int) -> Iterator[list[Json]]:
    """Groups in order, gathered into as few pages as the limits allow."""
    page: list[Json] = []
    full = 0
    for group in groups:
        own = size(group)
        if page and (len(page) + len(group) > blocks or full + own > characters):
            yield page
            page, full = [], 0
        page, full = [*page, *group], full + own
    yield page or [rich(section([run("–")]))]


def _groups(block: FormBlock, pictures: Pictures) -> Iterator[Group]:
    match block:
        case Titled():
            yield from _row(block.in_one())
        case Passage():
            yield from _passage(block)
        case Preview():
            yield [rich(section([run(block.label, bold=True)]))]
            yield from ([rich(quote(elements))] for elements in packed(_or_dash(marked(block.marks))))
        case _:
            yield from _card_block(block, pictures)


def _card_block(block: CardBlock, pictures: Pictures) -> Iterator[Group]:
    match block:
        case Heading():
            yield from _heading(block.text)
        case Text():
            yield from ([rich(section(elements))] for elements in packed(runs(block.line)))
        case Facts():
            for elements in packed([run_ for label, value in block.rows for run_ in _fact(label, runs(value))]):
                yield [rich(section(elements))]
        case Items():
            yield from _list([runs(of) for of in block.lines])
        case Notice():
            yield from _notice(block)
        case Columns():
            yield from _buttons((block.ticks.opens,) if block.ticks else ())
        case Row():
            yield from _row(block)
        case Buttons():
            yield from _buttons(block.actions)
        case Table():
            yield from _table(block)
        case Picture():
            yield [_picture(block, pictures)]
        case _:
            assert_never(block)


def _heading(text: str) -> Iterator[Group]:
    pieces = split(text, _HEADER) if text.strip() else []
    yield from ([{"type": "header", "text": plain(piece, _HEADER)}] for piece in pieces)


def _fact(label: str, value: list[Json]) -> list[Json]:
    return [run(f"{label}: ", bold=True), *value, run("\n")]


def _list(lines: Sequence[list[Json]]) -> Iterator[Group]:
    """A bulleted list in blocks of a bearable size."""
    block: list[list[Json]] = []
    for each in lines:
        for piece in packed(each):
            if block and sum(map(size, block)) + size(piece) > MESSAGE_CHARACTERS // 4:
                yield [rich(bullets(block))]
                block = []
            block.append(piece)
    if block:
        yield [rich(bullets(block))]


def _notice(block: Notice) -> Iterator[Group]:
    for i, elements in enumerate(packed(_or_dash(runs(block.line)))):
        yield [rich(section([run(f"{_SIGNS[block.tone]} "), *elements] if i == 0 else elements))]


def _row(block: Row) -> Iterator[Group]:
    """The row, its smaller line and its buttons, which stay together."""
    lines = [*runs(block.line), *([run("\n"), *_muted(block)] if block.detail else [])]
    *before, last = packed(_or_dash(lines))
    yield from ([rich(section(elements))] for elements in before)
    yield [rich(section(last)), *(b for group in _buttons(block.actions) for b in group)]


def _muted(block: Row) -> list[Json]:
    return [r if r.get("style") else r | {"style": {"italic": True}} for r in runs(block.detail)]


def _table(block: Table) -> Iterator[Group]:
    """Each row as a list item; Slack's table block is missing in modals and on older clients."""
    if block.caption:
        yield [rich(section([run(block.caption, bold=True)]))]
    lines = []
    for cells in block.rows:
        drawn = [run(words_of(cells[0]) or "–", bold=True)] if cells else []
        for name, cell in zip(block.columns[1:], cells[1:], strict=False):
            drawn += [run(f" · {name}: "), *runs(cell)]
        lines.append(drawn)
    yield from _list(lines)


def _picture(block: Picture, pictures: Pictures) -> Json:
    alt = block.alt.strip() or "–"
    file = pictures.get(digest(block.png))
    if file is None:
        return rich(section([run("📊 "), run(alt, italic=True)]))
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt[:2000]}


def _passage(block: Passage) -> Iterator[Group]:
    heading = [run(block.label, bold=True)] + ([run(f" – {block.by}", italic=True)] if block.by else [])
    pieces = split(block.text.text) or ["–"]
    yield [rich(section(heading), quote([run(pieces[0])]))]
    yield from ([rich(quote([run(piece)]))] for piece in pieces[1:])


def _error_groups(sentence: str) -> Iterator[Group]:
    if sentence:
        yield from _notice(Notice(Tone.DANGER, line(sentence)))


def _or_dash(elements: list[Json]) -> list[Json]:
    return elements or [run("–")]


# ---- buttons ---------------------------------------------------------------------------------


def _buttons(actions: Sequence[Action]) -> Iterator[Group]:
    for start in range(0, len(actions), _BUTTONS):
        elements = [button(action, i) for i, action in enumerate(actions[start : start + _BUTTONS])]
        yield [{"type": "actions", "elements": elements}]


def button(action: Action, index: int = 0) -> Json:
    """One button; its value carries the action's opaque ids."""
    made: Json = {
        "type": "button",
        "action_id": wire.action_id(action, index),
        "text": plain(action.label, 75),
        "value": wire.action_value(action),
    }
    if action.look != "plain":
        made["style"] = action.look
    if action.confirm is not None:
        made["confirm"] = _confirm(action.confirm, danger=action.look == "danger")
    return made


def _confirm(ask: Confirm, *, danger: bool) -> Json:
    return {
        "title": plain(ask.title, 100),
        "text": plain(ask.text, 300),
        "confirm": plain(ask.yes, 30),
        "deny": plain(ask.no, 30),
        "style": "danger" if danger else "primary",
    }
