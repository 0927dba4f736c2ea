"""Whose caseload typed words are about: one's own, or that of a member whom a supervisor names first."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import groups_for_planning, members
from bot.domain.person import Person, Role

_PARTING = " ,:"


async def whose(ctx: Context, text: str) -> tuple[Person, str]:
    """The member named at the beginning ("for Kim Lee: leave until Friday"), with the words behind; else oneself.

    A member is named with "for" before or a colon behind, by the whole name or a first name that only one has.
    """
    if not ctx.me.has(Role.SUPERVISOR):
        return ctx.me, text
    words = text.split()
    said_for = bool(words) and words[0].casefold() in ctx.aliases("for")
    named = " ".join(words[1:] if said_for else words).removeprefix("@")
    for name, person in (await _by_name(ctx)).items():
        rest = named[len(name) :]
        is_named = named.casefold().startswith(name) and (not rest or rest[0] in _PARTING)
        if person and is_named and (said_for or rest.lstrip().startswith(":")):
            return person, rest.strip(_PARTING)
    return ctx.me, text


async def planned_members(ctx: Context) -> list[Person]:
    """Everybody in the groups the supervisor plans for."""
    people = {p.id: p for group in await groups_for_planning(ctx) for p in await members(ctx, group)}
    return list(people.values())


async def _by_name(ctx: Context) -> dict[str, Person | None]:
    """Members the supervisor may act for by name, long names first; None where several have the name."""
    found: dict[str, Person | None] = {}
    for person in await planned_members(ctx):
        name = " ".join(person.name.split()).casefold()
        for each in {name, name.split(" ")[0]}:
            found[each] = None if each in found else person
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))
