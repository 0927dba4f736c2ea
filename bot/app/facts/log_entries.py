"""Somebody's log entries with what lies sealed or encrypted beside them."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Work
from bot.app.facts.caseload import event_of
from bot.domain.supervision import SupervisionEvent
from bot.ports.records import LogEntry

SUPERVISOR, PROFESSIONS, SIGNER = "supervisor", "professions", "signer"
"""Names of sealed values of an entry: who supervised, the professions of who took part, who signed it from outside."""
OUTSIDE = "outside"
"""How ids of those begin who signed with a link and have no account."""


async def entries_of(work: Work, person: str, *, words: bool = False) -> list[SupervisionEvent]:
    """Every version of every entry; with `words` the learning points and names too (exports, signatures)."""
    found = []
    for stored in await work.uow.find(LogEntry, person=person, order=("day", "recorded_at")):
        event = event_of(stored)
        found.append(await _with_words(work, event, own=stored.recorded_by == person) if words else event)
    return found


async def with_words(work: Work, event: SupervisionEvent) -> SupervisionEvent:
    """An entry with its learning point and the names of who supervised and signed it."""
    stored = await work.uow.get(LogEntry, event.id)
    return await _with_words(work, event, own=stored.recorded_by == stored.person)


async def _with_words(work: Work, event: SupervisionEvent, *, own: bool) -> SupervisionEvent:
    """`own`: the person wrote the entry down themselves."""
    if own:
        texts = await work.uow.texts(event.chain, f"log:{event.id}")
        if "learning_point" in texts:
            event = replace(event, learning_point=texts["learning_point"].text)
        supervisor = await work.uow.sealed(event.chain, f"{SUPERVISOR}:{event.id}")
        event = replace(event, supervisor=supervisor.decode()) if supervisor else event
        professions = await work.uow.sealed(event.chain, f"{PROFESSIONS}:{event.id}")
        event = replace(event, professions=professions.decode()) if professions else event
    if event.signed_by and event.signed_by.startswith(OUTSIDE):
        signer = await work.uow.sealed(event.chain, f"{SIGNER}:{event.id}")
        event = replace(event, signer=signer.decode()) if signer else event
    return event
