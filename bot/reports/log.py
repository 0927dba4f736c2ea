"""One person's supervision log: what counts now, what was corrected, the totals, and digests of signed entries.

What it may not know: where entries are stored, and how they are drawn (`export_csv.py`, `export_pdf.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from fractions import Fraction

from bot.domain.caseload import Period, add_months
from bot.domain.supervision import Role, SupervisionEvent, current, history
from bot.errors import Refusal
from bot.reports.rule_sets import Counted, GoalResult, RuleSet, apply, goal_results


class SignedEntryChanged(Refusal):
    """A signed entry no longer has the digest taken when it was signed; `entry` is its id."""


@dataclass(frozen=True)
class Totals:
    """Sums over one span; minutes as declared, `counted` by the rule set."""

    first: date
    last: date
    events: int
    minutes: int
    signed_minutes: int
    estimated_minutes: int
    counted: Fraction


@dataclass(frozen=True)
class OwnLog:
    """A person's log from `first` to `last` under a rule set, newest entry last.

    `earlier` holds, by chain, the versions that a correction replaced (withdrawn chains keep all of theirs).
    """

    rules: RuleSet
    first: date
    last: date
    lines: tuple[Counted, ...]
    earlier: Mapping[str, tuple[SupervisionEvent, ...]]
    period: Totals
    last_12_months: Totals
    last_5_years: Totals
    goals: tuple[GoalResult, ...]


def own_log(
    entries: Sequence[SupervisionEvent],
    rules: RuleSet,
    *,
    today: date,
    first: date | None = None,
    last: date | None = None,
    leave: Sequence[Period] = (),
    fte: float = 1.0,
    since: date | None = None,
) -> OwnLog:
    """The log of one person from all versions of all their entries.

    Shown are the days `first`..`last` (default: the five years up to today), and totals and goals are those of that
    period; the totals of twelve months and five years end on its last day, or today. `leave` is merged leave, `fte`
    today's share of full time, `since` when the person began, if later.
    """
    last = last or today
    first = first or add_months(last, -60) + timedelta(days=1)
    counted = apply(rules, current(entries), leave=leave, today=today)
    shown = tuple(line for line in counted if first <= line.entry.day <= last)
    until = min(last, today)
    return OwnLog(
        rules=rules,
        first=first,
        last=last,
        lines=shown,
        earlier=_earlier(entries, first, last),
        period=_totals(counted, first, last),
        last_12_months=_totals(counted, add_months(until, -12) + timedelta(days=1), until),
        last_5_years=_totals(counted, add_months(until, -60) + timedelta(days=1), until),
        goals=goal_results(rules, counted, today=until, fte=fte, since=since, first=first, last=last, leave=leave),
    )


def digest(entry: SupervisionEvent) -> str:
    """SHA-256 (hex) over every fact of an entry, its signature included; the same facts always give the same digest."""
    facts = {
        "id": entry.id,
        "person": entry.person,
        "clinic": entry.clinic,
        "role": entry.role,
        "mode": entry.mode,
        "days": [day.isoformat() for day in entry.days],
        "minutes": entry.minutes,
        "minutes_estimated": entry.minutes_estimated,
        "group_size": entry.group_size,
        "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(),
        "type": entry.type,
        "medium": entry.medium,
        "documented": entry.documented,
        "round": entry.round,
        "members": sorted(entry.members),
        "themes": list(entry.themes),
        "learning_point": entry.learning_point,
        "corrects": entry.corrects,
        "withdrawn": entry.withdrawn,
        "signed_by": entry.signed_by,
        "signed_at": entry.signed_at.astimezone(UTC).isoformat() if entry.signed_at else None,
    }
    facts |= {name: value for name, value in _later(entry).items() if value}
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _later(entry: SupervisionEvent) -> dict[str, object]:
    """Facts that entries have since they exist: an empty one leaves the digest as it was before."""
    return {
        "method": entry.method.value,
        "supervisor": entry.supervisor,
        "professions": entry.professions,
        "moved_from": entry.moved_from.isoformat() if entry.moved_from else None,
    }


def verify(entries: Iterable[SupervisionEvent], digests: Mapping[str, str]) -> None:
    """Compare signed entries with the digests taken at signing, by entry id; raises `SignedEntryChanged` at the first.

    A digest without its entry is a change too: a signed entry cannot disappear.
    """
    found = {entry.id: digest(entry) for entry in entries if entry.is_signed}
    for entry_id in sorted(digests):
        if found.get(entry_id) != digests[entry_id]:
            raise SignedEntryChanged(entry=entry_id)


def _totals(lines: Iterable[Counted], first: date, last: date) -> Totals:
    inside = [line for line in lines if first <= line.entry.day <= last]
    return Totals(
        first=first,
        last=last,
        events=len(inside),
        minutes=sum(line.entry.minutes for line in inside),
        signed_minutes=sum(line.entry.minutes for line in inside if line.entry.is_signed),
        estimated_minutes=sum(line.entry.minutes for line in inside if line.entry.minutes_estimated),
        counted=sum((line.minutes for line in inside), Fraction(0)),
    )


def _earlier(entries: Sequence[SupervisionEvent], first: date, last: date) -> dict[str, tuple[SupervisionEvent, ...]]:
    chains = sorted({entry.chain for entry in entries if entry.corrects and first <= entry.day <= last})
    found = {}
    for chain in chains:
        versions = history(entries, chain)
        found[chain] = versions if versions[-1].withdrawn else versions[:-1]
    return found


def role_key(entry: SupervisionEvent) -> str:
    """The key of the word for somebody's part: outside rounds nobody is a reviewer, they took part."""
    if entry.role is Role.REVIEWER and entry.round is None:
        return "log.role.took_part"
    return f"log.role.{entry.role}"
