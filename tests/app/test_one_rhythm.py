"""One rhythm, wherever it is said: a person's own pages, the overview, their page there, reminders, the report's rows.

Others do not know who presents in a round that runs. So they may know less; they never read what is not so.
"""

from __future__ import annotations

import re
from collections import Counter

from bot.app.context import Work
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.permissions import person_policy
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.demo.texts import REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.frequency import Kind, State
from bot.domain.person import Person, Role
from bot.ui.inbound import Say
from bot.ui.model import Facts, Row, plain
from bot.ui.strings import words
from tests.app.published_round import published, who
from tests.app.shown import text
from tests.world import World

W = words("en")
STATES = {W(f"state.{state}"): state for state in State}
UNDER_WAY = W("state.round_runs")


async def own_states(world: World) -> dict[tuple[str, Kind], State]:
    """What each person's own pages say."""
    found: dict[tuple[str, Kind], State] = {}
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for person in await uow.find(Person, removed_at=None):
            if person.has(Role.THERAPIST):
                at = await rhythm_of(work, person, await person_policy(work, person), for_others=False)
                found |= {(person.name, kind): at[kind].state for kind in Kind}
    return found


async def seen_states(world: World) -> dict[tuple[str, Kind], str]:
    """What the overview says of each person, and their page there."""
    outcome = await world.player("s").type("/supervision overview")
    assert isinstance(outcome, Say)
    found: dict[tuple[str, Kind], str] = {}
    for row in (b for b in outcome.card.body if isinstance(b, Row)):
        name = plain(row.line).split(" · ")[0]
        told = dict(part.split(": ", 1) for part in plain(row.detail).split(" · ") if ": " in part)
        member = next((a.subject for a in row.actions if a.key == "supervision.member"), "")
        if not member:
            continue
        form = form_of(await world.player("s").press("supervision.member", member), "member")
        (facts,) = [b for b in form.body if isinstance(b, Facts)]
        page = {label: plain(value) for label, value in facts.rows}
        for kind in Kind:
            label = W(f"rhythm.{kind}")
            assert page[label] == told[label], "the overview and the person's page there say the same"
            found[name, kind] = told[label].split(",")[0]
    return found


async def review(world: World, assignment: Assignment) -> None:
    player = who(assignment, world)
    form = await player.open("review.open", assignment.id)
    await player.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})


async def test_the_overview_says_of_nobody_what_their_own_pages_deny(world: World) -> None:
    """Ninety days with a round, a review missed, leave and a switch: by day, person and kind."""
    await world.advance(days=20)
    given = await published(world)
    met: Counter[str] = Counter()
    for step in range(18):
        if step == 1:
            for assignment in given[1:]:
                await review(world, assignment)
        if step == 2:
            await world.player("e").type("/caseload leave 2 weeks")
            await world.player("f").type("/caseload f2f")
        own, seen = await own_states(world), await seen_states(world)
        assert set(seen) == set(own)
        for who_and_kind, said in seen.items():
            met[said] += 1
            if said != UNDER_WAY:
                assert STATES[said] == own[who_and_kind], (step, who_and_kind)
        await world.advance(days=5)
    assert set(met) >= {
        W(f"state.{s}") for s in ("on_track", "due_soon", "overdue", "leave", "not_asked", "round_runs")
    }


async def test_whoever_just_presented_is_neither_called_overdue_nor_told_apart(world: World) -> None:
    await world.advance(days=30)
    given = await published(world)
    await world.advance(days=8)
    own, seen = await own_states(world), await seen_states(world)
    presenters = {name for (name, kind), state in own.items() if kind is Kind.OWN_CASE and state is State.ON_TRACK}
    assert len(presenters) >= 4
    supervisor = next(p.name for p in await world.find(Person, id=person_id("s")))
    others = {name for name, _ in seen} - {supervisor}
    assert {seen[name, Kind.OWN_CASE] for name in others} == {UNDER_WAY}, "all alike"
    overview = text(await world.player("s").type("/supervision overview"))
    assert re.search(
        r"Own case presented: round under way, without it, day (3[6-9]|[45]\d) of 35 \(28 \+ 7\)", overview
    )
    assert {assignment.reviewer for assignment in given} & {person_id(key) for key in "abcdef"}
