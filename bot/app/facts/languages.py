"""In which language a case is written and who could review it: where language is what stops a case, it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.app.context import Work
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role

NORDIC = ("da", "nb", "sv")
"""Read by most people who read one of them; offered together."""


async def text_language(work: Work, person: Person) -> str:
    """The language in which a person's texts start: their clinic's, else their own."""
    return (await work.uow.get(Clinic, person.clinic)).writes or person.language


@dataclass(frozen=True)
class LanguageGap:
    """In a group, `readers` of its `of` therapists read what is written in `language`; fewer than a case wants."""

    group: str
    language: str
    readers: int
    of: int


@dataclass(frozen=True)
class Parts:
    """A group whose therapists fall apart: nobody of one part reads what is written in another."""

    group: str
    parts: Sequence[Sequence[str]]
    """Names, part by part."""


async def language_gaps(
    work: Work, group: Group, members: Sequence[Person], clinics: Mapping[str, Clinic]
) -> tuple[list[LanguageGap], Parts | None]:
    """What a group's languages stop; its members, and their clinics by id, are read for many groups at once."""
    people = [person for person in members if person.has(Role.THERAPIST)]
    writes = {person.id: clinics[person.clinic].writes or person.language for person in people}
    wanted = (await work.policy(group)).reviewers_per_case
    gaps = []
    for language in sorted(set(writes.values())):
        readers = [p for p in people if language in p.languages]
        # Whoever presents cannot review: one of the readers is missing from each case of their own.
        others = len(readers) - any(writes[p.id] == language for p in readers)
        if others < min(wanted, len(people) - 1):
            gaps.append(LanguageGap(group.name, language, len(readers), len(people)))
    parts = _parts(people, writes)
    names = [[person.name for person in part] for part in parts]
    return gaps, Parts(group.name, names) if len(parts) > 1 else None


def _parts(people: Sequence[Person], writes: Mapping[str, str]) -> list[list[Person]]:
    """People in parts that no reading joins: one reads what the other writes, or the other way round.

    Whoever writes a language is joined with everybody who reads it, so each language that is read joins all of its
    writers and readers: one look at everybody a language, also where very many are in a group.
    """
    first = {person.id: person.id for person in people}

    def root(id: str) -> str:
        while first[id] != id:
            first[id] = id = first[first[id]]
        return id

    for language in set(writes.values()):
        readers = [p.id for p in people if language in p.languages]
        for id in (*readers, *(p.id for p in people if readers and writes[p.id] == language)):
            first[root(id)] = root(readers[0])
    parts: dict[str, list[Person]] = {}
    for person in people:
        parts.setdefault(root(person.id), []).append(person)
    return list(parts.values())
