"""The private worksheet as its therapist sees it: ranked rows, the rules with their weights, the form of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.anonymise import Sensitive
from bot.app.blocks.tables import Entry, Listing
from bot.app.context import Context
from bot.app.facts.permissions import person_policy
from bot.app.facts.second_sending import SEEN, SINCE
from bot.app.gate.case_form import Values
from bot.app.steps.worksheet import SheetRow, limits_of, rows_of
from bot.reports.case_choice import LATEST_WEEK, SOURCES, WEIGHTS, Limits, Patient, Ranked, Reason, Rule, rank
from bot.reports.instruments import INSTRUMENTS
from bot.reports.scores import ScoreSeries, in_weeks
from bot.ui.forms.case import LENGTHS
from bot.ui.model import (
    Action,
    CardBlock,
    Confirm,
    DateField,
    Facts,
    Form,
    FormBlock,
    Heading,
    Line,
    NumberField,
    Row,
    Table,
    Text,
    TextField,
    line,
    muted,
    strong,
)
from bot.ui.strings import Words

LONGEST_NUMBER = 6
LONGEST_SCORES = 2_000


async def worksheet_form(ctx: Context, args: Mapping[str, str] | None = None) -> Form:
    """Every row, the one that most needs a second pair of eyes first, with why; below, how they are ranked."""
    w = ctx.words
    limits = await limits_of(ctx, ctx.me)
    days = (await person_policy(ctx, ctx.me)).worksheet_days
    ranked = rank((row.patient for row in await rows_of(ctx, ctx.me)), ctx.my_today, limits)
    add = Action("pick.add", w("pick.add"), look="primary", opens=True)
    actions: tuple[Action, ...] = (add, Action("pick.file", w("pick.file"), opens=True))
    if ctx.tools.records is not None:
        actions = (*actions, Action("pick.server", w("pick.server"), opens=True))
    if ranked:
        sure = Confirm(w("pick.erase.title"), w("pick.erase.text"), w("pick.erase"), w("keep"))
        actions = (*actions, Action("pick.erase", w("pick.erase"), look="danger", confirm=sure))
    body: list[CardBlock] = [Text(line(w.count("pick.intro", days)))]
    body += _rows(w, ranked, args or {}) if ranked else [Text(line(w("pick.none")))]
    return Form("pick", w("pick.title"), body=(*body, *_rules(w, limits)), actions=actions)


_LABELS = {"number": "pick.field.number", "programme": "case.field.programme", "scores": "case.field.scores"}


def row_form(ctx: Context, row: SheetRow | None, values: Values | None, errors: Mapping[str, str]) -> Form:
    """A new row, or one as it stands; `values` are what was typed, where something is to be mended.

    Where the row was changed since (`SINCE`), what is kept of it stands above.
    """
    w = ctx.words
    kept: tuple[FormBlock, ...] = ()
    if SINCE in errors and row:
        errors = {"number": errors[SINCE]}
        shown = {name: _text(_values(ctx, row.patient), name).reveal() for name in ("number", "programme", "scores")}
        kept = (Facts(tuple((w(_LABELS[name]), line(value)) for name, value in shown.items() if value)),)
    filled = values if values is not None else (_values(ctx, row.patient) if row else {})
    fields = (
        TextField(
            "number",
            w("pick.field.number"),
            w("pick.field.number.hint"),
            _text(filled, "number"),
            required=True,
            max_length=LONGEST_NUMBER,
        ),
        TextField(
            "programme",
            w("case.field.programme"),
            value=_text(filled, "programme"),
            max_length=LENGTHS["programme"],
        ),
        NumberField("week", w("case.field.week"), _whole(filled, "week"), 0, LATEST_WEEK, required=True),
        NumberField("weeks", w("case.field.weeks"), _whole(filled, "weeks"), 1, LATEST_WEEK),
        TextField(
            "scores",
            w("case.field.scores"),
            w("case.hint.scores"),
            _text(filled, "scores"),
            multiline=True,
            max_length=LONGEST_SCORES,
        ),
        DateField("heard", w("pick.field.heard"), _day(filled, "heard")),
        DateField("discussed", w("pick.field.discussed"), _day(filled, "discussed")),
    )
    return Form(
        "pick.row.send" if row else "pick.add.send",
        w("pick.row.title"),
        subject=row.patient.id if row else "",
        body=kept,
        fields=fields,
        submit=w("pick.save"),
        errors=errors,
        state={SEEN: row.changed_at.isoformat()} if row else {},
    )


def case_values(ctx: Context, patient: Patient) -> dict[str, Sensitive | tuple[str, ...]]:
    """What of a row stands in the form of a case: programme, weeks, scores; neither its number nor a day."""
    return {
        "programme": Sensitive(patient.programme),
        "week": Sensitive(str(patient.week_on(ctx.my_today))),
        "weeks": Sensitive(str(patient.weeks or "")),
        "scores": Sensitive(scores_text(ctx.words, patient, LENGTHS["scores"])),
    }


def scores_text(w: Words, patient: Patient, longest: int) -> str:
    """Scores as they are typed; of too many the first of each stays, and the oldest after it are left out."""
    points = {name: list(each) for name, each in patient.scores.items() if name in INSTRUMENTS and each}
    while True:
        series = [
            ScoreSeries(INSTRUMENTS[name], tuple(week for week, _ in each), tuple(score for _, score in each))
            for name, each in points.items()
        ]
        text = in_weeks(series, w("scores.week"))
        longer = [each for each in points.values() if len(each) > 2]
        if len(text) <= longest or not longer:
            return text if len(text) <= longest else _fewer(w, series, longest)
        del max(longer, key=len)[1]


def _fewer(w: Words, series: Sequence[ScoreSeries], longest: int) -> str:
    """As many instruments as fit."""
    kept = list(series)
    while kept and len(in_weeks(kept, w("scores.week"))) > longest:
        kept.pop()
    return in_weeks(kept, w("scores.week"))


def _rows(w: Words, ranked: Sequence[Ranked], args: Mapping[str, str]) -> list[CardBlock]:
    columns = [(name, w(f"pick.column.{name}")) for name in ("number", "week", "why", "weight")]
    return Listing("pick.open", "", columns, args=args).blocks(w, [_entry(w, each) for each in ranked])


def _entry(w: Words, ranked: Ranked) -> Entry:
    patient = ranked.patient
    why = line("; ".join(_said(w, reason) for reason in ranked.reasons) or w("pick.nothing"))
    head = line(strong(patient.number), " ", muted(w("pick.row", week=ranked.week, weight=ranked.weight)))
    sure = Confirm(w("pick.delete.title", number=patient.number), w("pick.delete.text"), w("pick.delete"), w("keep"))
    actions = (
        Action("pick.present", w("pick.present"), patient.id, opens=True),
        Action("pick.row", w("pick.change"), patient.id, opens=True),
        Action("pick.discussed", w("pick.discussed"), patient.id),
        Action("pick.delete", w("pick.delete"), patient.id, look="danger", confirm=sure),
    )
    cells: tuple[Line, ...] = (line(patient.number), line(str(ranked.week)), why, line(str(ranked.weight)))
    keys = {"number": patient.number, "week": -ranked.week, "weight": -ranked.weight}
    return Entry(Row(head, why, actions, cells), keys)


def _said(w: Words, reason: Reason) -> str:
    match reason.rule:
        case Rule.SILENT:
            return w.count("pick.why.silent", reason.days)
        case Rule.UNDISCUSSED:
            return w.count("pick.why.undiscussed", reason.days)
        case Rule.WORSE | Rule.NO_CHANGE:
            assert reason.instrument is not None
            key = {Rule.WORSE: "pick.why.worse", Rule.NO_CHANGE: "pick.why.no_change"}[reason.rule]
            return w(
                key,
                instrument=reason.instrument.name,
                first=reason.first[1],
                last=reason.last[1],
                week=reason.last[0],
                points=reason.instrument.reliable,
            )


def _rules(w: Words, limits: Limits) -> list[CardBlock]:
    said = {
        Rule.WORSE: w("pick.rule.worse"),
        Rule.NO_CHANGE: w("pick.rule.no_change"),
        Rule.SILENT: w.count("pick.rule.silent", limits.silent_days),
        Rule.UNDISCUSSED: w.count("pick.rule.undiscussed", limits.undiscussed_days),
    }
    rows = tuple((line(said[rule]), line(str(WEIGHTS[rule])), line(SOURCES[rule])) for rule in Rule)
    columns = (w("pick.rules.rule"), w("pick.column.weight"), w("pick.rules.source"))
    known = w.listing([f"{each.name} {each.reliable}" for each in INSTRUMENTS.values() if each.reliable])
    return [Heading(w("pick.rules")), Table(columns, rows), Text(line(muted(w("pick.rules.note", known=known))))]


def _values(ctx: Context, patient: Patient) -> Values:
    return {
        "number": Sensitive(patient.number),
        "programme": Sensitive(patient.programme),
        "week": Sensitive(str(patient.week_on(ctx.my_today))),
        "weeks": Sensitive(str(patient.weeks or "")),
        "scores": Sensitive(scores_text(ctx.words, patient, LONGEST_SCORES)),
        "heard": Sensitive(patient.heard.isoformat() if patient.heard else ""),
        "discussed": Sensitive(patient.discussed.isoformat() if patient.discussed else ""),
    }


def _text(values: Values, name: str) -> Sensitive:
    value = values.get(name)
    return value if isinstance(value, Sensitive) else Sensitive("")


def _whole(values: Values, name: str) -> int | None:
    digits = _text(values, name).reveal().strip()
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None


def _day(values: Values, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(values, name).reveal())
    except ValueError:
        return None
