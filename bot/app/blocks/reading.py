"""The ways to what colleagues keep to be read: cases for information and the learning library."""

from __future__ import annotations

from bot.app.blocks.exemplars import LENGTHS, TEXT, read_action
from bot.app.context import Context
from bot.app.facts.exemplars import library_of
from bot.app.facts.permissions import shared_cases
from bot.app.facts.themes import theme_options, theme_words
from bot.domain.person import Role
from bot.ui.inbound import CommandTyped, Outcome, Say, Show
from bot.ui.model import Action, Card, ChoiceField, Form, FormBlock, Option, Row, Text, TextField, code, line
from bot.ui.prompts import prompt_keys


async def reading_places(ctx: Context) -> tuple[Action, ...]:
    """A button to each place where something is kept that this therapist may read."""
    if not ctx.me.has(Role.THERAPIST):
        return ()
    w = ctx.words
    shared = (Action("shared.list", w("shared.list"), opens=True),) if await shared_cases(ctx) else ()
    library = (Action("library.open", w("library.open"), opens=True),) if await library_of(ctx) else ()
    return (*shared, *library)


async def library_page(ctx: Context, theme: str = "", behaviour: str = "", programme: str = "") -> Form:
    """The excerpts that my groups keep, or those of them that were looked for."""
    w = ctx.words
    every = await library_of(ctx)
    rows: list[FormBlock] = []
    for exemplar in every:
        if (theme and theme not in exemplar.themes) or (behaviour and behaviour not in exemplar.behaviours):
            continue
        if programme:
            told = (await ctx.uow.texts(exemplar.id, TEXT)).get("programme")
            if told is None or programme.casefold() not in told.text.casefold():
                continue
        about = w.listing(theme_words(w, exemplar.themes)) if exemplar.themes else w("library.example")
        shown = w.listing([w(f"prompt.{key}") for key in exemplar.behaviours])
        rows.append(Row(line(about), line(shown), (read_action(ctx, exemplar),)))
    themes = await theme_options(ctx, {each for exemplar in every for each in exemplar.themes})
    behaviours = tuple(Option(key, w(f"prompt.{key}")) for key in prompt_keys("blended"))
    fields = (
        ChoiceField("theme", w("library.theme"), themes, theme or None, required=False),
        ChoiceField("behaviour", w("library.behaviour"), behaviours, behaviour or None, required=False),
        TextField("programme", w("library.programme"), max_length=LENGTHS["programme"]),
    )
    empty = Text(line(w("library.none_such" if every else "library.none")))
    return Form(
        "library.find",
        w("library.title"),
        body=(Text(line(w("library.intro"))), *(rows or [empty])),
        fields=fields if every else (),
        submit=w("library.find") if every else "",
    )


async def shared_card(ctx: Context) -> Card:
    """What my groups' members shared and what is still kept, newest first; by its code only."""
    w = ctx.words
    rows = [
        Row(
            line(w("case.word"), " ", code(case.code)),
            line(w(f"mode.{case.mode}")),
            (Action("shared.read", w("shared.read"), case.id, opens=True),),
        )
        for case in await shared_cases(ctx)
    ]
    body = tuple(rows) or (Text(line(w("shared.none"))),)
    return Card("shared.list", w("shared.title"), body, (), summary=w("shared.title"))


async def named_place(ctx: Context, event: CommandTyped) -> Outcome | None:
    """What a typed name of the learning library or of the cases for information leads to; None for other words."""
    said = {word for each in (event.name, event.text.reveal()) for word in each.casefold().split()}
    library, shared = ctx.aliases("library"), ctx.aliases("shared")
    title = {word for key in ("library.title", "shared.list") for word in ctx.words(key).casefold().split()}
    if not said <= {"review", "help", "cases", *library, *shared, *title}:
        return None
    if said & library:
        return Show(await library_page(ctx))
    return Say(await shared_card(ctx)) if said & shared else None
