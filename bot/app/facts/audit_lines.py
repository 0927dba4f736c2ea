"""What of the audit trail is read without a reason: a line about somebody's own text names nobody.

Who sent a case, agreed to a text or took a case back is who presents or reviews it. The line stays, with its day; who
acted is shown by a step of its own, with a reason, that leaves a line too and is told to the person.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.app.context import Work
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.ports.records import Audited, AuditEntry

AUTHORS = frozenset({Audited.CASE_SUBMITTED.value, Audited.GATE_CONFIRMED.value})
"""Lines that only the author of a text leaves."""
PERHAPS_AUTHORS = frozenset({Audited.CASE_WITHDRAWN.value, Audited.REASSIGNED.value})
"""Lines of an author or of a supervisor: the author's name nobody, whoever it was."""


async def unnamed(work: Work, lines: Iterable[AuditEntry]) -> frozenset[int]:
    """The numbers of the lines whose actor is not shown."""
    lines = list(lines)
    found = {line.number for line in lines if line.what in AUTHORS}
    perhaps = [line for line in lines if line.what in PERHAPS_AUTHORS]
    subjects = sorted({line.subject for line in perhaps})
    cases = {case.id for case in await work.uow.find(Case, id__in=subjects)} if subjects else set()
    authors = await work.uow.presenters(sorted(cases))
    actors = sorted({line.actor for line in perhaps})
    people = {person.id: person for person in await work.uow.find(Person, id__in=actors)} if actors else {}
    for line in perhaps:
        person = people.get(line.actor)
        may_be_author = person is not None and not person.has(Role.SUPERVISOR)
        if line.subject in cases and (authors.get(line.subject) == line.actor or may_be_author):
            found.add(line.number)
    return frozenset(found)
