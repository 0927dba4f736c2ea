"""Everybody's quarter as the report counts it: from the rows that are kept, from the facts where facts overtook a row.

The rows are made in the background (`bot.app.steps.recount`); whatever reads them gets what the facts give at that
moment, only faster.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.app.context import Work
from bot.app.facts.report_input import service
from bot.app.steps.render_worker import made
from bot.domain.assignment import Assignment
from bot.domain.organisation import Clinic, Membership
from bot.domain.person import Person
from bot.ports.records import CountedQuarter, PersonQuarter, RecountMark
from bot.ports.recount import EVERYBODY
from bot.reports.periods import Quarter
from bot.reports.sheets import Sheet, load_sheet, sheet_of

SOME = 500
"""More people than this are not asked for one by one: everybody's facts are read at once."""
AT_ONCE = 5000


@dataclass(frozen=True)
class Overtaken:
    """Whose rows are to be made again from which day on; `everybody`: all of them, of every quarter."""

    people: Mapping[str, date]
    everybody: bool = False

    def among(self, quarter: Quarter) -> list[str]:
        """Those whose row of this quarter may be wrong."""
        return sorted(person for person, since in self.people.items() if since <= quarter.last)


async def sheets_of(work: Work, quarter: Quarter) -> Mapping[str, Sheet]:
    """By person, of everybody followed."""
    if not await work.uow.count(CountedQuarter, year=quarter.year, number=quarter.number):
        return {person: sheet for person, (_, sheet) in (await from_facts(work, quarter)).items()}
    overtaken = await overtaken_by(work, await work.uow.find(RecountMark))
    again = overtaken.among(quarter)
    if overtaken.everybody or len(again) > SOME:
        return {person: sheet for person, (_, sheet) in (await from_facts(work, quarter)).items()}
    clinics = {clinic.id: clinic.name for clinic in await work.uow.find(Clinic)}
    kept = ("person", "clinic", "data")
    rows = await work.uow.columns(PersonQuarter, kept, year=quarter.year, number=quarter.number)
    gone = frozenset(again)
    sheets = {person: load_sheet(clinics[clinic], data) for person, clinic, data in rows if person not in gone}
    if again:
        sheets |= {person: sheet for person, (_, sheet) in (await from_facts(work, quarter, again)).items()}
    return sheets


async def from_facts(
    work: Work, quarter: Quarter, only: Sequence[str] | None = None
) -> Mapping[str, tuple[str, Sheet]]:
    """The id of the clinic and the sheet, by person, counted from the facts; of `only` these, or of everybody."""
    facts = await service(work, quarter, only)
    at, policy, closures = facts.clinics, facts.policy, facts.closures
    return await made(
        lambda: {
            each.person: (at[each.person], sheet_of(each, quarter, policy, closures.get(each.clinic)))
            for each in facts.people
        }
    )


async def overtaken_by(work: Work, marks: Collection[RecountMark]) -> Overtaken:
    """Whom these marks mean: a case's presenter and reviewers, a group's and a clinic's people."""
    named: dict[str, dict[str, date]] = {kind: {} for kind in ("person", "case", "group", "clinic")}
    for mark in marks:
        if mark.whose == EVERYBODY:
            return Overtaken({}, everybody=True)
        kind, _, id = mark.whose.partition(":")
        named[kind][id] = mark.since
    since = dict(named["person"])

    def mean(person: str, day: date) -> None:
        since[person] = min(day, since.get(person, day))

    cases = list(named["case"])
    for at in range(0, len(cases), AT_ONCE):
        some = cases[at : at + AT_ONCE]
        for case, presenter in (await work.uow.presenters(some)).items():
            mean(presenter, named["case"][case])
        for case, reviewer in await work.uow.columns(Assignment, ("case", "reviewer"), case__in=some):
            mean(reviewer, named["case"][case])
    for group, person in await work.uow.columns(Membership, ("group", "person"), group__in=list(named["group"])):
        mean(person, named["group"][group])
    for clinic, person in await work.uow.columns(Person, ("clinic", "id"), clinic__in=list(named["clinic"])):
        mean(person, named["clinic"][clinic])
    return Overtaken(since)
