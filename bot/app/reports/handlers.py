"""The quarterly report for managers and the year for the board: `/report`, `/report q1 pdf`, `/report 2026`, buttons.

A manager gets the lines of their own clinic; who is administrator as well gets the whole service.
Made before the unit of work that writes, as it may take a moment. A quarter's first report is kept, asked for or not,
so that later ones stand on the same groups and mark what was revised; the quarter before is kept with it for the trend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.app.context import Context, Work
from bot.app.facts.rounds_out import rounds_out
from bot.app.facts.year_input import year_facts
from bot.app.reports.views import board_card, list_card, report_card
from bot.app.steps.first_report import began_in, first_quarter
from bot.app.steps.first_year import first_year, keep_year
from bot.app.steps.quarter_rows import sheets_of
from bot.app.steps.recount import forget_report
from bot.app.steps.render_worker import made
from bot.app.steps.retention_rules import first_quarter_kept
from bot.app.steps.shown_report import is_to_be_shown, shown_report
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.errors import Refusal
from bot.ports.records import Audited, PersonQuarter, PublishedReport
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile
from bot.reports.method_sheet import method_pdf
from bot.reports.periods import NoSuchQuarter, Quarter, QuarterNoLongerKept, Year
from bot.reports.published import dump, load
from bot.reports.quarterly import Report, report_of
from bot.reports.quarterly_export import report_csv, report_pdf
from bot.reports.typed_periods import parse_period
from bot.reports.yearly import Board, NothingToReport, YearNotOver, board
from bot.reports.yearly_export import year_csv, year_pdf
from bot.ui.inbound import ActionPressed, CommandTyped, Hand, Outcome, Refused, Say
from bot.ui.model import Document
from bot.ui.strings import Words

FORMATS: Mapping[str, str] = {"pdf": "application/pdf", "csv": "text/csv"}
SHORTEST_NAME, NAMESAKES = 3, 3
"""A word of so many letters that so few people are called by is meant as a name."""
NOTED_LATE = timedelta(days=7)
"""From a quarter's end until its first report is made unasked: by then its last days are mostly in the log."""


@dataclass(frozen=True)
class Made:
    """A report with what has to be kept of it, and the file if one was asked for; `first` is the first quarter."""

    report: Report | Board
    to_keep: tuple[Report, ...]
    first: Quarter
    document: Document | None = None


@dataclass(frozen=True)
class AboutSomebody:
    """The report was asked about one named person: refused, and audited (`person` is whom it named)."""

    person: str


class ReportOfAPerson(Refusal):
    """A report has no named person."""


async def open_list(ctx: Context, event: ActionPressed) -> Outcome:
    """Every report there is."""
    return Say(list_card(ctx, await first_quarter(ctx)))


async def prepare(ctx: Context, event: CommandTyped | ActionPressed) -> Made | AboutSomebody:
    """Compute it. Raises NoSuchQuarter, QuarterNotOver, YearNotOver, NothingToReport, QuarterNoLongerKept."""
    try:
        quarter, kind = asked(ctx, event)
    except NoSuchQuarter:
        named = await _named(ctx, event)
        if named is None:
            raise
        return AboutSomebody(named)
    first = await first_quarter(ctx)
    last = quarter.quarters[-1] if isinstance(quarter, Year) else quarter
    if first is None or last < first:
        began = await began_in(ctx)
        if first is not None and began is not None and began <= last:
            raise QuarterNoLongerKept(year=first.year, number=first.number)
        raise NothingToReport(year=first.year if first else ctx.my_today.year, number=first.number if first else 1)
    if isinstance(quarter, Year):
        page, to_keep = await make_board(ctx, quarter, first, await own_clinic(ctx), ctx.me.id)
        return Made(page, to_keep, first, await board_document(ctx, page, kind, ctx.words) if kind else None)
    stands_in_it = await ctx.uow.count(PersonQuarter, year=quarter.year, number=quarter.number, person=ctx.me.id)
    shown = None if stands_in_it else await shown_report(ctx, quarter)
    whole, to_keep = (shown, ()) if shown else await make_report(ctx, quarter)
    report = await seen_by(ctx, whole)
    document = await report_document(ctx, report, kind, ctx.words) if kind else None
    return Made(report, to_keep, first, document)


async def _named(ctx: Context, event: CommandTyped | ActionPressed) -> str | None:
    """Whom the typed words name, by e-mail, name or part of it; the organisation where several are called so.

    None where they name nobody here.
    """
    if not isinstance(event, CommandTyped):
        return None
    typed = f" {' '.join(event.text.reveal().casefold().split())} "
    people = await ctx.uow.find(Person)
    for person in people:
        if any(known and f" {known.casefold()} " in typed for known in (person.name, person.email)):
            return person.id
    places = {word for clinic in await ctx.uow.find(Clinic) for word in _name_words(clinic.name)}
    parts = set(_name_words(typed)) - places
    names = {person.id: (set(_name_words(person.name)) | _short_address(person)) - places for person in people}
    called = [id for id, words in names.items() if len(parts & words) > 1]
    for part in sorted(part for part in parts if len(part) >= SHORTEST_NAME):
        if called:
            break
        alike = [id for id, words in names.items() if part in words]
        called = alike if len(alike) <= NAMESAKES else []
    return None if not called else called[0] if len(called) == 1 else ctx.uow.organisation


def _name_words(text: str) -> list[str]:
    """The words of a name as typed, without brackets, commas, hyphens and an "'s" behind them."""
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", text.casefold()))


def _short_address(person: Person) -> set[str]:
    """The words of an address before its @, where there are several: "anna.berg"."""
    words = set(_name_words(person.email.partition("@")[0]))
    return words if len(words) > 1 else set()


async def own_clinic(ctx: Context) -> str | None:
    """The clinic whose lines alone this manager may see; None for whoever answers for the whole service."""
    clinics = {clinic.id: clinic.name for clinic in await ctx.uow.find(Clinic)}
    return None if ctx.me.has(Role.ADMIN) or len(clinics) == 1 else clinics[ctx.me.clinic]


async def seen_by(ctx: Context, report: Report) -> Report:
    """A manager sees the lines of their own clinic, an administrator all; one who stands in it knows their own part."""
    clinic, report = await own_clinic(ctx), report.for_member(ctx.me.id)
    return report if clinic is None else report.of_clinic(clinic)


async def answer(ctx: Context, event: CommandTyped | ActionPressed) -> Outcome:
    """Keep what is new, then show the card or hand over the file."""
    made_report = ctx.prepared
    if isinstance(made_report, AboutSomebody):
        await ctx.uow.audit(Audited.REFUSED, ctx.me.id, made_report.person, ctx.now, asked="report")
        return Refused(ReportOfAPerson().key, ctx.words("refusal.report_of_a_person"), audited=True)
    assert isinstance(made_report, Made)
    await keep(ctx, made_report.to_keep)
    report = made_report.report
    if isinstance(report, Board):
        await keep_year(ctx, report)
    if made_report.document:
        await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, "report", ctx.now, quarter=span_of(report))
        return Hand(made_report.document, ctx.words("quarter.file.done"))
    if isinstance(report, Board):
        return Say(board_card(ctx, report, made_report.first))
    return Say(await report_card(ctx, report, made_report.first))


def span_of(report: Report | Board) -> str:
    """ "2026-Q4" or "2026"."""
    if isinstance(report, Board):
        return str(report.year.number)
    return f"{report.quarter.year}-Q{report.quarter.number}"


def asked(ctx: Context, event: CommandTyped | ActionPressed) -> tuple[Quarter | Year, str]:
    """The span and the kind of file meant; without a word the latest quarter that is over, as a card."""
    if isinstance(event, ActionPressed):
        quarter, kind = event.subject, event.args.get("format", "")
        typed = quarter if re.fullmatch(r"\d{4}(-q[1-4])?", quarter) else ""
        if quarter and not typed:
            raise NoSuchQuarter(forms=(f"{ctx.my_today.year}-q1",))
    else:
        words = event.text.reveal().casefold().split()
        kind = next((word for word in words if word in FORMATS), "")
        typed = " ".join(word for word in words if word not in FORMATS)
    latest = Quarter.of(ctx.my_today).previous
    return (parse_period(typed, ctx.my_today) if typed else latest), kind if kind in FORMATS else ""


async def make_report(work: Work, quarter: Quarter) -> tuple[Report, tuple[Report, ...]]:
    """The report of a quarter, and the first reports (its own, the quarter's before) that are not kept yet.

    Raises `QuarterNoLongerKept` where the log has gone with its years.
    """
    today = work.now.date()
    earliest = first_quarter_kept(work.now, await work.policy())
    if quarter < earliest:
        raise QuarterNoLongerKept(year=earliest.year, number=earliest.number)
    to_keep = []
    began, minimum = await began_in(work), (await work.policy()).report_minimum_group
    previous = await kept(work, quarter.previous)
    if previous is None and quarter.previous >= earliest and began and began <= quarter.previous:
        before = await sheets_of(work, quarter.previous)
        previous = await made(lambda: report_of(before, quarter.previous, today=today, minimum=minimum))
        to_keep.append(previous)
    first = await kept(work, quarter)
    sheets = await sheets_of(work, quarter)
    report = await made(
        lambda: report_of(sheets, quarter, today=today, minimum=minimum, previous=previous, published=first)
    )
    report = replace(report, rounds=await rounds_out(work, report))
    if first is None:
        to_keep.append(report)
    return report, tuple(to_keep)


async def make_board(
    work: Work, year: Year, first: Quarter, clinic: str | None, reader: str = ""
) -> tuple[Board, tuple[Report, ...]]:
    """The page of a year that is over, and the first reports of its quarters that are not kept yet.

    `reader`: the person who reads it, who may stand in it.
    """
    if work.now.date() <= year.last:
        raise YearNotOver(last=year.last)
    reports, to_keep = [], dict[Quarter, Report]()
    for quarter in year.quarters:
        if quarter >= first:
            report, new = await make_report(work, quarter)
            reports.append(report.for_member(reader))
            to_keep = {**{each.quarter: each for each in new}, **to_keep}
    facts = await year_facts(work, year, reports, clinic, reader)
    minimum = (await work.policy()).report_minimum_group
    published = await first_year(work, year, clinic)
    page = board(
        year, reports, facts, clinic=clinic, minimum=minimum, today=work.now.date(), published=published
    )  # fmt: skip
    return page, tuple(to_keep[quarter] for quarter in sorted(to_keep))


async def board_document(work: Work, page: Board, kind: str, w: Words) -> Document:
    """A year's page as PDF or CSV."""
    organisation, printed = (await work.organisation()).name, work.now.date()
    sentences = w.sentences()

    def file() -> bytes:
        if kind == "csv":
            return year_csv(page, language=w.locale)
        return year_pdf(page, organisation=organisation, printed=printed, words=sentences, language=w.locale)

    return Document(f"{w('year.file')}-{page.year.number}.{kind}", FORMATS[kind], await made(file))


async def hand_method(ctx: Context, event: ActionPressed) -> Outcome:
    """The sheet for doctors who refer patients, by the organisation's own settings as they are today."""
    w, organisation, printed = ctx.words, (await ctx.organisation()).name, ctx.my_today
    rows = method_rows(w, await ctx.policy())
    sentences = w.sentences()

    def file() -> bytes:
        return method_pdf(rows, organisation=organisation, printed=printed, words=sentences, language=w.locale)

    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, "report", ctx.now, quarter="method")
    document = Document(f"{w('method.file')}.pdf", FORMATS["pdf"], await made(file))
    return Hand(document, w("method.done"))


def method_rows(w: Words, policy: Policy) -> list[tuple[str, str]]:
    """What is true of every group that has no rule of its own, in words."""
    counted = (
        ("method.rounds", "weeks", policy.cadence_weeks),
        ("method.reviewers", "reviewers", policy.reviewers_per_case),
        ("method.time", "working_days", policy.comment_working_days),
        ("method.target", "days", policy.target_any_icbt),
        ("method.texts", "days", policy.text_days),
        ("method.deputy", "minutes", policy.risk_acknowledgement_minutes),
    )
    rows = [(w(key), w.count(f"policies.unit.{unit}", number)) for key, unit, number in counted]
    named = (w("method.anonymity"), w(f"policies.anonymity.{policy.anonymity.value}"))
    looked = (w("method.look"), w(f"policies.second_look.{policy.second_look.value}"))
    return [*rows[:3], named, looked, *rows[3:]]


def due_unasked(work: Work) -> Quarter:
    """The latest quarter whose first report is made without anybody asking for it."""
    return Quarter.of((work.now - NOTED_LATE).date()).previous


async def first_reports(work: Work, quarter: Quarter) -> tuple[Report, ...]:
    """What is to be kept of a quarter nobody has asked for yet; empty where it is kept or nothing had begun."""
    earliest = first_quarter_kept(work.now, await work.policy())
    if quarter < earliest or await work.uow.count(PublishedReport, year=quarter.year, number=quarter.number):
        return ()
    began = await began_in(work)
    return (await make_report(work, quarter))[1] if began and began <= quarter else ()


async def kept(work: Work, quarter: Quarter) -> Report | None:
    """A quarter's first report, if it was ever made."""
    stored = await work.uow.one(PublishedReport, year=quarter.year, number=quarter.number)
    return load(stored.data) if stored else None


async def to_show(work: Work, quarter: Quarter) -> Report | None:
    """What is shown of a quarter, made for whoever asks next; None where it is kept already or was never asked for."""
    if work.now.date() <= quarter.last or not await is_to_be_shown(work, quarter) or not await kept(work, quarter):
        return None
    report, to_keep = await make_report(work, quarter)
    return None if to_keep else report


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
        for changed in (quarter, quarter.next):  # the next one's trend is against this
            await forget_report(work, changed)


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
