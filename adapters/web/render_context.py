"""What a page needs to draw a card or a form: sealed tickets, links, groups of blocks, the kind of each part.

Templates only place and escape; everything they ask is answered here.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from adapters.web.tickets import Kind, Ticket, Tickets
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    ChoiceField,
    Columns,
    Field,
    Form,
    FormBlock,
    Heading,
    ManyField,
    Passage,
    Picture,
    Preview,
    Row,
    Style,
    Table,
    Text,
    TextField,
    Ticks,
    Titled,
)

_LONGEST_BACK = 1500
"""A path to return to that grew longer than this (pages opened from pages) becomes the start page."""
SHRINKS = 400
"""Pictures up to this width in CSS pixels may shrink to a phone's; wider ones scroll, so that they can be read."""
_FINENESS = 1.5
_MOST_ROWS = 30


@dataclass(frozen=True)
class Sheet:
    """One page for one browser, and where its buttons lead when all is done."""

    tickets: Tickets
    binding: str
    new_id: Callable[[str], str]
    back: str = "/"
    """Where a button on this page returns to; mostly the page itself, which is then fresh."""
    after: str = "/"
    """Where a form on this page returns to: the page it was opened from."""
    who: str = ""
    """A token of the person the page was drawn for, so that nobody's text is kept as another's."""
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Addresses of buttons that only show something, by key and subject."""
    message: str = ""
    """The kept card that the buttons stand on ("notice/<id>", "answer/<id>")."""

    def on(self, message: str) -> Sheet:
        """The same sheet for the buttons of a kept card."""
        return replace(self, message=message)

    def seal(self, kind: str, key: str = "") -> str:
        """A ticket for one of the adapter's own forms."""
        return self._seal(Ticket(Kind(kind), key, event=self.new_id("event")))

    def press(self, action: Action) -> str:
        """The ticket of a button."""
        ticket = Ticket(Kind.PRESS, action.key, action.subject, action.args, ask=action.confirm)
        return self._seal(replace(ticket, event=self.new_id("event")))

    def confirmed(self, asked: Ticket) -> str:
        """The ticket of the same button once its question was answered with yes."""
        return self.tickets.seal(replace(asked, event=self.new_id("event"), ask=None), self.binding)

    def follows(self, action: Action) -> bool:
        """Whether an action is a link rather than a press."""
        return not action.confirm and (action.opens or (action.key, action.subject) in self.paths)

    def is_here(self, action: Action) -> bool:
        """Whether an action only shows the page it stands on."""
        path = self.paths.get((action.key, action.subject))
        return bool(path) and not action.args and path == self.back.partition("?")[0]

    def link(self, action: Action) -> str:
        """The address of a page that an action opens; where it has none, a sealed one that holds for this session."""
        path = self.paths.get((action.key, action.subject))
        if path:
            return f"{path}?{urlencode(sorted(action.args.items()))}" if action.args else path
        return "/open?" + urlencode({"t": self._seal(Ticket(Kind.OPEN, action.key, action.subject, action.args))})

    def submit(self, form: Form) -> str:
        """The ticket of a form."""
        ticket = Ticket(Kind.SUBMIT, form.key, form.subject, form.state, self.new_id("event"))
        return self._seal(ticket, self.after)

    def ticked(self, ticks: Ticks) -> str:
        """The ticket of the form that ticked rows fill; it comes back to this page."""
        return self._seal(Ticket(Kind.SUBMIT, ticks.form, ticks.opens.subject, event=self.new_id("event")))

    def _seal(self, ticket: Ticket, back: str = "") -> str:
        back = back or self.back
        known = replace(ticket, back=back if len(back) <= _LONGEST_BACK else "/", message=self.message)
        return self.tickets.seal(known, self.binding)


@dataclass(frozen=True)
class Section:
    """What stands under one heading; the first section of a view may have none."""

    heading: str
    groups: Sequence[Sequence[FormBlock]]
    """Blocks in order; neighbouring rows are one group, a list, or a table with the heads before them.

    Neighbouring paragraphs of secondary words are one group, too: they stand side by side where there is room.
    """


def sections(body: Sequence[FormBlock]) -> Sequence[Section]:
    """The body cut at its headings."""
    return [Section(heading, _groups(blocks)) for heading, blocks in _cut(body) if heading or blocks]


def _cut(body: Sequence[FormBlock]) -> Iterator[tuple[str, list[FormBlock]]]:
    heading, blocks = "", list[FormBlock]()
    for block in body:
        if isinstance(block, Heading):
            yield heading, blocks
            heading, blocks = block.text, []
        else:
            blocks.append(block)
    yield heading, blocks


def _groups(blocks: Sequence[FormBlock]) -> Sequence[Sequence[FormBlock]]:
    groups: list[list[FormBlock]] = []
    for block in blocks:
        last = groups[-1][0] if groups else None
        in_list = isinstance(block, Row | Titled) and isinstance(last, Row | Titled | Columns)
        goes_on = in_list or (_is_secondary(block) and _is_secondary(last))
        groups[-1].append(block) if goes_on else groups.append([block])
    return groups


def _is_secondary(block: FormBlock | None) -> bool:
    return isinstance(block, Text) and bool(block.line) and all(span.style is Style.MUTED for span in block.line)


def heads(group: Sequence[FormBlock]) -> Columns | None:
    """The heads of a group of rows that is drawn as a table."""
    return group[0] if isinstance(group[0], Columns) else None


def has_actions(rows: Sequence[Row | Titled]) -> bool:
    """Whether any of the rows has a button."""
    return any((each.row if isinstance(each, Titled) else each).actions for each in rows)


def buttons_of(view: Card | Form) -> list[tuple[str, str]]:
    """Key and subject of every button of a view."""
    actions = list(view.actions)
    for block in view.body:
        if isinstance(block, Row | Buttons):
            actions += block.actions
        elif isinstance(block, Titled):
            actions += block.row.actions
        elif isinstance(block, Columns):
            actions += [*(each for each in block.sorts if each), *block.shows]
    return [(action.key, action.subject) for action in actions]


_LONG = 8


def is_reading(block: FormBlock) -> bool:
    """Whether a block is a text to read beside what one writes."""
    return isinstance(block, Passage | Preview)


def parted(form: Form) -> tuple[Sequence[Field], Sequence[Field]]:
    """The fields to fill in, and those of a long form that may stay as they are: optional ones, and given choices."""
    if len(form.fields) < _LONG:
        return form.fields, ()
    rest = [f for f in form.fields if _may_stay(f)]
    given = {"objection", "risk"}  # asked anew each time, and never hidden
    rest = [f for f in rest if f.name not in given and f.name not in form.errors]
    return [f for f in form.fields if f not in rest], rest


def _may_stay(field: Field) -> bool:
    return not field.required or (isinstance(field, ChoiceField) and field.value is not None)


def is_filled(form: Form) -> bool:
    """Whether something stands in a form's lists already."""
    return any(
        bool(each.values)
        if isinstance(each, ManyField)
        else bool(each.value.reveal())
        if isinstance(each, TextField)
        else each.value is not None and (not isinstance(each, ChoiceField) or not each.required)
        for each in form.fields
    )


def parted_body(form: Form) -> tuple[Sequence[FormBlock], Text | None]:
    """The body, and a last sentence that says what the action does and so stands beside it."""
    last = form.body[-1] if form.body else None
    return (form.body[:-1], last) if form.aside and isinstance(last, Text) else (form.body, None)


def kind(part: object) -> str:
    """The name of a part's type, by which a template chooses how to draw it."""
    return type(part).__name__


def picture_url(picture: Picture) -> str:
    """A picture as part of the page, so that it has no address of its own."""
    return "data:image/png;base64," + base64.b64encode(picture.png).decode()


def picture_size(picture: Picture) -> tuple[int, int]:
    """Width and height on the page in CSS pixels; charts are drawn finer than that."""
    width, height = struct.unpack(">II", picture.png[16:24])
    return round(width / _FINENESS), round(height / _FINENESS)


def breadth(table: Table) -> str:
    """A phone shows a slim table as it is and a wide one as a list; a broad one scrolls, and so does a long one."""
    columns = len(table.columns)
    long = " long" if len(table.rows) > _MOST_ROWS else ""
    return ("slim" if columns <= 3 else "wide" if columns <= 6 else "broad") + long


def is_listed(field: Field) -> bool:
    """Whether a choice is drawn as radio buttons."""
    return isinstance(field, ChoiceField) and field.spread


def input_name(field: Field) -> str:
    """The name under which a field comes back: `o.` for chosen options, `t.` for text (see `inbound.py`)."""
    return f"{'o' if isinstance(field, (ChoiceField, ManyField)) else 't'}.{field.name}"
