"""How long everything is kept (DOMAIN.md section 7): texts go first, facts later, each by the policy's numbers.

The same steps run every hour, and by `intervision purge`; its dry run takes them and undoes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.app.context import Work
from bot.app.steps.drafts import forget_about
from bot.domain.case import Assignment, Case, Question
from bot.domain.organisation import Group
from bot.domain.policy import Policy
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import Audited, LeaveEntry, LogEntry, OutboxEntry, PublishedReport, Signature
from bot.reports.quarterly import Quarter

OUTBOX_DAYS = 180
"""A finished intent (ids only) stays this long, so that its message can still be updated when a text goes."""
ACTOR = "retention"


@dataclass(frozen=True)
class Gone:
    """One thing that went, or in a dry run would go: what it is, which one, since when it was kept."""

    what: str
    subject: str
    since: date


async def purge(work: Work) -> list[Gone]:
    """Everything of one organisation whose time is over."""
    policy = await work.policy()
    return [
        *await _texts(work),
        *await _messages(work),
        *await _leave(work, policy),
        *await _log(work, policy),
        *await _holds(work, policy),
        *await _case_facts(work, policy),
        *await _reports(work, policy),
        *await _audit(work, policy),
    ]


async def purge_text(work: Work, case: Case, actor: str = ACTOR, what: Audited = Audited.PURGED) -> None:
    """Key and texts of a case are destroyed, messages about it say so, the facts stay."""
    await work.uow.shred(case.id)
    await forget_about(work, [case.id, *(seat.id for seat in await work.uow.find(Assignment, case=case.id))])
    await work.uow.save(replace(case, purged_at=work.now))
    await work.uow.wake("case.purge", case.id, None)
    await work.uow.audit(what, actor, case.id, work.now)
    await tell_text_gone(work, replace(case, purged_at=work.now))


async def tell_text_gone(work: Work, case: Case) -> None:
    """Messages that open a text which is erased now are updated to say so; nobody gets a new message."""
    about = [(f"case:{case.id}", person) for person in (await work.uow.presenters([case.id])).values()]
    seats = await work.uow.find(Assignment, case=case.id, submitted_at__not=None)
    about += [(f"assignment:{seat.id}", seat.reviewer) for seat in seats]
    for slot, person in about:
        if await work.uow.count(OutboxEntry, slot=f"{slot}:{person}", sent_at__not=None):
            await work.tell(person, "text_gone", case.id, key=slot, slot=slot)


async def _texts(work: Work) -> list[Gone]:
    """Texts of closed cases, also where a policy was shortened after they closed."""
    gone = []
    for case in await work.uow.find(Case, closed_at__not=None, purged_at=None, order=("closed_at",)):
        policy = await work.policy(await work.uow.get(Group, case.group))
        if case.closed_at and case.closed_at + timedelta(days=policy.text_days) <= work.now:
            await purge_text(work, case)
            gone.append(Gone("text of case", case.code, case.closed_at.date()))
    return gone


async def _messages(work: Work) -> list[Gone]:
    old = await work.uow.find(OutboxEntry, created_at__lt=work.now - timedelta(days=OUTBOX_DAYS))
    done = [e for e in old if e.sent_at or e.failed_at or e.dropped_at]
    await _remove(work, OutboxEntry, (e.id for e in done))
    return [Gone("message record", e.id, e.created_at.date()) for e in done]


async def _leave(work: Work, policy: Policy) -> list[Gone]:
    before = years_before(work.now, policy.log_years).date()
    old = [e for e in await work.uow.find(LeaveEntry) if e.last_day and e.last_day < before]
    await _remove(work, LeaveEntry, (e.id for e in old))
    return [Gone("leave", e.id, e.first_day) for e in old]


async def _log(work: Work, policy: Policy) -> list[Gone]:
    old = await work.uow.find(LogEntry, day__lt=years_before(work.now, policy.log_years).date(), order=("day",))
    for entry in old:
        await work.uow.shred(entry.id)  # the learning point
        for mark in await work.uow.find(Signature, entry=entry.id):
            await work.uow.remove(Signature, mark.id)
    await _remove(work, LogEntry, (e.id for e in old))
    return [Gone("log entry", e.id, e.day) for e in old]


async def _holds(work: Work, policy: Policy) -> list[Gone]:
    old = await work.uow.find(Hold, raised_at__lt=years_before(work.now, policy.risk_years), released_at__not=None)
    await _remove(work, Hold, (h.id for h in old))
    return [Gone("risk hold", h.id, h.raised_at.date()) for h in old]


async def _case_facts(work: Work, policy: Policy) -> list[Gone]:
    """Cases that ended before the log's years, with assignments, questions and authors; then empty rounds."""
    before = years_before(work.now, policy.log_years)
    held = {h.case for h in await work.uow.find(Hold)}
    cases = await work.uow.find(Case, submitted_at__lt=before)
    old = [c for c in cases if _end(c) < before and c.id not in held]
    for case in old:
        await work.uow.shred(case.id)
        await _remove(work, Question, [q.id for q in await work.uow.find(Question, case=case.id)])
        await _remove(work, SecondLook, [look.id for look in await work.uow.find(SecondLook, case=case.id)])
        await _remove(work, Assignment, [s.id for s in await work.uow.find(Assignment, case=case.id)])
        await work.uow.forget_presenter(case.id)
        await work.uow.remove(Case, case.id)
    await _empty_rounds(work, before)
    return [Gone("facts of case", c.code, c.submitted_at.date()) for c in old]


async def _reports(work: Work, policy: Policy) -> list[Gone]:
    """Who stood where in a quarter goes with the log it was counted from; nobody can revise that report any more."""
    first = first_quarter_kept(work.now, policy)
    stored = await work.uow.find(PublishedReport, year__le=first.year, order=("year", "number"))
    old = [report for report in stored if Quarter(report.year, report.number) < first]
    await _remove(work, PublishedReport, (report.id for report in old))
    return [Gone("quarterly report", f"{r.year}-Q{r.number}", r.published_at.date()) for r in old]


def first_quarter_kept(now: datetime, policy: Policy) -> Quarter:
    """The earliest quarter whose log is still whole."""
    before = years_before(now, policy.log_years).date()
    quarter = Quarter.of(before)
    return quarter if quarter.first >= before else quarter.next


async def _empty_rounds(work: Work, before: datetime) -> None:
    for round_ in await work.uow.find(Round, opened_at__lt=before):
        used = [await work.uow.count(kind, round=round_.id) for kind in (Case, Assignment, LogEntry)]
        if not any(used) and not round_.open:
            await work.uow.remove(Round, round_.id)


async def _audit(work: Work, policy: Policy) -> list[Gone]:
    before = months_before(work.now, policy.audit_months)
    count = await work.uow.cut_audit(before, work.now)
    return [Gone("audit lines", str(count), before.date())] if count else []


async def _remove(work: Work, kind: type, ids: Iterable[str]) -> None:
    for id in ids:
        await work.uow.remove(kind, id)


def _end(case: Case) -> datetime:
    return case.closed_at or case.withdrawn_at or datetime.max.replace(tzinfo=UTC)


def months_before(moment: datetime, months: int) -> datetime:
    """The same moment so many calendar months earlier; a day the month does not have becomes its 28th."""
    index = moment.year * 12 + moment.month - 1 - months
    return moment.replace(year=index // 12, month=index % 12 + 1, day=min(moment.day, 28))


def years_before(moment: datetime, years: int) -> datetime:
    """The same moment so many calendar years earlier."""
    return months_before(moment, years * 12)
