"""An excerpt as its author writes it, as those concerned are asked about it, and as its group reads it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import Sensitive
from bot.app.blocks.tags import passage
from bot.app.context import Context
from bot.app.facts.themes import theme_words
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.ui.model import Action, Facts, Form, FormBlock, ManyField, Option, Text, TextField, line
from bot.ui.prompts import prompt_keys

TEXT = "exemplar"
LENGTHS = {"excerpt": 1500, "why": 600, "programme": 120}
REQUIRED = ("excerpt", "why")
Values = Mapping[str, Sensitive | tuple[str, ...]]


async def exemplar_form(ctx: Context, case: Case, values: Values, errors: Mapping[str, str]) -> Form:
    """The excerpt, begun with what the case says of it, what is good about it, and the behaviours it shows."""
    w = ctx.words
    texts = await ctx.uow.texts(case.id, "case")
    begun = {"excerpt": texts.get("excerpt"), "programme": texts.get("programme"), "why": None}

    def text(name: str) -> Sensitive:
        typed, known = values.get(name), begun[name]
        return typed if isinstance(typed, Sensitive) else Sensitive(known.text if known else "")

    ticked = values.get("behaviours", ())
    options = tuple(Option(key, w(f"prompt.{key}")) for key in prompt_keys(case.mode))
    fields = [
        TextField(
            name,
            w(f"library.{name}"),
            w(f"library.{name}.hint"),
            text(name),
            name in REQUIRED,
            name != "programme",
            most,
        )
        for name, most in LENGTHS.items()
    ]
    behaviours = ManyField("behaviours", w("library.behaviours"), options, ticked if isinstance(ticked, tuple) else ())
    return Form(
        "exemplar.send",
        w("library.propose.title"),
        case.id,
        body=(Text(line(w("library.propose.intro", code=case.code))),),
        fields=(*fields, behaviours),
        submit=w("library.propose.submit"),
        errors=errors,
    )


async def exemplar_blocks(ctx: Context, exemplar: Exemplar) -> list[FormBlock]:
    """What the library shows: no code of the case, no day, no letter."""
    w = ctx.words
    texts = await ctx.uow.texts(exemplar.id, TEXT)
    rows = [(w("case.field.mode"), line(w(f"mode.{exemplar.mode}")))]
    if exemplar.themes:
        rows.append((w("log.themes"), line(w.listing(theme_words(w, exemplar.themes)))))
    if exemplar.behaviours:
        rows.append((w("library.behaviours"), line(w.listing([w(f"prompt.{key}") for key in exemplar.behaviours]))))
    blocks: list[FormBlock] = [Facts(tuple(rows))]
    return blocks + [
        passage(w(f"library.{name}"), texts[name], language=exemplar.language) for name in LENGTHS if name in texts
    ]


def read_action(ctx: Context, exemplar: Exemplar) -> Action:
    """The way to one of the library."""
    return Action("library.read", ctx.words("library.read"), exemplar.id, opens=True)
