"""Which of one's own patients to present next: rules with published sources, added up by weights that are shown.

Nothing here knows who a patient is: a row has a number of the therapist's own, weeks and scores. Rules, with sources
(what of each was read on 30 November 2026 stands in docs/worksheet.md):

- *worse*: a score is worse than the first one by the reliable change of its instrument or more (Jacobson & Truax 1991;
  by such an index 5.8 % deteriorated in internet treatment: "For better or worse", EABCT 2016).
- *no change*: from week 4 on no score is better than the first by the reliable change (in internet treatment change at
  week four predicted the outcome best: Schibbye 2014; whom to help more was found early: Forsell 2019), unless the
  first is too low to fall so far.
- *silent*: no message from the patient for longer than the policy allows; therapists support every week in five
  clinics of guided internet treatment (Titov 2018), the number of days is this product's own.
- *undiscussed*: not discussed for longer than the policy allows; ongoing cases are reviewed every two to four weeks
  (IAPT supervision guidance for high-intensity CBT, as the University of East Anglia states it).

How the weights compare is this product's own, and is said on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.reports.instruments import INSTRUMENTS, Instrument

FROM_WEEK = 4
"""The week from which no reliable change counts."""
LATEST_WEEK = 200
WEEK_DAYS = 7


class Rule(StrEnum):
    """Why a patient may need a second pair of eyes, the weightiest first."""

    WORSE = "worse"
    NO_CHANGE = "no_change"
    SILENT = "silent"
    UNDISCUSSED = "undiscussed"


WEIGHTS: Mapping[Rule, int] = {Rule.WORSE: 4, Rule.NO_CHANGE: 3, Rule.SILENT: 2, Rule.UNDISCUSSED: 1}
SOURCES: Mapping[Rule, str] = {
    Rule.WORSE: 'Jacobson & Truax 1991; "For better or worse", EABCT 2016',
    Rule.NO_CHANGE: "Schibbye 2014; Forsell 2019",
    Rule.SILENT: "Titov 2018",
    Rule.UNDISCUSSED: "IAPT supervision guidance (UEA)",
}

Point = tuple[int, int]
"""A week of the programme and the score taken in it."""


@dataclass(frozen=True)
class Patient:
    """A row of a worksheet. `week` is the week of the programme it was on the day `noted`; weeks go on by themselves.

    `number` is the therapist's own; `scores` are points in the order of weeks, by the instrument's name.
    """

    id: str
    number: str
    week: int
    noted: date
    weeks: int | None = None
    programme: str = ""
    scores: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    heard: date | None = None
    discussed: date | None = None

    @property
    def started(self) -> date:
        """The first day of week 1, as near as the week tells."""
        return self.noted - timedelta(days=WEEK_DAYS * (self.week - 1))

    def week_on(self, day: date) -> int:
        """The week of the programme on a day."""
        return min(self.week + max((day - self.noted).days, 0) // WEEK_DAYS, LATEST_WEEK)


@dataclass(frozen=True)
class Limits:
    """Days without a message, and without having been discussed, that are still all right."""

    silent_days: int
    undiscussed_days: int


@dataclass(frozen=True)
class Reason:
    """A rule that applies: `days` since the last time, or an instrument's `first` and `last` score."""

    rule: Rule
    days: int = 0
    instrument: Instrument | None = None
    first: Point = (0, 0)
    last: Point = (0, 0)


@dataclass(frozen=True)
class Ranked:
    """A patient with every rule that applies."""

    patient: Patient
    week: int
    reasons: tuple[Reason, ...]
    days_undiscussed: int

    @property
    def weight(self) -> int:
        """What the rules that apply weigh together."""
        return sum(WEIGHTS[rule] for rule in {reason.rule for reason in self.reasons})


def rank(patients: Iterable[Patient], today: date, limits: Limits) -> list[Ranked]:
    """Heaviest first; alike ones by how long nobody discussed them, then by number."""
    ranked = [_ranked(patient, today, limits) for patient in patients]
    return sorted(ranked, key=lambda each: (-each.weight, -each.days_undiscussed, each.patient.number))


def _ranked(patient: Patient, today: date, limits: Limits) -> Ranked:
    undiscussed = (today - (patient.discussed or min(patient.started, patient.noted))).days
    reasons = list(_score_reasons(patient))
    if patient.heard and (today - patient.heard).days > limits.silent_days:
        reasons.append(Reason(Rule.SILENT, (today - patient.heard).days))
    if undiscussed > limits.undiscussed_days:
        reasons.append(Reason(Rule.UNDISCUSSED, undiscussed))
    return Ranked(patient, patient.week_on(today), tuple(reasons), undiscussed)


def _score_reasons(patient: Patient) -> list[Reason]:
    """Every score that is reliably worse; else every one without reliable change, where none is reliably better."""
    worse, same, better = [], [], False
    for name, points in patient.scores.items():
        instrument = INSTRUMENTS.get(name)
        if instrument is None or instrument.reliable is None or len(points) < 2:
            continue
        first, last = points[0], points[-1]
        gain = (first[1] - last[1]) * (1 if instrument.higher_is_worse else -1)
        if gain <= -instrument.reliable:
            worse.append(Reason(Rule.WORSE, 0, instrument, first, last))
        elif gain >= instrument.reliable:
            better = True
        elif last[0] >= FROM_WEEK and _room(instrument, first[1]) >= instrument.reliable:
            same.append(Reason(Rule.NO_CHANGE, 0, instrument, first, last))
    return worse or ([] if better else same)


def _room(instrument: Instrument, score: int) -> int:
    """How far a score can still get better."""
    return score - instrument.low if instrument.higher_is_worse else instrument.high - score
