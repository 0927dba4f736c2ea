"""The supervision log as a file under a named rule set, and one's own rhythm as charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.app.context import Context
from bot.app.facts.caseload import caseload_of, rhythm_facts
from bot.app.facts.permissions import person_policy
from bot.app.steps.log_file import FORMATS, log_document
from bot.app.steps.render_worker import picture
from bot.app.supervision.log_views import shown_by
from bot.app.supervision.span_handlers import check_days
from bot.domain.caseload import add_months
from bot.domain.frequency import Kind
from bot.ports.records import Audited
from bot.reports.charts import gaps_chart
from bot.ui.inbound import ActionPressed, FormSubmitted, Hand, Invalid, Outcome, Say, Show, chosen, typed_text
from bot.ui.model import Card, CardBlock, ChoiceField, DateField, Form, Heading, Notice, Option, Text, Tone, line


async def open_export(ctx: Context, event: ActionPressed) -> Outcome:
    """Which rule set, which kind of file, which days: filled in with those the log listed."""
    first, last = shown_by(event.args).days or (None, None)
    return Show(export_form(ctx, {}, first=first, last=last))


async def send_export(ctx: Context, event: FormSubmitted) -> Outcome:
    """The file, to the person whose log it is; audited."""
    w = ctx.words
    errors: dict[str, str] = {}
    rules = ctx.tools.rule_sets.get((chosen(event, "rules") or ("",))[0])
    kind = (chosen(event, "format") or ("",))[0]
    first = ctx.typed_day(typed_text(event, "first"), "first", errors, past=True)
    last = ctx.typed_day(typed_text(event, "last"), "last", errors, past=True)
    if rules is None:
        errors["rules"] = w("field.choose")
    if kind not in FORMATS:
        errors["format"] = w("field.choose")
    check_days(ctx, first, last, errors)
    if errors or rules is None:
        return Invalid(export_form(ctx, errors, rules.id if rules else None, kind or None, first, last))
    document = await log_document(ctx, ctx.me, rules, kind, first, last)
    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, ctx.me.id, ctx.now, rules=rules.id, format=kind)
    return Hand(document, w("export.done", name=rules.called(w.language)))


async def show_rhythm(ctx: Context, event: ActionPressed) -> Outcome:
    """The gaps of the last twelve months against their targets, as a chart and in numbers."""
    return Say(await rhythm_card(ctx))


async def rhythm_card(ctx: Context) -> Card:
    """One chart a kind of event, each with its numbers."""
    w, today = ctx.words, ctx.my_today
    facts = await rhythm_facts(ctx, ctx.me, await person_policy(ctx, ctx.me), for_others=False)
    caseload = await caseload_of(ctx, ctx.me)
    sentences = w.sentences()
    blocks: list[CardBlock] = [Text(line(w("log.rhythm.intro")))]
    since = add_months(today, -12) + timedelta(days=1)
    for kind in Kind:
        gaps = facts.gaps(kind, caseload, since, today)
        chart, table = await picture(
            lambda gaps=gaps: gaps_chart(gaps, words=sentences, language=w.locale, image_format="png")  # type: ignore[misc]  # bound now
        )
        blocks += [Heading(w(f"rhythm.{kind}")), chart, table]
    return Card("log.rhythm", w("log.rhythm.title"), tuple(blocks), summary=w("log.rhythm.title"))


def export_form(
    ctx: Context,
    errors: Mapping[str, str],
    rules: str | None = "plain",
    kind: str | None = "pdf",
    first: date | None = None,
    last: date | None = None,
    unread: str = "",
) -> Form:
    """The rule sets with what each counts; `unread` are typed words that name no rule set, kind of file or days."""
    w = ctx.words
    sets = tuple(Option(r.id, r.called(w.language), r.statement(w.language)) for r in ctx.tools.rule_sets.values())
    return Form(
        key="log.export.send",
        title=w("export.title"),
        body=(
            *((Notice(Tone.WARN, line(w("export.unread", typed=unread))),) if unread else ()),
            Text(line(w("log.disclaimer"))),
        ),
        fields=(
            ChoiceField("rules", w("export.rules"), sets, rules),
            ChoiceField("format", w("export.format"), tuple(Option(f, w(f"export.format.{f}")) for f in FORMATS), kind),
            DateField("first", w("export.first"), first, w("export.first.hint")),
            DateField("last", w("export.last"), last),
        ),
        submit=w("export.submit"),
        errors=errors,
    )
