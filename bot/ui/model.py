"""Everything that can be shown, for every platform.

Two surfaces exist and the types keep them apart:

* `Card` — a message, a notice, the Home tab. It holds our own words only. Its block types cannot
  carry what a therapist wrote, so no notification, preview or push text can leak a case.
* `Form` — a modal, a dialog, a web page, drawn on demand for one person. Only here may `Passage`
  and `Preview` show text that passed the anonymisation gate. A form without fields is a page to read.

Sentences arrive here already in the reader's language (`bot/ui/strings`); adapters escape, lay out
and draw, and decide nothing. Which buttons exist was decided by the query that built the view.
What a platform could not draw cannot be made: `limits.py` raises `CannotBeShown` at construction.
What a form asks for is in `fields.py`.
Next: `inbound.py` (what comes back), `platform.py` (what an adapter must be).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from bot.anonymise.text import AnonText
from bot.ui import limits
from bot.ui.fields import ChoiceField, DateField, Field, ManyField, NumberField, Option, TextField

__all__ = [
    "DARKEST",
    "Action",
    "Buttons",
    "Card",
    "CardBlock",
    "ChoiceField",
    "Columns",
    "Confirm",
    "DateField",
    "Document",
    "Facts",
    "Field",
    "Form",
    "FormBlock",
    "Heading",
    "Items",
    "Line",
    "ManyField",
    "Mark",
    "Notice",
    "NumberField",
    "Option",
    "Passage",
    "Picture",
    "Preview",
    "Row",
    "Span",
    "Style",
    "Table",
    "Text",
    "TextField",
    "Ticks",
    "Titled",
    "Tone",
    "code",
    "line",
    "muted",
    "plain",
    "strong",
]


class Style(Enum):
    """How a span of our own words is set."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    MUTED = "muted"


class Tone(Enum):
    """What a notice is; adapters show it by word or sign as well as by colour."""

    INFO = "info"
    OK = "ok"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class Span:
    """A run of our own words; never markup, adapters escape it."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line from words and spans; plain strings become plain spans, empty ones vanish."""
    return tuple(Span(p) if isinstance(p, str) else p for p in parts if p)


def strong(text: str) -> Span:
    """Emphasised words."""
    return Span(text, Style.STRONG)


def code(text: str) -> Span:
    """Something to type, or a case code."""
    return Span(text, Style.CODE)


def muted(text: str) -> Span:
    """Secondary words."""
    return Span(text, Style.MUTED)


def plain(of: Line) -> str:
    """The line without styles, for summaries and screen readers."""
    return "".join(span.text for span in of)


# ---- actions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Confirm:
    """The question asked before an action that cannot be undone."""

    title: str
    text: str
    yes: str
    no: str

    def __post_init__(self) -> None:
        for text, most in zip((self.title, self.text, self.yes, self.no), limits.CONFIRM, strict=True):
            limits.words(text, "a part of a question", most)


@dataclass(frozen=True)
class Action:
    """A button. `key` names the command, `subject` is an opaque id, `args` are a few short opaque values."""

    key: str
    label: str
    subject: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    look: Literal["plain", "primary", "danger"] = "plain"
    confirm: Confirm | None = None
    opens: bool = False
    """True when the answer is something to see: Teams opens a dialog for it, a page follows it as a link."""

    def __post_init__(self) -> None:
        limits.words(self.key, "a button's key")
        limits.words(self.label, f"the button {self.key}", limits.BUTTON)


# ---- blocks of our own words (cards and forms) -----------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    line: Line


@dataclass(frozen=True)
class Facts:
    """Labelled values, in order."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True)
class Items:
    """A bulleted list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Notice:
    """A line that must not be overlooked."""

    tone: Tone
    line: Line


@dataclass(frozen=True)
class Row:
    """One entry of a list with its own buttons; `detail` is the smaller second line."""

    line: Line
    detail: Line = ()
    actions: tuple[Action, ...] = ()
    cells: tuple[Line, ...] = ()
    """The same in columns, one a head of the `Columns` above; drawn instead where there is room for them."""
    choice: str = ""
    """What ticking the row chooses, where rows can be ticked."""


@dataclass(frozen=True)
class Ticks:
    """Several rows at once: `form` takes the values of the ticked rows in its field `name`.

    Where rows cannot be ticked, `opens` opens that form with a list to choose from.
    """

    form: str
    name: str
    opens: Action


@dataclass(frozen=True)
class Columns:
    """The heads of the rows that follow, where a platform has room for columns."""

    names: tuple[str, ...]
    sorts: tuple[Action | None, ...] = ()
    """What sorts the rows by each column."""
    sorted_by: int = -1
    """The column they are sorted by."""
    shows: tuple[Action, ...] = ()
    """What shows only some of the rows, on a page: its buttons say how many."""
    shown_by: int = -1
    """Which of them shows what is there now."""
    ticks: Ticks | None = None

    def __post_init__(self) -> None:
        limits.unless(len(self.sorts) in {0, len(self.names)}, "a column's way to sort is missing")


@dataclass(frozen=True)
class Buttons:
    """Buttons in the middle of a view."""

    actions: tuple[Action, ...]


DARKEST = 4
"""The darkest shade of a table's cell."""


@dataclass(frozen=True)
class Table:
    """Numbers and words in rows; adapters without tables draw each row as facts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: str = ""
    shades: tuple[tuple[int, ...], ...] = ()
    """How dark each cell stands on a page, from 0 to `DARKEST`; the cells say the same in numbers or words."""

    def __post_init__(self) -> None:
        limits.unless(all(len(row) == len(self.columns) for row in self.rows), "a table's row has other columns")
        alike = [len(row) for row in self.shades] == [len(row) for row in self.rows]
        limits.unless(not self.shades or alike, "a table's shades are of other cells")


@dataclass(frozen=True)
class Picture:
    """A chart of numbers (never of text), PNG, with its words for those who do not see it.

    `passing` marks a case's numbers: where a platform could only show the picture by keeping it as a file, its words
    stand instead, so that nothing of a case outlives its purge.
    """

    png: bytes = field(repr=False)
    alt: str = ""
    passing: bool = False

    def __post_init__(self) -> None:
        limits.words(self.alt, "a picture's words")


CardBlock = Heading | Text | Facts | Items | Notice | Columns | Row | Buttons | Table | Picture


# ---- blocks that show what people wrote (forms only) ------------------------------------------


@dataclass(frozen=True)
class Passage:
    """A text that passed the gate, set apart from ours; line breaks are kept, nothing in it is markup."""

    label: str
    text: AnonText
    by: str = ""
    """Who, as far as the reader may know: "Reviewer A", "You"; empty when it goes without saying."""
    language: str = ""
    """BCP 47 of the text where it is known: it may not be the reader's, and is then read out and broken differently."""


@dataclass(frozen=True)
class Mark:
    """A run of the author's own text in the gate's preview."""

    text: str = field(repr=False)
    kind: Literal["plain", "masked", "doubtful", "kept"] = "plain"


@dataclass(frozen=True)
class Preview:
    """The whole redacted text as peers would read it, for its author alone, with what was replaced marked."""

    label: str
    marks: tuple[Mark, ...]
    language: str = ""
    """As in `Passage`."""


@dataclass(frozen=True)
class Titled:
    """A row under a title that a person wrote, which passed the gate."""

    title: AnonText
    row: Row
    language: str = ""
    """As in `Passage`."""

    def in_one(self) -> Row:
        """Title and row as one row, for an adapter that draws it at once."""
        return replace(self.row, line=line(strong(self.title.text), " · ", *self.row.line))


FormBlock = CardBlock | Passage | Preview | Titled


# ---- the two surfaces ------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A message or the Home view: our words and buttons, never what a person wrote.

    `summary` is the one sentence for lock screens, push notices and screen readers.
    """

    key: str
    title: str
    body: tuple[CardBlock, ...] = ()
    actions: tuple[Action, ...] = ()
    summary: str = ""

    def __post_init__(self) -> None:
        limits.words(self.title or self.summary, f"the title of the card {self.key}")


@dataclass(frozen=True)
class Form:
    """A modal, dialog or page for one person, drawn on demand and not kept by us anywhere else.

    `key` names the command that takes the values; `subject` and `state` are opaque ids that come
    back with them. `submit` empty means a page to read. `errors` maps field names (or "" for the
    whole form) to sentences. `title` has at most 24 characters in every language (Slack's modal).
    """

    key: str
    title: str
    subject: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    body: tuple[FormBlock, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: str = ""
    actions: tuple[Action, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    aside: bool = False
    """The body and the actions are what the form is for; a page folds its fields away until they are wanted."""

    def __post_init__(self) -> None:
        limits.words(self.title, f"the title of the form {self.key}", limits.FORM_TITLE)
        limits.unless(len(self.submit) <= limits.FORM_TITLE, f"the submit button of the form {self.key} is too long")
        if self.fields:
            limits.words(self.submit, f"the submit button of the form {self.key}")
            limits.distinct((shown.name for shown in self.fields), f"the fields of the form {self.key}")


@dataclass(frozen=True)
class Document:
    """A file handed to the person who asked: facts; texts only of one's own and on our own pages only."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
