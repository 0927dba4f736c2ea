"""A therapist's private worksheet: rows without identities, sealed under a key of the sheet's own.

Nobody but the person reads it; a row goes when its therapist deletes it or leaves it alone for the policy's days, the
sheet with its last row. Its record says only whose it is and when its oldest row was changed.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.app.context import Context, Work
from bot.app.facts.permissions import person_policy
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person
from bot.domain.policy import SETTINGS
from bot.errors import Refusal
from bot.ports.records import Worksheet
from bot.reports.case_choice import Limits, Patient

ROWS = "rows"
"""The name under which the rows are sealed."""
MOST_ROWS = 300
NUMBER = re.compile(r"[A-Za-z]{0,2}-?\d{1,3}")
"""A therapist's own number: too short for a date of birth, a record number or somebody's name."""


class WorksheetOff(Refusal):
    """The organisation's policy has no private worksheets."""


class NoSuchRow(Refusal):
    """A row that is not, or no longer, in the person's own worksheet."""


class WorksheetFull(Refusal):
    """A worksheet has at most `rows` rows."""


@dataclass(frozen=True)
class SheetRow:
    """A patient of the sheet, and when the row was changed last."""

    patient: Patient
    changed_at: datetime


async def must_be_on(work: Work, person: Person) -> None:
    """Refuse by name where the policy has no worksheets."""
    if not (await person_policy(work, person)).worksheet:
        raise WorksheetOff


async def limits_of(work: Work, person: Person) -> Limits:
    """From when on silence and not being discussed count."""
    policy = await person_policy(work, person)
    return Limits(policy.worksheet_silent_days, policy.worksheet_undiscussed_days)


async def rows_of(work: Work, person: Person) -> list[SheetRow]:
    """The rows of a person's sheet, in the order of their numbers."""
    sheet = await sheet_of(work, person.id)
    return await _rows(work, sheet) if sheet else []


async def sheet_of(work: Work, person: str) -> Worksheet | None:
    """The person's sheet, if there is one."""
    return await work.uow.one(Worksheet, person=person)


async def my_row(ctx: Context, id: str) -> SheetRow:
    """A row of one's own sheet, as long as the policy has worksheets."""
    await must_be_on(ctx, ctx.me)
    for row in await rows_of(ctx, ctx.me):
        if row.patient.id == id:
            return row
    raise NoSuchRow


async def keep(work: Work, person: Person, *patients: Patient) -> None:
    """Put these patients into the sheet, each instead of the one with its id. Raises `WorksheetFull`."""
    rows = {row.patient.id: row for row in await rows_of(work, person)}
    rows |= {patient.id: SheetRow(patient, work.now) for patient in patients}
    if len(rows) > MOST_ROWS:
        raise WorksheetFull(rows=MOST_ROWS)
    await _write(work, person.id, list(rows.values()))


async def drop(work: Work, person: Person, id: str) -> None:
    """Erase a row."""
    await _write(work, person.id, [row for row in await rows_of(work, person) if row.patient.id != id])


async def erase(work: Work, person: Person) -> None:
    """Erase the whole sheet with its key."""
    await _write(work, person.id, [])


async def sheets_over(work: Work, limit: int | None) -> list[Worksheet]:
    """Sheets with a row that nobody changed for the days of the policy; the shortest of the person's groups holds."""
    fewest = SETTINGS["worksheet_days"].low
    waiting = await work.uow.find(
        Worksheet, oldest_at__le=work.now - timedelta(days=fewest), order=("oldest_at",), limit=None
    )
    days = await _days_kept(work, [sheet.person for sheet in waiting])
    over = [sheet for sheet in waiting if sheet.oldest_at <= work.now - timedelta(days=days[sheet.person])]
    return over[:limit]


async def erase_rows_over(work: Work, sheets: Sequence[Worksheet]) -> None:
    """Erase of these sheets every row whose time is over."""
    days = await _days_kept(work, [sheet.person for sheet in sheets])
    for sheet in sheets:
        cut = work.now - timedelta(days=days[sheet.person])
        kept = [row for row in await _rows(work, sheet) if row.changed_at > cut]
        await _write(work, sheet.person, kept)


async def _days_kept(work: Work, people: Sequence[str]) -> Mapping[str, int]:
    """For how many days each person's rows stay unchanged."""
    usual = (await work.policy()).worksheet_days
    by_group = {group.id: (await work.policy(group)).worksheet_days for group in await work.uow.find(Group)}
    found: defaultdict[str, int] = defaultdict(lambda: usual)
    if people:
        for person, group in await work.uow.columns(
            Membership, ("person", "group"), person__in=sorted(set(people)), left_on=None
        ):
            found[person] = min(found.get(person, by_group[group]), by_group[group])
    return found


async def _rows(work: Work, sheet: Worksheet) -> list[SheetRow]:
    sealed = await work.uow.sealed(sheet.id, ROWS)
    return [_row(each) for each in json.loads(sealed)] if sealed else []


async def _write(work: Work, person: str, rows: Sequence[SheetRow]) -> None:
    sheet = await sheet_of(work, person)
    if not rows:
        if sheet:
            await work.uow.shred(sheet.id)
            await work.uow.remove(Worksheet, sheet.id)
        return
    oldest = min(row.changed_at for row in rows)
    if sheet:
        sheet = await work.uow.save(replace(sheet, oldest_at=oldest))
    else:
        sheet = Worksheet(work.tools.ids.new("worksheet"), work.uow.organisation, person, oldest)
        await work.uow.add(sheet)
    ordered = sorted(rows, key=lambda row: row.patient.number)
    await work.uow.put_sealed(sheet.id, ROWS, json.dumps([as_written(row) for row in ordered]).encode())


def as_written(row: SheetRow) -> dict[str, Any]:
    """A row as it is sealed, and as its person gets it in a file."""
    patient = row.patient
    return {
        "id": patient.id,
        "number": patient.number,
        "week": patient.week,
        "noted": patient.noted.isoformat(),
        "weeks": patient.weeks,
        "programme": patient.programme,
        "scores": {name: [list(point) for point in points] for name, points in patient.scores.items()},
        "heard": patient.heard.isoformat() if patient.heard else None,
        "discussed": patient.discussed.isoformat() if patient.discussed else None,
        "changed_at": row.changed_at.isoformat(),
    }


def _row(written: Mapping[str, Any]) -> SheetRow:
    scores = {name: tuple((week, score) for week, score in points) for name, points in written["scores"].items()}
    return SheetRow(
        Patient(
            id=written["id"],
            number=written["number"],
            week=written["week"],
            noted=date.fromisoformat(written["noted"]),
            weeks=written["weeks"],
            programme=written["programme"],
            scores=scores,
            heard=_day(written["heard"]),
            discussed=_day(written["discussed"]),
        ),
        datetime.fromisoformat(written["changed_at"]),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
