"""Every number a clinic may want different: one immutable `Policy`, overridden organisation → clinic → group.

An override is a flat mapping from a field's name to its value, as TOML or JSON carries it, e.g.
`{"reviewers_per_case": 3, "reminder_time": "08:30"}`. What a policy may not know: whom it applies to.
Next: `caseload.py` (who a person is on a day) and `supervision.py` (what follows from both).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any

from bot.errors import Refusal


class Mode(StrEnum):
    """What a therapist's caseload consists of on a day; `paused` is not chosen but follows from leave."""

    ICBT = "icbt"
    F2F = "f2f"
    BLENDED = "blended"
    PAUSED = "paused"


class Anonymity(StrEnum):
    """Who is hidden from whom while a case is reviewed."""

    BOTH = "both"
    PRESENTER = "presenter"
    OPEN = "open"


class SecondLookRule(StrEnum):
    """Whether a supervisor reads a case after its author passed the gate and before a reviewer is chosen."""

    OFF = "off"
    FLAGGED = "flagged"  # only where the author kept words that the gate doubted or asked about
    ALWAYS = "always"


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with an override: where (`level.field`), what it was, what is accepted (English)."""

    where: str
    given: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.given} is not accepted; expected {self.expected}"


class InvalidPolicy(Refusal):
    """Overrides with at least one mistake are refused as a whole; `mistakes` names every one of them."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes="; ".join(str(m) for m in mistakes))
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "; ".join(str(m) for m in self.mistakes)


LATE_MORNING_HOURS = 2
"""So much later than the first hour for messages reminders may come for a night's news to wait for them."""


def _whole(default: int, low: int, high: int) -> Any:  # a dataclass field poses as its value's type
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class Target:
    """Calendar days allowed between two supervision events; day `any_event` is on time, the next is not."""

    any_event: int
    own_case: int


@dataclass(frozen=True)
class Policy:
    """The numbers a group works by; the defaults are the product's. Days are calendar days unless named otherwise."""

    # Rounds and allocation
    reviewers_per_case: int = _whole(2, 1, 4)
    novice_months: int = _whole(12, 0, 60)  # below this experience a person is a novice
    experienced_reviewers_for_novice: int = _whole(1, 0, 1)  # assignments of a novice's case kept for experience
    repeat_weight: int = _whole(90, 0, 1000)  # meeting a presenter again against doing one review more, which is 100
    load_before_repeats: bool = True  # even loads first; False, or setting the weight: the two are weighed
    review_within_clinic: bool = True  # False: nobody reviews a presenter of their own clinic
    mode_must_fit: bool = False  # True: only who works in a case's mode reviews it; False: they come first
    cadence_weeks: int = field(default=2, metadata={"options": (1, 2, 4)})
    cadence_weekday: int = _whole(0, 0, 6)  # 0 = Monday, local to the group
    cadence_time: time = time(9, 0)  # local to the group
    anonymity: Anonymity = Anonymity.BOTH
    small_group: int = _whole(3, 2, 12)  # narrowed down to fewer people than this → asked before sharing
    second_look: SecondLookRule = SecondLookRule.OFF
    second_look_working_days: int = _whole(2, 1, 10)  # of the group's home clinic
    second_look_unseen: bool = False  # True: a case nobody looked at in time goes to reviewers all the same
    declines_per_round: int = _whole(1, 0, 20)  # without a reason; a conflict is always free
    # Open reviews a person may hold at once
    cap_icbt: int = _whole(3, 1, 20)
    cap_blended: int = _whole(2, 1, 20)
    cap_f2f: int = _whole(2, 1, 20)
    cap_paused: int = _whole(0, 0, 0)
    cap_novice_fewer: int = _whole(1, 0, 20)
    cap_after_leave: int = _whole(1, 1, 20)
    ramp_up_days: int = _whole(14, 0, 90)  # days after leave with `cap_after_leave`
    # Time to answer, in working days of the reviewer's clinic
    collect_working_days: int = _whole(5, 1, 30)  # of a series' clinic: cases come in before the plan is published
    comment_working_days: int = _whole(5, 1, 30)
    clarify_working_days: int = _whole(2, 0, 29)  # the first of the above: questions only
    takeaway_working_days: int = _whole(10, 1, 30)  # of the presenter's clinic, after the reviews were released
    # A case that cannot wait for the next round, or needs no review
    urgent_cases: int = _whole(2, 0, 12)  # so many may a person ask reviews for out of turn in 90 days; 0 = none
    urgent_working_days: int = _whole(3, 1, 5)  # of the reviewer's clinic, to review such a case; no days for questions
    share_for_information: bool = True  # True: a case may be shared with its group without reviews
    # After the reviews are released
    ask_back: bool = True  # True: the presenter may ask the reviewers back, once
    thank_for_suggestions: bool = True  # True: the presenter ticks which suggestions they use, as thanks
    follow_up_days: int = _whole(28, 0, 120)  # after the takeaway the presenter is asked once what became of it; 0 = no
    learning_library: bool = (
        True  # True: excerpts may be kept for the group to learn from, if everybody concerned agrees
    )
    learning_goals: bool = True  # True: everybody may keep a learning goal that nobody else reads
    # Reminders and messages, in the person's own time zone
    reminder_on_assignment: bool = True
    reminder_before_working_days: int = _whole(2, 0, 10)
    reminder_on_due_day: bool = True
    reminder_after_days: int = _whole(1, 0, 14)  # 0 = none
    supervisor_told_after_days: int = _whole(3, 1, 30)
    reminder_time: time = time(9, 0)
    reminders_per_day: int = _whole(1, 1, 5)
    messages_from: time = time(8, 0)
    messages_until: time = time(17, 0)
    # Supervision frequency
    target_any_icbt: int = _whole(14, 1, 366)
    target_own_icbt: int = _whole(28, 1, 366)
    target_any_blended: int = _whole(14, 1, 366)
    target_own_blended: int = _whole(28, 1, 366)
    target_any_novice_icbt: int = _whole(7, 1, 366)
    target_own_novice_icbt: int = _whole(14, 1, 366)
    target_any_f2f: int = _whole(28, 1, 366)
    target_own_f2f: int = _whole(56, 1, 366)
    due_soon_percent: int = _whole(25, 1, 90)  # the last part of a target in which it is "due soon"
    due_soon_days: int = _whole(3, 0, 60)  # but at least this many days
    amber_percent: int = _whole(150, 101, 500)  # green up to the target, amber up to this much of it, red beyond
    # Leave and silence
    long_leave_weeks: int = _whole(8, 1, 52)
    return_notice_working_days: int = _whole(3, 0, 20)  # the supervisor is told this long before a long leave ends
    missed_before_question: int = _whole(2, 1, 10)
    missed_before_supervisor: int = _whole(3, 1, 20)
    # Log estimates, shown as estimates until the person declares the minutes
    minutes_per_review: int = _whole(20, 1, 240)
    minutes_per_own_case: int = _whole(30, 1, 240)
    # Retention and reports
    text_days: int = _whole(30, 0, 90)  # case and review text after the case closed
    draft_hours: int = _whole(48, 1, 336)  # a text that is not sent, as it was typed, after its last change
    draft_days: int = _whole(7, 1, 30)  # the same text with everything the gate found replaced
    log_years: int = _whole(6, 1, 30)
    audit_months: int = _whole(24, 1, 120)
    risk_years: int = _whole(5, 1, 30)
    report_minimum_group: int = _whole(5, 3, 50)
    attendance_sheets: bool = False  # True: supervisors get the sheet of a round the morning after it is over
    message_reviews: bool = False  # True: rounds may ask for a retold message, and groups read shares of a quarter
    # A therapist's private worksheet
    worksheet: bool = False  # True: therapists may keep one
    worksheet_days: int = _whole(120, 30, 400)  # a row that nobody changed
    worksheet_silent_days: int = _whole(14, 3, 60)  # without a message from the patient, then it counts
    worksheet_undiscussed_days: int = _whole(28, 7, 120)  # not discussed, then it counts
    # Two pairs of eyes
    second_person: bool = False  # True: looking a presenter up, links of the shell, keys, agreements need a second
    # Signing in to the pages
    sign_in_idle_minutes: int = _whole(
        60, 0, 720
    )  # a browser left alone so long is signed out; 0 = not before 12 hours
    sign_in_remember_days: int = _whole(
        0, 0, 30
    )  # a device of one's own stays signed in, if the person asks; 0 = never
    # Risk
    risk_acknowledgement_minutes: int = _whole(30, 5, 240)  # then the deputy

    def with_overrides(self, overrides: Mapping[str, object], *, level: str = "policy") -> Policy:
        """This policy with the given fields replaced; `level` names the source in mistakes.

        Raises `InvalidPolicy` with every mistake at once: unknown names, wrong kinds, values out of range,
        and fields that contradict each other.
        """
        if not overrides:
            return self
        values: dict[str, object] = {}
        mistakes: list[Mistake] = []
        for name, given in overrides.items():
            try:
                values[name] = _accepted(name, given)
            except _NotAccepted as wrong:
                mistakes.append(Mistake(f"{level}.{name}", repr(given), wrong.expected))
        if "repeat_weight" in values:
            values.setdefault("load_before_repeats", False)  # who sets a weight wants it used
        changed = dataclasses.replace(self, **values)  # type: ignore[arg-type]  # _accepted checked each by its field
        mistakes += _contradictions(changed, level)
        if mistakes:
            raise InvalidPolicy(tuple(mistakes))
        return changed

    def target(self, mode: Mode, *, novice: bool) -> Target:
        """Days allowed between events for a mode and experience; a paused person has the iCBT target on return."""
        if mode is Mode.F2F:
            return Target(self.target_any_f2f, self.target_own_f2f)
        if mode is Mode.BLENDED:
            return Target(self.target_any_blended, self.target_own_blended)
        if novice:
            return Target(self.target_any_novice_icbt, self.target_own_novice_icbt)
        return Target(self.target_any_icbt, self.target_own_icbt)

    def cap(self, mode: Mode) -> int:
        """Open reviews of an experienced full-time therapist in this mode."""
        return {
            Mode.ICBT: self.cap_icbt,
            Mode.BLENDED: self.cap_blended,
            Mode.F2F: self.cap_f2f,
            Mode.PAUSED: self.cap_paused,
        }[mode]

    @property
    def reminders_at(self) -> time:
        """The reminders' time of day, or the first allowed hour where it was set outside the hours for messages."""
        allowed = self.messages_from <= self.reminder_time < self.messages_until
        return self.reminder_time if allowed else self.messages_from

    @property
    def morning(self) -> time:
        """When messages come that waited for the hours: with the reminders if these come early, else as they open."""
        latest = time(min(self.messages_from.hour + LATE_MORNING_HOURS, 23), self.messages_from.minute)
        return self.reminders_at if self.reminders_at <= latest else self.messages_from

    def due_soon_from(self, target_days: int) -> int:
        """How many days before the end of a target it counts as due soon, rounded up, never the whole target."""
        share = -(-target_days * self.due_soon_percent // 100)
        return min(max(share, self.due_soon_days), target_days - 1)


_DEFAULTS = Policy()


def resolve(
    organisation: Mapping[str, object] | None = None,
    clinic: Mapping[str, object] | None = None,
    group: Mapping[str, object] | None = None,
) -> Policy:
    """The policy a group works by: defaults, then the organisation's, the clinic's and the group's own numbers.

    Raises `InvalidPolicy` naming the level of each mistake, all levels at once.
    """
    levels = (_as_key(organisation), _as_key(clinic), _as_key(group))
    try:
        hash(levels)
    except TypeError:  # a list or a table where a value belongs: refused by name
        return _resolved.__wrapped__(*levels)
    return _resolved(*levels)


_Key = tuple[tuple[str, type, object], ...]


def _as_key(overrides: Mapping[str, object] | None) -> _Key:
    """Overrides as something to remember a policy by: `True` and `1` are equal and not the same."""
    return tuple((name, type(given), given) for name, given in (overrides or {}).items())


@lru_cache(maxsize=1000)
def _resolved(*levels: _Key) -> Policy:
    policy, mistakes = _DEFAULTS, list[Mistake]()
    for level, overrides in zip(("organisation", "clinic", "group"), levels, strict=True):
        try:
            policy = policy.with_overrides({name: given for name, _, given in overrides}, level=level)
        except InvalidPolicy as refused:
            mistakes += refused.mistakes
    if mistakes:
        raise InvalidPolicy(tuple(mistakes))
    return policy


class _NotAccepted(Exception):
    """Carries what would have been accepted."""

    def __init__(self, expected: str) -> None:
        self.expected = expected


def _accepted(name: str, given: object) -> object:
    spec = _FIELDS.get(name)
    if spec is None:
        near = get_close_matches(name, _FIELDS, 3, 0.5) or [each for each in sorted(_FIELDS) if name in each][:5]
        hint = "do you mean " + " or ".join(near) + "?" if near else "they are: " + ", ".join(sorted(_FIELDS))
        raise _NotAccepted(f"one of the settings; {hint}")
    if isinstance(spec.default, bool):
        if not isinstance(given, bool):
            raise _NotAccepted("true or false")
        return given
    if isinstance(spec.default, time):
        return _time(given)
    if isinstance(spec.default, StrEnum):
        kind = type(spec.default)
        if given not in list(kind):
            raise _NotAccepted("one of: " + ", ".join(kind))
        return kind(str(given))
    return _number(given, spec.metadata)


def _time(given: object) -> time:
    try:
        value = time.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        value = None
    if not isinstance(value, time) or value.tzinfo is not None:
        raise _NotAccepted('a local time such as "09:00"')
    return value


def _number(given: object, limits: Mapping[str, Any]) -> int:
    options = limits.get("options")
    expected = (
        "one of: " + ", ".join(map(str, options)) if options else f"a whole number {limits['low']}–{limits['high']}"
    )
    if not isinstance(given, int) or isinstance(given, bool):
        raise _NotAccepted(expected)
    if given not in (options or range(limits["low"], limits["high"] + 1)):
        raise _NotAccepted(expected)
    return given


def _contradictions(policy: Policy, level: str) -> list[Mistake]:
    """What the values of a policy say against each other."""
    mistakes = []
    for smaller, larger, may_equal in PAIRS:
        low, high = getattr(policy, smaller), getattr(policy, larger)
        if low > high or (low == high and not may_equal):
            relation = "not more than" if may_equal else "less than"
            mistakes.append(Mistake(f"{level}.{smaller}", str(low), f"{relation} {larger} ({high})"))
    return mistakes


_FIELDS = {spec.name: spec for spec in dataclasses.fields(Policy)}


PAIRS = (
    ("clarify_working_days", "comment_working_days", False),
    ("messages_from", "messages_until", False),
    ("missed_before_question", "missed_before_supervisor", True),
    *((f"target_any_{mode}", f"target_own_{mode}", True) for mode in ("icbt", "blended", "novice_icbt", "f2f")),
)
"""Fields that cannot stand in any order, as (smaller, larger, may they be equal)."""


@dataclass(frozen=True)
class Setting:
    """What one field of a policy may be: `low` to `high` for a number, or one of `options` (text or numbers)."""

    name: str
    default: object
    low: int = 0
    high: int = 0
    options: tuple[object, ...] = ()


def _setting(spec: dataclasses.Field[Any]) -> Setting:
    options = tuple(type(spec.default)) if isinstance(spec.default, StrEnum) else spec.metadata.get("options", ())
    return Setting(spec.name, spec.default, spec.metadata.get("low", 0), spec.metadata.get("high", 0), options)


SETTINGS: Mapping[str, Setting] = {spec.name: _setting(spec) for spec in dataclasses.fields(Policy)}
"""Every field of a policy, in order."""
