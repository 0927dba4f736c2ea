"""A person's supervision log as a file under a named rule set; no file is made of an entry that was altered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.log_entries import entries_of
from bot.app.steps.render_worker import made
from bot.domain.organisation import Membership
from bot.domain.person import Person
from bot.domain.supervision import SupervisionEvent
from bot.ports.records import Signature
from bot.reports.export_csv import log_csv
from bot.reports.export_ics import log_ics
from bot.reports.export_pdf import log_pdf
from bot.reports.log import OwnLog, SignedEntryChanged, digest, own_log
from bot.reports.rule_sets import RuleSet
from bot.ui.model import Document
from bot.ui.strings import words

FORMATS: Mapping[str, str] = {"pdf": "application/pdf", "csv": "text/csv", "ics": "text/calendar"}


@dataclass(frozen=True)
class Facts:
    """Everything a file of the log is made from."""

    log: OwnLog
    names: Mapping[str, str]


async def log_document(
    work: Work, person: Person, rules: RuleSet, kind: str, first: date | None = None, last: date | None = None
) -> Document:
    """One person's log as a file in their language; raises `SignedEntryChanged` rather than print a changed entry."""
    facts = await log_facts(work, person, rules, first, last)
    w, today = words(person.language), work.today(person.timezone)
    sentences = w.sentences()

    def file() -> bytes:
        if kind == "csv":
            return log_csv(facts.log, words=sentences, names=facts.names, language=w.locale)
        if kind == "ics":
            return log_ics(facts.log, words=sentences, made_at=work.now)
        return log_pdf(
            facts.log, name=person.name, names=facts.names, printed=today, words=sentences, language=w.locale
        )

    name = f"{w('export.file')}-{rules.id}-{facts.log.first}-{facts.log.last}.{kind}"
    return Document(name, FORMATS[kind], await made(file))


async def log_facts(work: Work, person: Person, rules: RuleSet, first: date | None, last: date | None) -> Facts:
    """The log of one person under a rule set, every signature compared with its digest."""
    entries = await entries_of(work, person.id, words=True)
    changed = await changed_since_signed(work, person.id, entries)
    if changed:
        raise SignedEntryChanged(entry=changed)
    caseload = await caseload_of(work, person)
    today = work.today(person.timezone)
    joined = [m.joined_on for m in await work.uow.find(Membership, person=person.id)]
    log = own_log(
        entries,
        rules,
        today=today,
        first=first,
        last=last,
        leave=caseload.periods_of_leave,
        fte=caseload.fte_on(today),
        since=min([*joined, *(e.day for e in entries)], default=None),
    )
    signers = sorted({e.signed_by for e in entries if e.signed_by})
    people = await work.uow.find(Person, id__in=signers) if signers else []
    return Facts(log, {p.id: p.name for p in people})


async def changed_since_signed(work: Work, person: str, entries: Iterable[SupervisionEvent]) -> str:
    """The id of a signed entry that no longer has the facts that were signed, or is gone; empty when all is well."""
    signed = {e.id: digest(e) for e in entries if e.is_signed}
    kept = {s.entry: s.digest for s in await work.uow.find(Signature, person=person)}
    return next((id for id in sorted({*signed, *kept}) if signed.get(id) != kept.get(id)), "")
