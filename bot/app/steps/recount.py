"""Keep everybody's counted quarters up to date, in the background: once an hour, read first, then one short write.

Rows of the running quarter are kept too, so that the first report of a quarter that has just ended is fast as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.first_report import first_quarter
from bot.app.steps.quarter_rows import SOME, from_facts, overtaken_by
from bot.domain.person import Person
from bot.ports.records import CountedQuarter, PersonQuarter, RecountMark
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, Store
from bot.reports.periods import Quarter
from bot.reports.sheets import Sheet, dump_sheet, load_sheet

Counted = Mapping[str, tuple[str, Sheet]]
"""The id of the clinic and the sheet, by person."""


@dataclass(frozen=True)
class Again:
    """What a recount found: marks it answers, and of each quarter the rows of these people (None: of everybody)."""

    marks: Sequence[RecountMark]
    rows: Mapping[Quarter, tuple[Sequence[str] | None, Counted]]
    new: Sequence[Quarter]
    """Quarters that were not kept before."""
    over: Sequence[Quarter]
    """Quarters that are kept no longer."""


@dataclass(frozen=True)
class Difference:
    """A row that is not what the facts give; the names of what differs, or "missing", "too many"."""

    quarter: Quarter
    person: str
    what: tuple[str, ...]


async def recount(store: Store, organisation: str, now: datetime, tools: Tools) -> int:
    """Make rows again that facts overtook, and a few quarters more, the latest first; how many rows changed."""
    async with store.begin(organisation, write=False) as uow:
        again = await _again(Work(uow, now, tools))
    if not (again.marks or again.rows or again.over):
        return 0
    async with store.begin(organisation) as uow:
        changed = await _write(Work(uow, now, tools), again)
        await uow.commit()
    return changed


async def recount_everything(store: Store, organisation: str, now: datetime, tools: Tools) -> int:
    """Until there is nothing left to make; how many rows changed."""
    total = 0
    for _ in range(MOST_QUARTERS):
        changed = await recount(store, organisation, now, tools)
        total += changed
        if not changed:
            break
    return total


AT_A_TIME = 3
"""So many quarters more are counted in one go: each takes seconds in a service of ten thousand."""
MOST_QUARTERS = 100
"""More than are ever kept."""


async def differences(work: Work) -> list[Difference]:
    """Every row that is not equal to the computation from the facts, those aside that are marked to be made again."""
    overtaken = await overtaken_by(work, await work.uow.find(RecountMark))
    found: list[Difference] = []
    for quarter in await _kept(work):
        if overtaken.everybody:
            break
        marked = frozenset(overtaken.among(quarter))
        facts = {person: row for person, row in (await _facts(work, quarter)).items() if person not in marked}
        rows = {person: row for person, row in (await _rows(work, quarter)).items() if person not in marked}
        found += [Difference(quarter, person, ("missing",)) for person in sorted(facts.keys() - rows.keys())]
        found += [Difference(quarter, person, ("too many",)) for person in sorted(rows.keys() - facts.keys())]
        for person in sorted(facts.keys() & rows.keys()):
            if facts[person] != rows[person]:
                found.append(Difference(quarter, person, _names(facts[person], rows[person])))
    return found


async def make_again(work: Work, people: Iterable[str]) -> None:
    """Mark these people's rows to be made again."""
    for person in sorted(people):
        await work.uow.save(await work.uow.get(Person, person))  # which marks all of theirs


async def _again(work: Work) -> Again:
    marks = await work.uow.find(RecountMark)  # before the facts: what changes from here on is marked anew
    overtaken = await overtaken_by(work, marks)
    everybody = overtaken.everybody or len(overtaken.people) > SOME
    kept = await _kept(work)
    rows: dict[Quarter, tuple[Sequence[str] | None, Counted]] = {}
    for quarter in [] if everybody else kept:
        if people := overtaken.among(quarter):
            rows[quarter] = people, await _facts(work, quarter, people)
    wanted = await _wanted(work)
    new = [quarter for quarter in wanted if everybody or quarter not in kept][:AT_A_TIME]
    for quarter in new:
        rows[quarter] = None, await _facts(work, quarter)
    over = [quarter for quarter in kept if quarter not in wanted or (everybody and quarter not in new)]
    return Again(marks, rows, new, over)


async def _wanted(work: Work) -> list[Quarter]:
    """The running quarter, then backwards to the first that has a report."""
    first = await first_quarter(work)
    found, quarter = list[Quarter](), Quarter.of(work.now.date())
    while first is not None and quarter >= first:
        found.append(quarter)
        quarter = quarter.previous
    return found


async def _write(work: Work, again: Again) -> int:
    lost = [mark for mark in again.marks if not await _answered(work, mark)]
    # A mark that changed meanwhile means facts newer than these rows: whom it meant is left to the next recount.
    left = await overtaken_by(work, lost)
    if left.everybody:
        return 0
    changed = 0
    for quarter, (people, counted) in again.rows.items():
        skipped = frozenset(left.among(quarter))
        kept = await _rows(work, quarter, people)
        wanted = {person: row for person, row in counted.items() if person not in skipped}
        put = [_row(work, quarter, person, row) for person, row in wanted.items() if kept.get(person) != row]
        gone = [_id(work, quarter, person) for person in kept if person not in counted and person not in skipped]
        await work.uow.put_quarters(put)
        await work.uow.remove(PersonQuarter, *gone)
        changed += len(put) + len(gone)
        if quarter in again.new:
            entry = _counted_quarter(work, quarter)
            await work.uow.remove(CountedQuarter, entry.id)
            await work.uow.add(entry)
        elif put or gone:
            await forget_report(work, quarter)
    await work.uow.remove(CountedQuarter, *[_counted_quarter(work, quarter).id for quarter in again.over])
    return changed + len(again.new)


async def _facts(work: Work, quarter: Quarter, people: Sequence[str] | None = None) -> Counted:
    """The sheets as they are kept, which name no clinic: it is known by its id."""
    found = await from_facts(work, quarter, people)
    return {person: (clinic, sheet._replace(clinic="")) for person, (clinic, sheet) in found.items()}


async def _answered(work: Work, mark: RecountMark) -> bool:
    """Take a mark away, unless it changed since it was read."""
    try:
        await work.uow.save(mark)
    except (ChangedMeanwhile, NotFound):
        return False
    await work.uow.remove(RecountMark, mark.id)
    return True


async def forget_report(work: Work, quarter: Quarter) -> None:
    """What the rows of a quarter make is to be made again."""
    counted = await work.uow.one(CountedQuarter, year=quarter.year, number=quarter.number)
    if counted and counted.report:
        await work.uow.save(replace(counted, report={}))


async def _kept(work: Work) -> list[Quarter]:
    rows = await work.uow.columns(CountedQuarter, ("year", "number"))
    return sorted(Quarter(year, number) for year, number in rows)


async def _rows(work: Work, quarter: Quarter, people: Sequence[str] | None = None) -> dict[str, tuple[str, Sheet]]:
    """The rows as they are kept; the sheets name no clinic, only its id is compared."""
    some = {} if people is None else {"person__in": list(people)}
    names = ("person", "clinic", "data")
    rows = await work.uow.columns(PersonQuarter, names, year=quarter.year, number=quarter.number, **some)
    return {person: (clinic, load_sheet("", data)) for person, clinic, data in rows}


def _names(facts: tuple[str, Sheet], row: tuple[str, Sheet]) -> tuple[str, ...]:
    fields = [name for name in Sheet._fields if getattr(facts[1], name) != getattr(row[1], name)]
    return (*(["clinic"] if facts[0] != row[0] else []), *fields)


def _row(work: Work, quarter: Quarter, person: str, counted: tuple[str, Sheet]) -> PersonQuarter:
    clinic, sheet = counted
    id = _id(work, quarter, person)
    return PersonQuarter(id, work.uow.organisation, quarter.year, quarter.number, person, clinic, dump_sheet(sheet))


def _counted_quarter(work: Work, quarter: Quarter) -> CountedQuarter:
    organisation = work.uow.organisation
    id = f"{organisation}:{quarter.year}-{quarter.number}"
    return CountedQuarter(id, organisation, quarter.year, quarter.number, work.now)


def _id(work: Work, quarter: Quarter, person: str) -> str:
    return f"{work.uow.organisation}:{quarter.year}-{quarter.number}:{person}"
