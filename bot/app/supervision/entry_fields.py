"""Fields of the forms about an entry of the log: its length, who supervised, themes, what was learned."""

from __future__ import annotations

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.log_entries import PROFESSIONS, SUPERVISOR
from bot.app.facts.themes import theme_options
from bot.domain.supervision import SupervisionEvent
from bot.ui.inbound import FormSubmitted, typed_text
from bot.ui.model import Field, ManyField, Option, TextField

SHORT = {SUPERVISOR: "log.supervisor", PROFESSIONS: "log.professions"}
"""Short texts that lie sealed beside an entry made by hand, with their words."""
LONGEST_SHORT = 120
LONGEST_LENGTH = 60
"""Characters of a length of time in words."""
SAME = "same"
"""The field that asks whether an entry like another one is kept; the answer is the other one's chain."""


def minutes_field(ctx: Context, typed: str) -> TextField:
    """How long it took, in minutes or as people say it."""
    w = ctx.words
    return TextField("minutes", w("log.minutes"), w("field.minutes"), Sensitive(typed), True, max_length=LONGEST_LENGTH)


def same_field(ctx: Context, same: SupervisionEvent | None) -> tuple[Field, ...]:
    """Whether both are kept, where an entry like this one stands in the log already."""
    if same is None:
        return ()
    w = ctx.words
    said = f"{w.day(same.day, year=True)} · {w(f'log.type.{same.type}')} · {w.count('log.row_minutes', same.minutes)}"
    return (ManyField(SAME, w("log.same", entry=said), (Option(same.chain, w("log.same.keep")),)),)


def short_field(ctx: Context, name: str, typed: Sensitive) -> TextField:
    """Who supervised, with qualification, also somebody outside; or the professions of who took part."""
    hints = {SUPERVISOR: "log.supervisor.hint", PROFESSIONS: "log.professions.hint"}
    return TextField(name, ctx.words(SHORT[name]), ctx.words(hints[name]), typed, False, False, LONGEST_SHORT)


def read_short(ctx: Context, event: FormSubmitted, name: str, errors: dict[str, str]) -> str:
    """What was typed; too long is told."""
    typed = " ".join(typed_text(event, name).reveal().split())
    if len(typed) > LONGEST_SHORT:
        errors[name] = ctx.words("field.too_long", length=len(typed), limit=LONGEST_SHORT)
    return typed


async def own_fields(ctx: Context, themes: tuple[str, ...], learning_point: Sensitive) -> tuple[Field, ...]:
    """Themes from the list, and a learning point in one's own words."""
    w = ctx.words
    options = await theme_options(ctx, themes)
    point = TextField(
        "learning_point", w("log.learning_point"), w("log.learning_point.hint"), learning_point, False, True, 600
    )
    return (*((ManyField("themes", w("log.themes"), options, themes),) if options else ()), point)
