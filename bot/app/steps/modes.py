"""Modes as facts that are amended: switched for good or for a time, moved, shortened, deleted, with history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.domain.caseload import Caseload, Mode, ModeChange, plan_switch
from bot.domain.person import Person
from bot.errors import Refusal
from bot.ports.records import ModeEntry


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
    plan_switch(before, ModeChange(person.id, mode, first, "", work.now, last))
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
    """Periods of this very mode that the new one cuts short: is the old end wrong, or does it still hold?"""
    if last is None:
        return []
    entries = await work.uow.find(ModeEntry, person=person.id, mode=mode.value, cancelled_at=None, order=("from_day",))
    in_force = {change.id for change in (await caseload_of(work, person)).mode_history}
    return [
        entry
        for entry in entries
        if entry.id in in_force and entry.until_day and entry.until_day > last and entry.from_day <= last
        if entry.until_day >= first
    ]


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
        recorded_at=work.now,
        recorded_by=by,
        until_day=last,
        replaces=replaces,
    )
    await work.uow.add(entry)
    return entry
