"""The private worksheet of a therapist: which patient to present next, without anybody else's knowing of one."""

from __future__ import annotations

from dataclasses import replace

from bot.anonymise import Examined, Sensitive
from bot.app.blocks.scores import scores_problem, weeks_said, weeks_unsaid
from bot.app.cases.worksheet_views import LONGEST_SCORES, case_values, row_form, worksheet_form
from bot.app.context import Context
from bot.app.facts.caseload import current_mode
from bot.app.facts.languages import text_language
from bot.app.facts.second_sending import SINCE, changed_since
from bot.app.gate.case_form import case_form_for
from bot.app.gate.handlers import Typed, examine
from bot.app.steps import worksheet
from bot.app.steps.worksheet import NUMBER, SheetRow, my_row
from bot.reports.case_choice import LATEST_WEEK, Patient
from bot.reports.scores import parse_scores
from bot.ui.forms.case import LENGTHS, MODES
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show, typed_text

LOOKED_AT = ("number", "programme")
"""Fields with words, which the gate looks at; the others hold numbers and days or are refused."""


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """The ranked worksheet."""
    await worksheet.must_be_on(ctx, ctx.me)
    return Show(await worksheet_form(ctx, event.args))


async def open_new(ctx: Context, event: ActionPressed) -> Outcome:
    """An empty row."""
    await worksheet.must_be_on(ctx, ctx.me)
    ctx.tools.gate.warm()
    return Show(row_form(ctx, None, None, {}))


async def open_row(ctx: Context, event: ActionPressed) -> Outcome:
    """A row, to change."""
    ctx.tools.gate.warm()
    return Show(row_form(ctx, ctx.subject(my_row), None, {}))


async def prepare_row(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over what was typed in words."""
    fields = {name: typed_text(event, name) for name in LOOKED_AT if typed_text(event, name)}
    return await examine(ctx, Typed("own", "", fields, ctx.me.language, {})) if fields else None


async def send_new(ctx: Context, event: FormSubmitted) -> Outcome:
    """Keep a new row."""
    await worksheet.must_be_on(ctx, ctx.me)
    return await _keep(ctx, event, None)


async def send_row(ctx: Context, event: FormSubmitted) -> Outcome:
    """Keep a changed row."""
    return await _keep(ctx, event, ctx.subject(my_row))


async def _keep(ctx: Context, event: FormSubmitted, before: SheetRow | None) -> Outcome:
    """What may say who a patient is is refused, and nothing is kept of it."""
    errors: dict[str, str] = {}
    if weeks_unsaid(typed_text(event, "scores")):
        # A rank that rests on a guessed week would mislead: the weeks are shown, and kept when they are sent again.
        errors["scores"] = ctx.words("pick.error.weeks")
    event = _with_weeks(ctx, event)
    patient = await _read(ctx, event, before, errors)
    if before and not errors and changed_since(event, before.changed_at.isoformat()):
        errors[SINCE] = ctx.words("text.changed_since")
    if errors:
        return Invalid(row_form(ctx, before, event.values, errors))
    await worksheet.keep(ctx, ctx.me, patient)
    return Show(await worksheet_form(ctx))


async def present(ctx: Context, event: ActionPressed) -> Outcome:
    """The form of a case with what the row knows; nothing ties the case to the row."""
    row = ctx.subject(my_row)
    ctx.tools.gate.warm()
    mode = await current_mode(ctx, ctx.me)
    start = {"mode": (mode if mode in MODES else "icbt",), "language": (await text_language(ctx, ctx.me),)}
    return Show(await case_form_for(ctx, {**start, **case_values(ctx, row.patient)}, {}))


async def discussed(ctx: Context, event: ActionPressed) -> Outcome:
    """Note that the patient was discussed today."""
    row = ctx.subject(my_row)
    await worksheet.keep(ctx, ctx.me, replace(row.patient, discussed=ctx.my_today))
    return Show(await worksheet_form(ctx))


async def delete(ctx: Context, event: ActionPressed) -> Outcome:
    """Erase a row, for instance when the treatment is over."""
    await worksheet.drop(ctx, ctx.me, ctx.subject(my_row).patient.id)
    return Show(await worksheet_form(ctx))


async def erase(ctx: Context, event: ActionPressed) -> Outcome:
    """Erase the whole sheet; possible, too, after the policy was switched off."""
    await worksheet.erase(ctx, ctx.me)
    return Show(await worksheet_form(ctx))


async def _read(ctx: Context, event: FormSubmitted, before: SheetRow | None, errors: dict[str, str]) -> Patient:
    """The row that was typed, with everything wrong about it in `errors`."""
    w = ctx.words
    number = typed_text(event, "number").reveal().upper()
    if not NUMBER.fullmatch(number):
        errors["number"] = w("pick.error.number")
    rows = await worksheet.rows_of(ctx, ctx.me)
    own = before.patient.id if before else ""
    if any(row.patient.number == number and row.patient.id != own for row in rows):
        errors["number"] = w("pick.error.twice", number=number)
    lengths = {"programme": LENGTHS["programme"], "scores": LONGEST_SCORES}
    for name, limit in lengths.items():
        if len(typed_text(event, name)) > limit:
            errors[name] = w("field.too_long", length=len(typed_text(event, name)), limit=limit)
    if isinstance(ctx.prepared, Examined):
        for name, result in ctx.prepared.fields.items():
            if result.findings and (name == "number" or name not in errors):
                errors[name] = w("pick.error.identity")
    week = _whole(ctx, event, "week", 0, errors)
    if week is None and "week" not in errors:
        errors["week"] = w("field.needed")
    weeks = _whole(ctx, event, "weeks", 1, errors)
    scores = typed_text(event, "scores")
    if scores and "scores" not in errors and (problem := scores_problem(w, scores)):
        errors["scores"] = problem
    days = {}
    for name in ("heard", "discussed"):
        days[name] = ctx.typed_day(typed_text(event, name), name, errors, past=True)
        if (day := days[name]) and day > ctx.my_today:
            errors[name] = w("pick.error.future")
    series = parse_scores(scores.reveal()) if scores and "scores" not in errors else ()
    return Patient(
        id=own or ctx.tools.ids.new("row"),
        number=number,
        week=week or 0,
        noted=ctx.my_today,
        weeks=weeks,
        programme=typed_text(event, "programme").reveal(),
        scores={each.instrument.name: tuple(zip(each.weeks, each.scores, strict=True)) for each in series},
        heard=days["heard"],
        discussed=days["discussed"],
    )


def _whole(ctx: Context, event: FormSubmitted, name: str, low: int, errors: dict[str, str]) -> int | None:
    digits = typed_text(event, name).reveal()
    if not digits:
        return None
    if digits.isdecimal() and len(digits) < 10 and low <= int(digits) <= LATEST_WEEK:
        return int(digits)
    errors[name] = ctx.words("field.whole_number", low=low, high=LATEST_WEEK)
    return None


def _with_weeks(ctx: Context, event: FormSubmitted) -> FormSubmitted:
    """Dates of a pasted table of scores become weeks before anything is kept, scores without a week get them."""
    scores: Sensitive = weeks_said(ctx.words, typed_text(event, "scores"))
    return replace(event, values={**event.values, "scores": scores}) if scores else event
