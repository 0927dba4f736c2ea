"""Modes as facts that are amended: switched for good or for a time, moved, shortened, deleted, with history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.steps.recorded import recorded_now
from bot.domain.caseload import Caseload, Mode, ModeChange, newest_switch, plan_switch
from bot.domain.person import Person
from bot.errors import Refusal
from bot.ports.records import ModeEntry

ONE_DAY = timedelta(days=1)


class NoSuchSwitch(Refusal):
    """The switch was amended or deleted already."""


@dataclass(frozen=True)
class Switched:
    """What one step did, with the caseload before it."""

    person: str
    before: Caseload
    made: ModeEntry | None = None
    cancelled: tuple[ModeEntry, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """What it takes to undo it."""
        made = [self.made.id] if self.made else []
        return {"person": self.person, "made": made, "cancelled": [entry.id for entry in self.cancelled]}


async def switch(work: Work, person: Person, mode: Mode, first: date, last: date | None, *, by: str) -> Switched:
    """From a day on, for good or until a day. Raises `SameModeAlready`, `ModeEndsBeforeItStarts`."""
    before = await caseload_of(work, person)
    plan_switch(before, newest_switch(before, mode, first, last))
    return Switched(person.id, before, await _add(work, person, mode, first, last, by, None))


async def amend(
    work: Work, entries: Sequence[ModeEntry], mode: Mode, first: date, last: date | None, *, by: str
) -> Switched:
    """Another mode, first or last day in place of recorded switches; they stay readable."""
    if not entries or any(entry.cancelled_at for entry in entries):
        raise NoSuchSwitch
    person = await work.uow.get(Person, entries[0].person)
    before = await caseload_of(work, person)
    for entry in entries:
        await work.uow.save(replace(entry, cancelled_at=work.now))
    made = await _add(work, person, mode, first, last, by, entries[0].id)
    return Switched(person.id, before, made, tuple(entries))


async def delete(work: Work, entry: ModeEntry) -> Switched:
    """As if the switch had never been recorded."""
    if entry.cancelled_at:
        raise NoSuchSwitch
    before = await caseload_of(work, await work.uow.get(Person, entry.person))
    await work.uow.save(replace(entry, cancelled_at=work.now))
    return Switched(entry.person, before, None, (entry,))


async def undo(work: Work, data: Mapping[str, Any]) -> None:
    """Put the recorded switches back as they were."""
    for id in data["made"]:
        await work.uow.save(replace(await work.uow.get(ModeEntry, id), cancelled_at=work.now))
    for id in data["cancelled"]:
        await work.uow.save(replace(await work.uow.get(ModeEntry, id), cancelled_at=None))


async def shortened_by(work: Work, person: Person, mode: Mode, first: date, last: date | None) -> list[ModeEntry]:
    """Periods of this very mode that the new one cuts short, or the switch to it that has no end.

    Is the old end wrong, or does it still hold?
    """
    if last is None:
        return []
    entries = await work.uow.find(ModeEntry, person=person.id, mode=mode.value, cancelled_at=None, order=("from_day",))
    before = await caseload_of(work, person)
    in_force = {change.id for change in before.mode_history}
    if first <= work.today(person.timezone) and before.chosen_mode_on(first) is mode:
        running = await ending_on(work, person, mode, last)
        if running and running[0].until_day is None:
            return running
    return [
        entry
        for entry in entries
        if entry.id in in_force and entry.until_day and entry.until_day > last and entry.from_day <= last
        if entry.until_day >= first
    ]


async def ending_otherwise(work: Work, person: Person, mode: Mode, first: date, last: date | None) -> list[ModeEntry]:
    """Recorded periods of this very mode that a new one would give another end, or none: it is asked what holds."""
    if last is not None:
        return await shortened_by(work, person, mode, first, last)
    found = await period_of(work, person, mode)
    return [found] if found and found.until_day and found.from_day <= first <= found.until_day else []


async def period_of(work: Work, person: Person, mode: Mode) -> ModeEntry | None:
    """The period of a mode, with an end, that runs today, else the only one to come."""
    before, today = await caseload_of(work, person), work.today(person.timezone)
    running = before.chosen_mode_on(today) is mode
    begun = [step for step in before.mode_steps if step.day <= today]
    changes = [begun[-1].change] if running and begun else [c for c in before.mode_history if c.from_date > today]
    ids = [change.id for change in changes if change and change.mode is mode and change.until]
    return await work.uow.get(ModeEntry, ids[0]) if len(ids) == 1 else None


async def ending_on(work: Work, person: Person, mode: Mode, last: date) -> list[ModeEntry]:
    """The recorded switch that "this mode ends on `last`" is about: the one in force today, else the only one to come.

    None where another one to come can be meant, or where the mode would hold after that day all the same.
    """
    before, today = await caseload_of(work, person), work.today(person.timezone)
    running = before.chosen_mode_on(today) is mode
    begun = [step for step in before.mode_steps if step.day <= today]
    changes = [begun[-1].change] if running and begun else [c for c in before.mode_history if c.from_date > today]
    ids = [change.id for change in changes if change and change.mode is mode and change.from_date <= last]
    if len(ids) != 1:
        return []
    others = tuple(change for change in before.modes if change.id != ids[0])
    if replace(before, modes=others).chosen_mode_on(last + ONE_DAY) is mode:
        return []
    return [await work.uow.get(ModeEntry, ids[0])]


async def _add(
    work: Work, person: Person, mode: Mode, first: date, last: date | None, by: str, replaces: str | None
) -> ModeEntry:
    change = ModeChange(person.id, mode, first, "", work.now, last)  # refuses an end before the start
    entry = ModeEntry(
        id=work.tools.ids.new("mode"),
        organisation=work.uow.organisation,
        person=person.id,
        mode=change.mode.value,
        from_day=first,
        recorded_at=await recorded_now(work, ModeEntry, person.id),
        recorded_by=by,
        until_day=last,
        replaces=replaces,
    )
    await work.uow.add(entry)
    return entry
