"""What a group's rules make impossible: targets that no cadence of rounds can meet, warning days beyond a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.caseload import Caseload, open_review_cap
from bot.domain.chances import window_days, window_of
from bot.domain.frequency import Kind, target_days
from bot.domain.policy import Mode, Policy


@dataclass(frozen=True)
class CadenceWarning:
    """At this cadence members of this mode cannot stay within their allowed days: the target and a round's window.

    It goes by the number of days that state, charts and report go by. `fitting` is the least target that would do;
    `expected_days` is the shortest gap the group can keep (None: never, there are no two members); `members`
    counts those concerned. `weeks` is the longest cadence that keeps the target (None: not even every week does).
    """

    kind: Kind
    mode: Mode
    novice: bool
    members: int
    expected_days: int | None
    target: int
    weeks: int | None = None
    window: int = 0

    @property
    def fitting(self) -> int | None:
        """The least target that this cadence keeps."""
        return None if self.expected_days is None else self.expected_days - self.window


@dataclass(frozen=True)
class WindowWarning:
    """Reviews of a round are due `window` days after it went out, the next goes out after `cadence` days already.

    `working_days` is the most that fits between two rounds.
    """

    window: int
    cadence: int
    working_days: int


def window_warning(policy: Policy) -> WindowWarning | None:
    """What to tell whoever sets up rounds that overlap: the reviews of one are due after the next has gone out."""
    window, cadence = window_days(policy), policy.cadence_weeks * 7
    if window <= cadence:
        return None
    fits = max(days for days in range(policy.comment_working_days) if window_of(days) <= cadence)
    return WindowWarning(window, cadence, fits)


def cadence_warnings(caseloads: Sequence[Caseload], day: date, policy: Policy) -> tuple[CadenceWarning, ...]:
    """What to tell whoever sets up a group: what its cadence and size cannot keep, without members on leave.

    Every round reaches everybody as presenter or reviewer; how many cases a round takes follows from the
    members' caps and the reviewers per case.
    """
    present = [caseload for caseload in caseloads if not caseload.on_leave(day)]
    round_days = policy.cadence_weeks * 7
    places = sum(open_review_cap(caseload, day, policy) for caseload in present)
    reviewers = min(policy.reviewers_per_case, len(present) - 1)
    cases = min(len(present), places // reviewers) if reviewers > 0 else 0
    rounds = {Kind.ANY_EVENT: 1, Kind.OWN_CASE: -(-len(present) // cases)} if cases else None
    profiles = [(caseload.chosen_mode_on(day), caseload.is_novice(day, policy)) for caseload in present]
    warnings, window = [], window_days(policy)
    for mode, novice in sorted(set(profiles)):
        target = policy.target(mode, novice=novice)
        concerned = profiles.count((mode, novice))
        for kind in Kind:
            days = target_days(target, kind)
            if rounds is None:
                warnings.append(CadenceWarning(kind, mode, novice, concerned, None, days))
            elif (expected := round_days * rounds[kind]) > days + window:
                weeks = (days + window) // (7 * rounds[kind]) or None
                warnings.append(CadenceWarning(kind, mode, novice, concerned, expected, days, weeks, window))
    return tuple(warnings)
