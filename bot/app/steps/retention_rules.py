"""How long everything is kept (DOMAIN.md section 7): texts go first, facts later, each by the policy's numbers.

Each kind of record is looked for by its own question, which asks only for what is over, and erased a portion at a
time: whoever writes meanwhile waits for one portion, not for the whole. The same rules run every hour and by
`intervision purge`; its dry run only looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.app.context import Work
from bot.app.steps.drafts import forget_about
from bot.app.steps.exemplar_end import take_back_of
from bot.app.steps.worksheet import erase_rows_over, sheets_over
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Group
from bot.domain.policy import Policy
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.ports.records import Audited, AuditEntry, LeaveEntry, LogEntry, OutboxEntry, PublishedReport, Signature
from bot.reports.periods import Quarter

R = TypeVar("R")
OUTBOX_DAYS = 180
"""A finished intent (ids only) stays this long, so that its message can still be updated when a text goes."""
ACTOR = "retention"


@dataclass(frozen=True)
class Gone:
    """One thing that went, or in a dry run would go: what it is, which one, since when it was kept."""

    what: str
    subject: str
    since: date


PORTION = 200
"""Records erased in one transaction: on SQLite everybody else's writes wait for it."""


@dataclass(frozen=True)
class Rule(Generic[R]):
    """What of one kind of record is over, oldest first and at most so many, what it is called, and how it is erased."""

    over: Callable[[Work, int | None], Awaitable[list[R]]]
    named: Callable[[R], Gone]
    erase: Callable[[Work, Sequence[R]], Awaitable[None]]

    async def portion(self, work: Work, limit: int = PORTION) -> list[Gone]:
        """Erase the oldest of what is over."""
        records = await self.over(work, limit)
        if records:
            await self.erase(work, records)
        return [self.named(record) for record in records]

    async def would_go(self, work: Work) -> list[Gone]:
        """Everything that is over; nothing is written."""
        return [self.named(record) for record in await self.over(work, None)]


async def purge_text(work: Work, case: Case, actor: str = ACTOR, what: Audited = Audited.PURGED) -> None:
    """Key and texts of a case are destroyed, messages about it say so, the facts stay."""
    await work.uow.shred(case.id)
    await take_back_of(work, case.id, kept=False)
    await forget_about(
        work, [case.id, *(assignment.id for assignment in await work.uow.find(Assignment, case=case.id))]
    )
    await work.uow.save(replace(case, purged_at=work.now))
    await work.uow.wake("case.purge", case.id, None)
    await work.uow.audit(what, actor, case.id, work.now)
    await tell_text_gone(work, replace(case, purged_at=work.now))


async def tell_text_gone(work: Work, case: Case) -> None:
    """Messages that open a text which is erased now are updated to say so; nobody gets a new message."""
    about = [(f"case:{case.id}", person) for person in (await work.uow.presenters([case.id])).values()]
    assignments = await work.uow.find(Assignment, case=case.id, submitted_at__not=None)
    about += [(f"assignment:{assignment.id}", assignment.reviewer) for assignment in assignments]
    if case.shared_at:
        told = await work.uow.find(OutboxEntry, subject=case.id, card="shared")
        about += [(f"shared:{case.id}", person) for person in sorted({entry.person for entry in told})]
    for slot, person in about:
        told = await work.uow.find(OutboxEntry, slot=f"{slot}:{person}")
        if any(entry.sent_at or "carrier" in entry.args for entry in told):
            await work.tell(person, "text_gone", case.id, key=slot, slot=slot)


async def _texts_over(work: Work, limit: int | None) -> list[Case]:
    """Closed cases by the days their group keeps texts, also where a policy was shortened after they closed.

    Groups that keep them alike are asked for together: else cases that are kept longer would stand in front.
    """
    found: list[Case] = []
    for days, groups in await _groups_by_text_days(work):
        over = {"closed_at__le": work.now - timedelta(days=days), "purged_at": None, "group__in": groups}
        found += await work.uow.find(Case, order=("closed_at",), limit=limit, **over)
    return found[:limit]


async def _groups_by_text_days(work: Work) -> list[tuple[int, list[str]]]:
    """The groups by how many days they keep texts, the shortest first: one question for all that keep them alike."""
    alike: defaultdict[int, list[str]] = defaultdict(list)
    for group in await work.uow.find(Group):
        alike[(await work.policy(group)).text_days].append(group.id)
    return sorted(alike.items())


async def _erase_texts(work: Work, cases: Sequence[Case]) -> None:
    for case in cases:
        await purge_text(work, case)


async def purge_follow_ups(work: Work, follow_ups: Sequence[FollowUp]) -> None:
    """What became of cases goes with its keys; that it was told stays, and messages about it lose their button."""
    for each in follow_ups:
        await work.uow.shred(each.id)
        await work.uow.save(replace(each, purged_at=work.now))


async def _follow_ups_over(work: Work, limit: int | None) -> list[FollowUp]:
    """Kept as long as a case's text, counted from the day on which it was told; unanswered ones from when asked."""
    found: list[FollowUp] = []
    for days, groups in await _groups_by_text_days(work):
        before = work.now - timedelta(days=days)
        same: dict[str, Any] = {"group__in": groups, "purged_at": None}
        found += await work.uow.find(FollowUp, answered_at__le=before, order=("answered_at",), limit=limit, **same)
        found += await work.uow.find(
            FollowUp, asked_at__le=before, answered_at=None, order=("asked_at",), limit=limit, **same
        )
    return found[:limit]


async def _messages_over(work: Work, limit: int | None) -> list[OutboxEntry]:
    """Finished ones; what still wants to be sent stays however old it is."""
    old = work.now - timedelta(days=OUTBOX_DAYS)
    found: list[OutboxEntry] = []
    for end in ("sent_at__not", "failed_at__not", "dropped_at__not"):
        found += await work.uow.find(OutboxEntry, created_at__lt=old, order=("created_at",), limit=limit, **{end: None})
    return list({entry.id: entry for entry in found}.values())[:limit]


async def _leave_over(work: Work, limit: int | None) -> list[LeaveEntry]:
    before = (await _log_kept_since(work)).date()
    return await work.uow.find(LeaveEntry, last_day__lt=before, order=("last_day",), limit=limit)


async def _log_over(work: Work, limit: int | None) -> list[LogEntry]:
    before = (await _log_kept_since(work)).date()
    return await work.uow.find(LogEntry, day__lt=before, order=("day",), limit=limit)


async def _erase_log(work: Work, entries: Sequence[LogEntry]) -> None:
    ids = [entry.id for entry in entries]
    await work.uow.shred(*ids)  # the learning points
    await work.uow.remove(Signature, *[mark.id for mark in await work.uow.find(Signature, entry__in=ids)])
    await work.uow.remove(LogEntry, *ids)


async def _holds_over(work: Work, limit: int | None) -> list[Hold]:
    before = years_before(work.now, (await work.policy()).risk_years)
    return await work.uow.find(Hold, raised_at__lt=before, released_at__not=None, order=("raised_at",), limit=limit)


async def _case_facts_over(work: Work, limit: int | None) -> list[Case]:
    """Cases that ended before the log's years; one with a hold waits for the hold's own years."""
    before = await _log_kept_since(work)
    held = {case for (case,) in await work.uow.columns(Hold, ("case",))}
    most = None if limit is None else limit + len(held)
    found = await work.uow.find(Case, closed_at__lt=before, order=("closed_at",), limit=most)
    found += await work.uow.find(
        Case, withdrawn_at__lt=before, closed_at=None, submitted_at__lt=before, order=("submitted_at",), limit=most
    )
    return [case for case in found if case.id not in held][:limit]


async def _erase_case_facts(work: Work, cases: Sequence[Case]) -> None:
    ids = [case.id for case in cases]
    told = [each.id for each in await work.uow.find(FollowUp, case__in=ids)]
    kept = [each.id for each in await work.uow.find(Exemplar, case__in=ids)]
    await work.uow.shred(*ids, *told, *kept)
    for kind in (Question, FollowUp, Exemplar, SecondLook, Assignment):
        await work.uow.remove(kind, *[id for (id,) in await work.uow.columns(kind, ("id",), case__in=ids)])
    for id in ids:
        await work.uow.forget_presenter(id)
    await work.uow.remove(Case, *ids)


async def _empty_rounds_over(work: Work, limit: int | None) -> list[Round]:
    """Rounds of before the log's years of which nothing is left."""
    old = await work.uow.find(Round, opened_at__lt=await _log_kept_since(work), order=("opened_at",))
    empty: list[Round] = []
    for at in range(0, len(old), PORTION):
        portion = [round_ for round_ in old[at : at + PORTION] if not round_.open]
        used: set[Any] = set()
        for kind in (Case, Assignment, LogEntry):
            ids = [round_.id for round_ in portion if round_.id not in used]
            used |= {id for (id,) in await work.uow.columns(kind, ("round",), round__in=ids)}
        empty += [round_ for round_ in portion if round_.id not in used]
        if limit is not None and len(empty) >= limit:
            break
    return empty[:limit]


async def _reports_over(work: Work, limit: int | None) -> list[PublishedReport]:
    """Who stood where in a quarter goes with the log it was counted from; nobody can revise that report any more."""
    first = first_quarter_kept(work.now, await work.policy())
    stored = await work.uow.find(PublishedReport, year__le=first.year, order=("year", "number"))
    return [report for report in stored if Quarter(report.year, report.number or 1) < first][:limit]


async def _log_kept_since(work: Work) -> datetime:
    return years_before(work.now, (await work.policy()).log_years)


def _removing(kind: type[Any]) -> Callable[[Work, Sequence[Any]], Awaitable[None]]:
    async def remove(work: Work, records: Sequence[Any]) -> None:
        await work.uow.remove(kind, *[record.id for record in records])

    return remove


RULES: tuple[Rule[Any], ...] = (
    Rule(_texts_over, lambda c: Gone("text of case", c.code, _day(c.closed_at)), _erase_texts),
    Rule(_follow_ups_over, lambda f: Gone("follow-up", f.id, _day(f.answered_at or f.asked_at)), purge_follow_ups),
    Rule(_messages_over, lambda e: Gone("message record", e.id, _day(e.created_at)), _removing(OutboxEntry)),
    Rule(sheets_over, lambda s: Gone("worksheet rows", s.id, _day(s.oldest_at)), erase_rows_over),
    Rule(_leave_over, lambda e: Gone("leave", e.id, e.first_day), _removing(LeaveEntry)),
    Rule(_log_over, lambda e: Gone("log entry", e.id, e.day), _erase_log),
    Rule(_holds_over, lambda h: Gone("risk hold", h.id, _day(h.raised_at)), _removing(Hold)),
    Rule(_case_facts_over, lambda c: Gone("facts of case", c.code, _day(c.submitted_at)), _erase_case_facts),
    Rule(_empty_rounds_over, lambda r: Gone("empty round", r.id, _day(r.opened_at)), _removing(Round)),
    Rule(
        _reports_over,
        lambda r: Gone("quarterly report", f"{r.year}-Q{r.number}", _day(r.published_at)),
        _removing(PublishedReport),
    ),
)
"""In the order in which they are erased: what refers to something goes before it."""


async def cut_trail(work: Work) -> list[Gone]:
    """The audit trail's lines beyond their months; one line about the cut joins it."""
    before = months_before(work.now, (await work.policy()).audit_months)
    count = await work.uow.cut_audit(before, work.now)
    return [Gone("audit lines", str(count), before.date())] if count else []


async def trail_would_go(work: Work) -> list[Gone]:
    """The same, only counted."""
    before = months_before(work.now, (await work.policy()).audit_months)
    count = await work.uow.count(AuditEntry, at__lt=before)
    return [Gone("audit lines", str(count), before.date())] if count else []


async def would_go(work: Work) -> list[Gone]:
    """Everything of one organisation whose time is over; nothing is written."""
    gone = [each for rule in RULES for each in await rule.would_go(work)]
    return [*gone, *await trail_would_go(work)]


def first_quarter_kept(now: datetime, policy: Policy) -> Quarter:
    """The earliest quarter whose log is still whole."""
    before = years_before(now, policy.log_years).date()
    quarter = Quarter.of(before)
    return quarter if quarter.first >= before else quarter.next


def _day(moment: datetime | None) -> date:
    return moment.date() if moment else date.min


def months_before(moment: datetime, months: int) -> datetime:
    """The same moment so many calendar months earlier; a day the month does not have becomes its 28th."""
    index = moment.year * 12 + moment.month - 1 - months
    return moment.replace(year=index // 12, month=index % 12 + 1, day=min(moment.day, 28))


def years_before(moment: datetime, years: int) -> datetime:
    """The same moment so many calendar years earlier."""
    return months_before(moment, years * 12)
