"""A card as one or more messages, a form as one or more dialog parts, each within Teams' limits."""

from __future__ import annotations

from adapters.teams import payload_ids as wire
from adapters.teams import splitting
from adapters.teams.adaptive_cards import (
    Dialog,
    adaptive,
    attachment,
    card_elements,
    form_button,
    form_elements,
    form_fields,
    heading,
    reading_elements,
)
from adapters.teams.payload_ids import Pressed
from adapters.teams.spans import Json, words_block
from bot.ui.model import Card, Form
from bot.ui.strings import Words


def messages(card: Card, words: Words) -> list[Json]:
    """The card as Adaptive Cards to be sent one after the other; nearly always just one."""
    runs = splitting.parts(card_elements(card, words))
    if len(runs) == 1:
        return [adaptive(runs[0], summary=card.summary or card.title)]
    titles = [words("teams.part", title=card.title, part=i, parts=len(runs)) for i in range(1, len(runs) + 1)]
    first, *rest = zip(titles, runs, strict=True)
    drawn = [adaptive([heading(first[0], 1), *first[1][1:]], summary=card.summary or card.title)]
    return drawn + [adaptive([heading(title, 1), *run], summary=title) for title, run in rest]


def reading(card: Card, words: Words, at: Dialog, held: str) -> list[Json]:
    """The card to read in a dialog: the `value` of its `continue` answer, one a page.

    `held` is the id under which the pages are kept when there are several.
    """
    title, runs = card.title or words("app.name"), splitting.parts(reading_elements(card, words, at))
    if len(runs) == 1:
        return [_continue(title, adaptive(runs[0], summary=card.summary or title), "medium")]
    pages = []
    for page, run in enumerate(runs):
        place = words_block(words("teams.page", page=page + 1, pages=len(runs)), isSubtle=True)
        ways = [(page + 1, "teams.next")] * (page < len(runs) - 1) + [(page - 1, "teams.back")] * (page > 0)
        turn = [_button(words(label), wire.held_data(held, at.message, to)) for to, label in ways]
        pages.append(_continue(title, adaptive([place, *run], turn, summary=title)))
    return pages


def dialog(form: Form, words: Words, at: Dialog, again: Pressed | None = None) -> Json:
    """The form as the `value` of a dialog's `continue` answer.

    A form above the limit is shown in parts, its fields on the last one, when `again` says what
    draws it once more and which part is wanted: between two parts nothing of it is kept. Without
    `again` it stays whole, because what somebody typed must not be lost.
    """
    body, fields = form_elements(form, words, at), form_fields(form, words, at)
    whole = adaptive([*body, *fields], form_button(form, at), summary=form.title)
    if again is None or splitting.size(whole) <= splitting.LIMIT:
        return _continue(form.title, whole)
    runs = splitting.parts(body)
    last = [*runs[-1], *fields]
    runs = [*runs[:-1], last] if splitting.size([last, form_button(form, at)]) <= splitting.LIMIT else [*runs, fields]
    runs = [run for run in runs if run] or [[]]
    page = min(max(again.page - 1, 0), len(runs) - 1)
    place = words_block(words("teams.page", page=page + 1, pages=len(runs)), isSubtle=True)
    buttons = form_button(form, at) if page == len(runs) - 1 else []
    turn = [_turn(words("teams.next"), again, page + 1, at)] if page < len(runs) - 1 else []
    back = [_turn(words("teams.back"), again, page - 1, at)] if page else []
    return _continue(form.title, adaptive([place, *runs[page]], [*turn, *buttons, *back], summary=form.title))


def _turn(title: str, again: Pressed, page: int, at: Dialog) -> Json:
    return _button(title, wire.again(again, page, at.nonce, at.message))


def _button(title: str, data: Json) -> Json:
    return {"type": "Action.Submit", "title": title, "data": data, "associatedInputs": "none"}


def _continue(title: str, card: Json, size: str = "large") -> Json:
    return {"title": title, "height": size, "width": size, "card": attachment(card)}
