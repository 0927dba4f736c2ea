"""What a supervisor sees of a second look, and its author of the answer. The text stands in forms only."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import Sensitive
from bot.app.blocks.cases import answer_blocks, case_blocks
from bot.app.context import Context
from bot.app.facts.anonymity import presenter_label, presenter_named
from bot.app.steps import second_look
from bot.domain.case import Case
from bot.domain.person import Role
from bot.domain.second_look import SecondLook, Telling
from bot.ui.model import (
    Action,
    CardBlock,
    Confirm,
    Form,
    FormBlock,
    Heading,
    Items,
    ManyField,
    Option,
    Row,
    Text,
    TextField,
    code,
    line,
    muted,
    strong,
)

NOTE_LENGTH = 600
Values = Mapping[str, Sensitive | tuple[str, ...]]


async def open_looks(ctx: Context) -> list[CardBlock]:
    """For a supervisor: cases that wait for a second look they may take, the earliest needed first."""
    w = ctx.words
    rows: list[CardBlock] = []
    for look, case in await second_look.looks_for(ctx, ctx.me) if ctx.me.has(Role.SUPERVISOR) else []:
        needed = w("look.until", day=await needed_day(ctx, case, look))
        late = line(strong(w("look.late"))) if look.late_told_at else line(needed)
        rows.append(Row(line(w("case.word"), " ", code(case.code)), late, (open_action(ctx, look),)))
    return [Heading(w("look.heading")), *rows] if rows else []


def open_action(ctx: Context, look: SecondLook) -> Action:
    """The way to the text."""
    return Action("look.open", ctx.words("look.open"), look.id, look="primary", opens=True)


async def needed_day(ctx: Context, case: Case, look: SecondLook) -> str:
    """The last day on which a look helps, on the reader's calendar."""
    until = await second_look.needed_by(ctx, case, look)
    return ctx.words.day(until.astimezone(ctx.zone).date())


async def look_page(ctx: Context, look: SecondLook, case: Case) -> Form:
    """The text as reviewers would read it, what to look for, and the ways to decide."""
    w = ctx.words
    body: list[FormBlock] = [
        Text(line(w("look.intro"))),
        Items(tuple(line(muted(w(f"look.telling.{each.value}"))) for each in Telling if each is not Telling.OTHER)),
        *((Text(line(await presenter_label(ctx, case))),) if presenter_named(case) else ()),
        *await answer_blocks(ctx, case, earlier=True),
        *await case_blocks(ctx, case),
    ]
    ask = Confirm(w("look.recognise.title"), w("look.recognise.text"), w("review.recognise"), w("back"))
    actions = (
        Action("look.pass", w("look.pass"), look.id, look="primary"),
        Action("look.return", w("look.return"), look.id, opens=True),
        Action("look.recognise", w("review.recognise"), look.id, confirm=ask),
        Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True),
    )
    return Form("look.page", w("look.title"), look.id, body=tuple(body), actions=actions)


def return_form(ctx: Context, look: SecondLook, case: Case, values: Values, errors: Mapping[str, str]) -> Form:
    """What still tells too much, and a note; the note passes the gate too."""
    w = ctx.words
    ticked, note = values.get("telling", ()), values.get("note")
    return Form(
        "look.return.send",
        w("look.return.title"),
        look.id,
        body=(Text(line(w("look.return.intro", code=case.code))),),
        fields=(
            ManyField(
                "telling",
                w("look.telling"),
                tuple(Option(each.value, w(f"look.telling.{each.value}")) for each in Telling),
                ticked if isinstance(ticked, tuple) else (),
                required=True,
            ),
            TextField(
                "note",
                w("look.note"),
                w("look.note.hint"),
                note if isinstance(note, Sensitive) else Sensitive(),
                multiline=True,
                max_length=NOTE_LENGTH,
            ),
        ),
        submit=w("look.return.submit"),
        errors=errors,
    )
