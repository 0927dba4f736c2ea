"""Pages of an organisation with very many people: what they ask the store does not grow with groups and clinics."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.facts.languages import _parts
from bot.app.facts.reachability import count_reached, reachability_of
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ui.inbound import Outcome, Say
from bot.ui.model import Row, Table, plain
from storage.memory.work import MemoryWork
from tests.gate import rules_alone
from tests.world import World, make_world

ASKS = ("find", "columns", "count", "tally", "get")


async def overview_of_all(world: World) -> Outcome:
    """By a supervisor who belongs to no group."""
    async with world.store.begin(ORGANISATION) as uow:
        manager = await uow.get(Person, person_id("m"))
        await uow.save(replace(manager, roles=manager.roles | {Role.SUPERVISOR}))
        await uow.commit()
    shown = await world.player("m").press("supervision.overview")
    assert "Group 2" in repr(shown)
    return shown


PAGES: dict[str, Callable[[World], Awaitable[Outcome | Any]]] = {
    "clinics and groups": lambda world: world.player("m").press("places.list"),
    "people": lambda world: world.player("m").press("staff.list"),
    "start page": lambda world: world.player("m").home(),
    "overview of all groups": overview_of_all,
}


async def grown(world: World, more: int) -> None:
    """So many clinics and groups more, a few people in each; no round has begun."""
    async with world.store.begin(ORGANISATION) as uow:
        base = await uow.get(Person, person_id("a"))
        for round_ in await uow.find(Round):
            await uow.save(replace(round_, published_at=None, closed_at=None, cancelled_at=round_.opened_at))
        for n in range(more):
            clinic, group = f"clinic_{n}", f"group_{n}"
            await uow.add(Clinic(clinic, ORGANISATION, f"Clinic {n}", "DE", "Europe/Berlin", duty_supervisor=base.id))
            await uow.add(Group(group, ORGANISATION, f"Group {n}", "Europe/Berlin"))
            for k in range(3):
                roles = frozenset({Role.THERAPIST, *([Role.SUPERVISOR] if k == 0 else [])})
                id = f"many_{n}_{k}"
                person = replace(base, id=id, email=f"{id}@x.example", name=f"P {n} {k}", clinic=clinic, roles=roles)
                await uow.add(person, Membership(f"m_{id}", ORGANISATION, group, id, world.clock.now().date()))
        await uow.commit()


async def asked(world: World, page: str, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counted: Counter[str] = Counter()
    with monkeypatch.context() as patched:
        for name in ASKS:
            patched.setattr(MemoryWork, name, _counting(name, getattr(MemoryWork, name), counted))
        await PAGES[page](world)
    return counted


def _counting(name: str, ask: Any, counted: Counter[str]) -> Any:
    def counting(self: Any, kind: type[Any], *args: Any, **given: Any) -> Any:
        counted[f"{name} {kind.__name__}"] += 1
        return ask(self, kind, *args, **given)

    return counting


@pytest.mark.parametrize("page", PAGES)
async def test_more_clinics_groups_and_people_are_no_more_questions(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = []
    for more in (15, 40):
        world = await make_world(rules_alone())
        await grown(world, more)
        questions.append(await asked(world, page, monkeypatch))
    assert questions[0] == questions[1]


async def test_the_weeks_of_a_large_group_are_shown_sixty_members_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, a page asks the same."""
    questions = []
    world = await make_world(rules_alone())
    await world.player("s").home()
    for begin, end in ((0, 61), (61, 90)):
        async with world.store.begin(ORGANISATION) as uow:
            base = await uow.get(Person, person_id("a"))
            for n in range(begin, end):
                person = replace(base, id=f"in_{n}", email=f"in_{n}@x.example", name=f"P {n:02}")
                await uow.add(person, Membership(f"m_{n}", ORGANISATION, GROUP, person.id, world.clock.now().date()))
            await uow.commit()
        counted: Counter[str] = Counter()
        with monkeypatch.context() as patched:
            for name in ASKS:
                patched.setattr(MemoryWork, name, _counting(name, getattr(MemoryWork, name), counted))
            await world.player("s").press("overview.weeks", GROUP)
        questions.append(counted)
    assert questions[0] == questions[1]
    pages = [await world.player("s").press("overview.weeks", GROUP, page=page) for page in ("0", "1")]
    names = [plain(row[0]) for page in pages for row in table_of(page).rows]
    inside = await world.find(Membership, group=GROUP, left_on=None)
    people = await world.find(Person, id__in=[each.person for each in inside])
    assert names == sorted(each.name for each in people if each.has(Role.THERAPIST))
    assert [len(table_of(page).rows) for page in pages] == [60, len(names) - 60]


def table_of(outcome: Outcome) -> Table:
    assert isinstance(outcome, Say)
    (table,) = [block for block in outcome.card.body if isinstance(block, Table)]
    return table


async def test_the_page_of_groups_counts_and_names_as_a_slow_count_does() -> None:
    world = await make_world(rules_alone())
    await grown(world, 5)
    today = world.clock.now().date()
    people = {p.id: p for p in await world.find(Person, removed_at=None)}
    form = form_of(await world.player("m").press("places.list"), "list")
    rows = {plain(row.line): plain(row.detail or ()) for row in form.body if isinstance(row, Row)}
    for group in await world.find(Group, closed_on=None):
        there = [people[m.person] for m in await world.find(Membership, group=group.id) if m.holds_on(today)]
        leads = sorted(p.name for p in there if p.has(Role.SUPERVISOR))
        assert rows[group.name] == f"{len(there)} people · {', '.join(leads)}"
    for clinic in await world.find(Clinic, closed_on=None):
        number = sum(p.clinic == clinic.id for p in people.values())
        assert rows[clinic.name].startswith(f"{number} pe")


@pytest.mark.parametrize("connected", [None, {"web"}, {"web", "slack"}])
async def test_who_is_reached_is_counted_as_by_looking_at_everybody(connected: set[str] | None) -> None:
    chance = random.Random(5)
    world = await make_world(rules_alone(), connected=connected)
    now, created = world.clock.now(), world.clock.now() - timedelta(days=30)
    async with world.store.begin(ORGANISATION) as uow:
        base = await uow.get(Person, person_id("a"))
        for n in range(150):
            id = f"many_{n}"
            await uow.add(replace(base, id=id, email=f"{id}@x.example", created_at=created))
            for platform in chance.sample(["web", "slack", "teams"], chance.randrange(4)):
                seen = chance.choice([None, created, now - timedelta(days=1), now - timedelta(days=20)])
                failed, ended = (chance.choice([None, None, now]) for _ in range(2))
                contact = Contact(f"{id}_{platform}", ORGANISATION, id, platform, "T", id, {}, seen, failed)
                await uow.add(replace(contact, ended_at=ended))
        await uow.commit()
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, now, world.tools)
        people = await uow.find(Person, removed_at=None)
        slowly = {id for id, state in (await reachability_of(work, people)).items() if state.reached}
        assert await count_reached(work, {p.id for p in people}) == len(slowly)
        assert 0 < len(slowly) < len(people)


LANGUAGES = st.sampled_from(["da", "de", "en", "sv"])


@given(st.lists(st.tuples(LANGUAGES, st.sets(LANGUAGES)), max_size=12))
def test_parts_of_a_group_are_those_of_looking_at_every_pair(people: list[tuple[str, set[str]]]) -> None:
    known = [
        Person(f"p{n}", "o", f"P{n}", "", "c", frozenset(), START, languages=tuple(sorted(reads)))
        for n, (_, reads) in enumerate(people)
    ]
    writes = {f"p{n}": language for n, (language, _) in enumerate(people)}
    found = {frozenset(p.id for p in part) for part in _parts(known, writes)}
    assert found == _pairwise(known, writes)


def _pairwise(people: Sequence[Person], writes: Mapping[str, str]) -> set[frozenset[str]]:
    part = {p.id: {p.id} for p in people}
    for one, other in combinations(people, 2):
        if writes[one.id] in other.languages or writes[other.id] in one.languages:
            joined = part[one.id] | part[other.id]
            part |= dict.fromkeys(joined, joined)
    return {frozenset(each) for each in part.values()}
