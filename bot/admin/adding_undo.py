"""Taking back that people were added: who has not been written to yet is as if never added.

Whoever was written to or has begun cannot be unmade: their access ends as if they left. What was theirs before they
came back is theirs again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.app.context import Work
from bot.app.steps.departure import leave_group, leave_service
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ports.schema import REFERENCES
from bot.ports.unit_of_work import those

OURS = frozenset({Contact, Membership, OutboxEntry})
"""What adding makes of somebody; any other record is something they or others did since."""
MOMENTS = ("person.remind", "person.welcome")


@dataclass(frozen=True)
class TakenBack:
    """The ids of who is gone without a trace, and of who had been written to or had begun and lost access."""

    removed: tuple[str, ...]
    ended: tuple[str, ...]


async def noted_before(work: Work) -> dict[str, Any]:
    """Who is here and in which group, and what those who left held, before people are added."""
    left = await work.uow.find(Person, removed_at__not=None)
    return {
        "left": {p.id: [str(p.removed_at), sorted(p.roles), p.clinic, p.timezone] for p in left},
        **{kind.__name__: await _ids(work, kind) for kind in (Person, Membership, Group)},
    }


async def noted(work: Work, before: Mapping[str, Any]) -> dict[str, Any]:
    """What has come since `before`, as ids, with what returned people were then: enough to take it back."""
    gone = {id for (id,) in await work.uow.columns(Person, ("id",), removed_at__not=None)}
    new = {kind: sorted(await _ids(work, kind) - before[kind.__name__]) for kind in (Person, Membership, Group)}
    return {
        "people": new[Person],
        "back": {id: held for id, held in before["left"].items() if id not in gone},
        "memberships": new[Membership],
        "groups": new[Group],
    }


async def _ids(work: Work, kind: type[Any]) -> set[str]:
    return {id for (id,) in await work.uow.columns(kind, ("id",))}


async def put_back(work: Work, data: Mapping[str, Any]) -> TakenBack:
    """Everybody added is gone again, as far as that can be."""
    removed: list[str] = []
    ended: list[str] = []
    for person in await _those(work, data["people"]):
        if person.active and await _untouched(work, person):
            await _unmake(work, person)
            removed.append(person.id)
        elif person.active:
            await leave_service(work, person, by="admin")
            ended.append(person.id)
    for person in await _those(work, sorted(data["back"])):
        removed_at, roles, clinic, timezone = data["back"][person.id]
        if not person.active:
            continue
        await leave_service(work, person, by="admin")
        gone = await work.uow.get(Person, person.id)
        earlier = {"roles": frozenset(Role(role) for role in roles), "clinic": clinic, "timezone": timezone}
        await work.uow.save(replace(gone, removed_at=datetime.fromisoformat(removed_at), **earlier))
        ended.append(person.id)
    await _leave(work, data["memberships"])
    for id in data["groups"]:
        await _remove_group(work, id)
    return TakenBack(tuple(removed), tuple(ended))


async def _those(work: Work, ids: Sequence[str]) -> list[Person]:
    return await work.uow.find(Person, id__in=list(ids)) if ids else []


async def _untouched(work: Work, person: Person) -> bool:
    """Whether nothing was sent to them and nothing names them but what adding made."""
    if await work.uow.cases_of(person.id):
        return False
    for kind, fields in REFERENCES.items():
        for name in (name for name, target in fields.items() if target is Person):
            if kind is OutboxEntry:
                written = await work.uow.columns(OutboxEntry, ("lease_by", "begun_at", "sent_at"), person=person.id)
                if any(any(row) for row in written):
                    return False
            elif kind not in OURS and await work.uow.count(kind, **{name: person.id}):
                return False
    return not any(c.seen_at and c.seen_at > person.created_at for c in await work.uow.find(Contact, person=person.id))


async def _unmake(work: Work, person: Person) -> None:
    for what in MOMENTS:
        await work.uow.wake(what, person.id, None)
    for kind in (OutboxEntry, Membership, Contact):
        await work.uow.remove(kind, *[id for (id,) in await work.uow.columns(kind, ("id",), person=person.id)])
    await work.uow.remove(Person, person.id)


async def _leave(work: Work, ids: Sequence[str]) -> None:
    """People who were here before leave the group they joined; who has work there leaves as anybody does."""
    for membership in await work.uow.find(Membership, id__in=list(ids)) if ids else ():
        person, group = await work.uow.get(Person, membership.person), await work.uow.get(Group, membership.group)
        if not person.active:
            continue
        if membership.left_on is None and await _works_in(work, person, group):
            await leave_group(work, person, group, [membership], work.today(group.timezone), by="admin", cover=None)
        else:
            await work.uow.remove(Membership, membership.id)


async def _works_in(work: Work, person: Person, group: Group) -> bool:
    """Whether somebody has presented or reviewed in a group."""
    cases = await work.uow.cases_of(person.id)
    if cases and await work.uow.count(Case, id__in=sorted(cases), group=group.id):
        return True
    return bool(await work.uow.count(Assignment, reviewer=person.id, round__of=those(Round, group=group.id)))


async def _remove_group(work: Work, id: str) -> None:
    """A group that was made for them goes with them, unless something happened in it."""
    for kind, fields in REFERENCES.items():
        for name in (name for name, target in fields.items() if target is Group):
            if await work.uow.count(kind, **{name: id}):
                return
    await work.uow.remove(Group, id)
