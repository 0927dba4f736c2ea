"""Looking for one's own cases and reviews: by words of the text or a code, by state, theme and day.

What is looked for comes with a form and stands in no address. Texts are read for their own author or reviewer alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.anonymise.text import AnonText, Sensitive
from bot.app.blocks.tables import PAGE, Entry, Listing
from bot.app.blocks.tags import passage
from bot.app.context import Context
from bot.app.facts.themes import theme_options
from bot.domain.case import Case
from bot.ui.inbound import FormSubmitted, chosen, typed_text
from bot.ui.model import (
    ChoiceField,
    DateField,
    Field,
    Form,
    FormBlock,
    Heading,
    Notice,
    Option,
    Passage,
    Row,
    Text,
    TextField,
    Titled,
    Tone,
    line,
    muted,
)

LONGEST = 100
ANY = "any"
"""Chosen where every state or theme will do."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; everything that is given must fit. Days include both ends."""

    words: str = ""
    state: str = ""
    theme: str = ""
    since: date | None = None
    until: date | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, ctx: Context, event: FormSubmitted) -> Wanted:
        """As the form says it, with what is wrong about it."""
        errors: dict[str, str] = {}
        since = ctx.typed_day(typed_text(event, "since"), "since", errors, past=True)
        until = ctx.typed_day(typed_text(event, "until"), "until", errors, past=True)
        if since and until and until < since:
            errors["until"] = ctx.words("export.ends_before")
        words = typed_text(event, "words").reveal().strip()
        if len(words) > LONGEST:
            errors["words"] = ctx.words("field.too_long", length=len(words), limit=LONGEST)
        state, theme = ((chosen(event, name) or ("",))[0] for name in ("state", "theme"))
        return cls(words, state, theme, since, until, errors)

    async def fields(self, ctx: Context, states: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
        """The form's fields, filled with what was looked for."""
        w = ctx.words
        every = Option(ANY, w("table.all"))
        themes, options = (every, *await theme_options(ctx)), (every, *(Option(*each) for each in states))
        state = self.state if self.state in dict(states) else ANY
        theme = self.theme if self.theme in {each.value for each in themes} else ANY
        return (
            TextField("words", w("search.words"), w("search.words.hint"), Sensitive(self.words), max_length=LONGEST),
            ChoiceField("state", w("overview.state"), options, state),
            ChoiceField("theme", w("search.theme"), themes, theme),
            DateField("since", w("search.since"), self.since),
            DateField("until", w("search.until"), self.until),
        )

    def fits(self, case: Case, day: date, states: frozenset[str], texts: Sequence[AnonText]) -> bool:
        """Whether a case with these states, on its day, is what is looked for; every word stands in its texts."""
        if self.state not in {*states, "", ANY} or self.theme not in {*case.themes, "", ANY}:
            return False
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        written = " ".join([case.code, *(each.text for each in texts)]).casefold()
        return all(word in written for word in self.words.casefold().split())


@dataclass(frozen=True)
class Found:
    """One entry of the list with its case, the day it is found by, its texts and its title, where there is one yet."""

    entry: Entry
    case: Case
    day: date
    texts: Mapping[str, AnonText]


@dataclass(frozen=True)
class Page:
    """What differs between the pages that list and search: the bare form, its heading, words for none."""

    form: Form
    heading: str
    none: str
    listing: Listing
    states: Sequence[tuple[str, str]]
    unsent: Sequence[FormBlock] = ()


async def listing_form(ctx: Context, page: Page, every: Sequence[Found], wanted: Wanted | None) -> Form:
    """Unsent texts, the list or what was found of it, and the fields to look for something; none for an empty list."""
    looked_for = None if wanted and wanted.errors else wanted  # what could not be looked for found nothing, either
    listed = _found_blocks(ctx, page.listing, every, looked_for) if every else [Text(line(page.none))]
    return replace(
        page.form,
        body=(*page.unsent, Heading(page.heading), *listed) if page.unsent else tuple(listed),
        fields=await (wanted or Wanted()).fields(ctx, page.states) if every else (),
        submit=ctx.words("search.submit") if every else "",
        errors=wanted.errors if wanted else {},
        aside=True,
    )


def _found_blocks(ctx: Context, listing: Listing, every: Sequence[Found], wanted: Wanted | None) -> list[FormBlock]:
    """The list as an address shows it, or what a search found of it; each with its title while there is a text."""
    w = ctx.words
    titles = {
        each.entry.row.choice: passage("", each.texts["title"], language=each.case.language)
        for each in every
        if "title" in each.texts
    }
    if wanted is None:
        entries = [each.entry for each in every]
        return [_titled(block, titles) for block in listing.blocks(w, entries)]
    fitting = [
        each.entry for each in every if wanted.fits(each.case, each.day, each.entry.shows, [*each.texts.values()])
    ]
    if not fitting:
        return [Notice(Tone.INFO, line(w("search.nothing")))]
    plain = Listing(listing.key, listing.subject, listing.columns)
    rows = [_titled(block, titles) for block in plain.blocks(w, [Entry(each.row, {}) for each in fitting[:PAGE]])]
    more = [Text(line(muted(w("table.rows", first=1, last=PAGE, n=len(fitting)))))] if len(fitting) > PAGE else []
    return [Text(line(w.count("search.found", len(fitting)))), *rows, *more]


def _titled(block: FormBlock, titles: Mapping[str, Passage]) -> FormBlock:
    if isinstance(block, Row) and block.choice in titles:
        title = titles[block.choice]
        return Titled(title.text, block, title.language)
    return block
