"""The quarterly report for managers: `/report`, `/report q1`, `/report q1 pdf`, and the same by buttons.

A manager gets the lines of their own clinic; who is administrator as well gets the whole service.
Made before the unit of work that writes, as it may take a moment. A quarter's first report is kept, asked for or not,
so that later ones stand on the same groups and mark what was revised; the quarter before is kept with it for the trend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.app.context import Context, Work
from bot.app.facts.report_input import Service, service
from bot.app.reports.views import report_card
from bot.app.steps.render_worker import made
from bot.app.steps.retention import first_quarter_kept
from bot.domain.organisation import Clinic
from bot.domain.person import Role
from bot.ports.records import Audited, PublishedReport
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile
from bot.reports.published import dump, load
from bot.reports.quarterly import NoSuchQuarter, Quarter, QuarterNoLongerKept, Report, quarterly
from bot.reports.quarterly_export import report_csv, report_pdf
from bot.ui.inbound import ActionPressed, CommandTyped, Hand, Outcome, Say
from bot.ui.model import Document
from bot.ui.strings import Words

FORMATS: Mapping[str, str] = {"pdf": "application/pdf", "csv": "text/csv"}
NOTED_LATE = timedelta(days=7)
"""From a quarter's end until its first report is made unasked: by then its last days are mostly in the log."""


@dataclass(frozen=True)
class Made:
    """A report with what has to be kept of it, and the file if one was asked for."""

    report: Report
    to_keep: tuple[Report, ...]
    document: Document | None = None


async def prepare(ctx: Context, event: CommandTyped | ActionPressed) -> Made:
    """Compute the asked quarter; raises NoSuchQuarter, QuarterNotOver."""
    quarter, kind = asked(ctx, event)
    whole, to_keep = await make_report(ctx, quarter)
    report = await seen_by(ctx, whole)
    document = await report_document(ctx, report, kind, ctx.words) if kind else None
    return Made(report, to_keep, document)


async def seen_by(ctx: Context, report: Report) -> Report:
    """A manager sees the lines of their own clinic; one who is administrator too answers for the whole service."""
    clinics = {clinic.id: clinic.name for clinic in await ctx.uow.find(Clinic)}
    if ctx.me.has(Role.ADMIN) or len(clinics) == 1:
        return report
    return report.of_clinic(clinics[ctx.me.clinic])


async def answer(ctx: Context, event: CommandTyped | ActionPressed) -> Outcome:
    """Keep what is new, then show the card or hand over the file."""
    made_report = ctx.prepared
    assert isinstance(made_report, Made)
    await keep(ctx, made_report.to_keep)
    report = made_report.report
    if made_report.document:
        name = f"{report.quarter.year}-Q{report.quarter.number}"
        await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, "report", ctx.now, quarter=name)
        return Hand(made_report.document, ctx.words("quarter.file.done"))
    return Say(await report_card(ctx, report))


def asked(ctx: Context, event: CommandTyped | ActionPressed) -> tuple[Quarter, str]:
    """The quarter and the kind of file meant; without a word the latest quarter that is over, as a card."""
    if isinstance(event, ActionPressed):
        quarter, kind = event.subject, event.args.get("format", "")
        typed = quarter if re.fullmatch(r"\d{4}-q[1-4]", quarter) else ""
        if quarter and not typed:
            raise NoSuchQuarter(forms=(f"{ctx.my_today.year}-q1",))
    else:
        words = event.text.reveal().casefold().split()
        kind = next((word for word in words if word in FORMATS), "")
        typed = " ".join(word for word in words if word not in FORMATS)
    latest = Quarter.of(ctx.my_today).previous
    return (Quarter.parse(typed, ctx.my_today) if typed else latest), kind if kind in FORMATS else ""


async def make_report(work: Work, quarter: Quarter) -> tuple[Report, tuple[Report, ...]]:
    """The report of a quarter, and the first reports (its own, the quarter's before) that are not kept yet.

    Raises `QuarterNoLongerKept` where the log has gone with its years.
    """
    today = work.now.date()
    earliest = first_quarter_kept(work.now, await work.policy())
    if quarter < earliest:
        raise QuarterNoLongerKept(year=earliest.year, number=earliest.number)
    to_keep = []
    previous = await kept(work, quarter.previous)
    if previous is None and quarter.previous >= earliest:
        before = await service(work, quarter.previous)
        if before.began and before.began <= quarter.previous.last:
            previous = await _computed(before, quarter.previous, work)
            to_keep.append(previous)
    first = await kept(work, quarter)
    facts = await service(work, quarter)
    report = await made(
        lambda: quarterly(
            facts.people,
            quarter,
            today=today,
            policy=facts.policy,
            closures=facts.closures,
            previous=previous,
            published=first,
        )
    )
    if first is None:
        to_keep.append(report)
    return report, tuple(to_keep)


def due_unasked(work: Work) -> Quarter:
    """The latest quarter whose first report is made without anybody asking for it."""
    return Quarter.of((work.now - NOTED_LATE).date()).previous


async def first_reports(work: Work, quarter: Quarter) -> tuple[Report, ...]:
    """What is to be kept of a quarter nobody has asked for yet; empty where it is kept or nothing had begun."""
    earliest = first_quarter_kept(work.now, await work.policy())
    if quarter < earliest or await work.uow.count(PublishedReport, year=quarter.year, number=quarter.number):
        return ()
    began = (await service(work, quarter)).began
    return (await make_report(work, quarter))[1] if began and began <= quarter.last else ()


async def kept(work: Work, quarter: Quarter) -> Report | None:
    """A quarter's first report, if it was ever made."""
    stored = await work.uow.one(PublishedReport, year=quarter.year, number=quarter.number)
    return load(stored.data) if stored else None


async def keep(work: Work, reports: tuple[Report, ...]) -> None:
    """Publish first reports; if somebody else was faster, everything is computed again on theirs."""
    for report in reports:
        quarter = report.quarter
        id = work.tools.ids.new("report")
        entry = PublishedReport(id, work.uow.organisation, quarter.year, quarter.number, work.now, dump(report))
        try:
            await work.uow.add(entry)
        except AlreadyThere:
            raise ChangedMeanwhile from None


async def report_document(work: Work, report: Report, kind: str, w: Words) -> Document:
    """The report as PDF or CSV."""
    organisation = (await work.organisation()).name
    today = work.now.date()
    sentences = w.sentences()

    def file() -> bytes:
        if kind == "csv":
            return report_csv(report, words=sentences, language=w.locale)
        return report_pdf(report, organisation=organisation, printed=today, words=sentences, language=w.locale)

    name = f"{w('quarter.file')}-{report.quarter.year}-Q{report.quarter.number}.{kind}"
    return Document(name, FORMATS[kind], await made(file))


async def _computed(facts: Service, quarter: Quarter, work: Work) -> Report:
    today = work.now.date()
    return await made(
        lambda: quarterly(facts.people, quarter, today=today, policy=facts.policy, closures=facts.closures)
    )
