"""`intervision export | report | verify-log`: files of the log and the quarter, without a browser.

A supervisor's or manager's files, made by whoever administers the installation; every export is audited.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot import private_files
from bot.cli.common import ConfigOption, OrgOption, run_async
from bot.errors import Refusal, SetupError

if TYPE_CHECKING:
    from bot.app.context import Work
    from bot.ui.model import Document

T = TypeVar("T")
OutputOption = Annotated[Path, typer.Option("--output", "-o", help="A folder, or the file to write.")]
ACTOR = "admin"


def export(
    email: Annotated[str, typer.Argument(help="Whose log.")],
    rules: Annotated[str, typer.Option(help="The rule set's id, such as psykolognaevnet.")] = "plain",
    kind: Annotated[str, typer.Option("--format", help="pdf, csv or ics.")] = "pdf",
    first: Annotated[str, typer.Option(help="First day, like 2026-01-01; left out: five years back.")] = "",
    last: Annotated[str, typer.Option(help="Last day; left out: today.")] = "",
    output: OutputOption = Path(),
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """One person's supervision log as a file, counted by a named rule set; it claims no accreditation."""
    days = (_day(first), _day(last))
    _write(output, run_step(config, org, lambda work: _log_file(work, email, rules, kind, *days)))


def report(
    quarter: Annotated[
        str, typer.Argument(help="q1, q4/26, last quarter, or 2026; left out: the latest quarter.")
    ] = "",
    kind: Annotated[str, typer.Option("--format", help="pdf or csv.")] = "pdf",
    language: Annotated[str, typer.Option(help="en, da, de, nb, nl or sv; left out: the organisation's.")] = "",
    output: OutputOption = Path(),
    org: OrgOption = "",
    config: ConfigOption = None,
) -> None:
    """The report of a quarter or a year that is over: no texts, no names, small groups hidden."""
    _write(output, run_step(config, org, lambda work: _report_file(work, quarter, kind, language)))


def verify_log(org: OrgOption = "", config: ConfigOption = None) -> None:
    """Compare every signed log entry with the digest taken when it was signed; exit code 1 if one differs."""
    changed, signed = run_step(config, org, _changed_entries)
    for person, entry in changed:
        print(f"Changed or gone since it was signed: entry {entry} of {person}.")
    if not changed:
        print(f"All {signed} signed entries have the facts that were signed.")
    sys.exit(1 if changed else 0)


async def _log_file(work: Work, email: str, rules: str, kind: str, first: date | None, last: date | None) -> Document:
    from bot.app.steps.log_file import FORMATS, log_document
    from bot.domain.person import Person
    from bot.ports.records import Audited

    if kind not in FORMATS:
        raise SetupError(f"There is no format {kind}; there are {', '.join(FORMATS)}.")
    if rules not in work.tools.rule_sets:
        raise SetupError(f"There is no rule set {rules}; there are {', '.join(work.tools.rule_sets)}.")
    people = [p for p in await work.uow.find(Person) if p.email.casefold() == email.casefold()]
    if not people:
        raise SetupError(f"Nobody here has the e-mail {email}.")
    document = await log_document(work, people[0], work.tools.rule_sets[rules], kind, first, last)
    await work.uow.audit(Audited.EXPORTED, ACTOR, people[0].id, work.now, rules=rules, format=kind)
    return document


async def _report_file(work: Work, typed: str, kind: str, language: str) -> Document:
    from bot.app.reports.handlers import FORMATS, board_document, keep, make_board, make_report, report_document
    from bot.app.steps.first_report import first_quarter
    from bot.app.steps.first_year import keep_year
    from bot.ports.records import Audited
    from bot.reports.periods import Quarter, Year
    from bot.reports.typed_periods import parse_period
    from bot.ui.strings import LANGUAGES, words

    if kind not in FORMATS:
        raise SetupError(f"There is no format {kind}; there are {', '.join(FORMATS)}.")
    if language and language not in LANGUAGES:
        raise SetupError(f"There is no language {language}; there are {', '.join(LANGUAGES)}.")
    today = work.now.astimezone(UTC).date()
    span = parse_period(typed, today) if typed else Quarter.of(today).previous
    w = words(language or (await work.organisation()).language)
    if isinstance(span, Year):
        page, to_keep = await make_board(work, span, await first_quarter(work) or span.quarters[0], None)
        await keep_year(work, page)
        document = await board_document(work, page, kind, w)
    else:
        made, to_keep = await make_report(work, span)
        document = await report_document(work, made, kind, w)
    await keep(work, to_keep)
    name = str(span.number) if isinstance(span, Year) else f"{span.year}-Q{span.number}"
    await work.uow.audit(Audited.EXPORTED, ACTOR, "report", work.now, quarter=name)
    return document


async def _changed_entries(work: Work) -> tuple[list[tuple[str, str]], int]:
    from bot.app.facts.log_entries import entries_of
    from bot.app.steps.log_file import changed_since_signed
    from bot.ports.records import Signature

    signed = await work.uow.find(Signature)
    changed = []
    for person in sorted({mark.person for mark in signed}):
        entry = await changed_since_signed(work, person, await entries_of(work, person, words=True))
        if entry:
            changed.append((person, entry))
    return changed, len(signed)


def run_step(config: Path | None, org: str, step: Callable[[Work], Awaitable[T]]) -> T:
    """One step in a unit of work; a refusal is told in its English sentence."""
    from bot.ui.strings import words

    try:
        return run_async(_with_work(config, org, step))
    except Refusal as refusal:
        values = {name: _shown(value) for name, value in refusal.values.items()}
        raise SetupError(words("en")(f"refusal.{refusal.key}", **values)) from None


async def _with_work(config: Path | None, org: str, step: Callable[[Work], Awaitable[T]]) -> T:
    from bot.admin.context import organisation_id
    from bot.app.context import Work
    from bot.config import load
    from bot.main import build

    app = await build(load(config))
    try:
        id = await organisation_id(app.store, org)
        async with app.store.begin(id) as uow:
            result = await step(Work(uow, app.clock.now(), app.tools))
            await uow.commit()
            return result
    finally:
        await app.store.close()


def _write(output: Path, document: Document) -> None:
    path = output / document.name if output.is_dir() else output
    try:
        private_files.write(path, document.content)
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({type(error).__name__}).") from None
    print(path)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise SetupError(f"{typed} is not a day; write it like 2026-12-31.") from None


def _shown(value: Any) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
