"""The first message a person gets: who set this up, with whom, what happens next, how anonymity works.

It is sent once, as soon as somebody belongs to a group and there is a place where they notice it; whoever has used the
program before needs none.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.permissions import groups_of
from bot.app.facts.reachability import reachability_of
from bot.domain.person import Contact, Person

WELCOME = "welcome"


async def welcome(work: Work, person: Person) -> None:
    """Post the welcome if it is time for it; of repeated calls one posts it."""
    if not person.active or not await groups_of(work, person):
        return
    addresses = await work.uow.find(Contact, person=person.id, ended_at=None)
    if any(each.seen_at and each.seen_at < work.now and each.seen_at > person.created_at for each in addresses):
        return
    if (await reachability_of(work, [person]))[person.id].reached:
        await work.tell(person.id, WELCOME, person.id)


async def greet(work: Work, id: str) -> None:
    """The day has come on which somebody belongs to their first group."""
    await welcome(work, await work.uow.get(Person, id))
