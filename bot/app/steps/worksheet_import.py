"""Scores from a FHIR file on their way into a private worksheet: by a pseudonym, dates as weeks of the programme.

A week that the sheet has another score for is never overwritten unsaid: each is listed with both scores.
Nothing of the file stays but instruments, weeks and scores. Its ids for patients are compared with the numbers of the
sheet, and only rows that are there are filled; another id is never kept. A new row needs a number that was typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.app.context import Work
from bot.app.steps import worksheet
from bot.app.steps.worksheet import NUMBER
from bot.domain.person import Person
from bot.reports.case_choice import LATEST_WEEK, WEEK_DAYS, Patient, Point
from bot.reports.fhir_scores import BundleScores, Fault, Problem, Reading
from bot.reports.scores import MOST_POINTS

LATEST_SCORED_WEEK = 99


@dataclass(frozen=True)
class Differs:
    """A week with two scores: `held` is the sheet's or the file's earlier one, `file` the file's; which one is kept."""

    number: str
    instrument: str
    week: int
    held: int
    file: int
    kept: int


@dataclass(frozen=True)
class TakenIn:
    """What came of a file: the rows it went to, how many scores, what was not read, how many other resources."""

    numbers: tuple[str, ...]
    scores: int
    faults: tuple[Fault, ...]
    others: int
    strangers: int = 0
    """Scores of an id that could be a number and is none of the sheet's."""
    differ: tuple[Differs, ...] = ()
    """Weeks for which the sheet held another score, or the file holds two."""


async def take_in(
    work: Work, person: Person, found: BundleScores, number: str, today: date, *, replace_scores: bool = False
) -> TakenIn:
    """Put the scores into the sheet; where it has another for a week, that one stays unless they are to be replaced.

    With a `number` the file is of one patient, whatever it calls them.

    Without one each patient's id has to be a number of the sheet. What is of somebody else is left out and counted.
    """
    by_row, faults = _by_number(found.readings, number.upper())
    rows = {row.patient.number: row.patient for row in await worksheet.rows_of(work, person)}
    strange = [] if number else [each for each in by_row if each not in rows]
    strangers = sum(len(by_row.pop(each)) for each in strange)
    differ: list[Differs] = []
    changed = [
        _with(work, rows.get(each), each, readings, today, replace_scores=replace_scores, differ=differ)
        for each, readings in by_row.items()
    ]
    if changed:
        await worksheet.keep(work, person, *changed)
    left = sum(each.kept != each.file for each in differ)
    count = sum(len(readings) for readings in by_row.values()) - left
    return TakenIn(tuple(sorted(by_row)), count, (*found.faults, *faults), found.others, strangers, tuple(differ))


def _by_number(readings: Iterable[Reading], number: str) -> tuple[dict[str, list[Reading]], list[Fault]]:
    by_row: defaultdict[str, list[Reading]] = defaultdict(list)
    faults: list[Fault] = []
    one: str | None = None
    for reading in readings:
        one = reading.subject if one is None else one
        own = reading.subject.upper()
        if number and reading.subject == one:
            by_row[number].append(reading)
        elif not number and NUMBER.fullmatch(own):
            by_row[own].append(reading)
        else:
            faults.append(Fault(Problem.PATIENT, f"{reading.place}.subject"))
    return by_row, faults


def _with(
    work: Work,
    patient: Patient | None,
    number: str,
    readings: Sequence[Reading],
    today: date,
    *,
    replace_scores: bool,
    differ: list[Differs],
) -> Patient:
    """The row with these scores beside those it had; a new row begins with the first of them.

    Of two scores of the file in one week the later one counts; both are in `differ`, as is what the sheet had.
    """
    start = patient.started if patient else min(reading.day for reading in readings)
    if patient is None:
        week = min((today - start).days // WEEK_DAYS + 1, LATEST_WEEK)
        patient = Patient(work.tools.ids.new("row"), number, week, today)
    series: dict[str, dict[int, int]] = {name: dict(points) for name, points in patient.scores.items()}
    own = {(name, week) for name, points in series.items() for week in points}
    for reading in sorted(readings, key=lambda each: each.day):
        name, week = reading.instrument.name, max((reading.day - start).days // WEEK_DAYS + 1, 0)
        if week > LATEST_SCORED_WEEK:
            continue
        points = series.setdefault(name, {})
        held = points.get(week, reading.score)
        kept = held if (name, week) in own and not replace_scores else reading.score
        if held != reading.score:
            differ.append(Differs(number, name, week, held, reading.score, kept))
        points[week] = kept
    return replace(patient, scores={name: _most(sorted(points.items())) for name, points in series.items()})


def _most(points: Sequence[Point]) -> tuple[Point, ...]:
    """As many as a series may have: the first and the latest."""
    return tuple(points) if len(points) <= MOST_POINTS else (points[0], *points[-(MOST_POINTS - 1) :])
