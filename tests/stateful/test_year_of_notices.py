"""A played year of a group of twelve: what rings, how often, and how many messages a round brings to whom.

A series begins a round every other week; people present, ask, answer, review, now and then late, and close their cases.
The chat keeps what is a new message and what is an edit.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from bot.delivery.notices import NOTICES
from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from tests.app.risk import Channel
from tests.app.series_steps import begin
from tests.stateful.group_of_twelve import Group, clinic, messages_of_rounds
from tests.world import World

YEAR = timedelta(days=365)
MOST = {"reviewer": 5, "supervisor": 6}
"""Messages of one round (`test_messages_of_a_round` looks at every combination of parts in it)."""


async def played() -> tuple[World, Channel, Group]:
    world, chat = await clinic()
    await begin(world)
    group, end = Group(world, Random(11)), world.clock.now() + YEAR
    while world.clock.now() < end:
        await group.day()
        await world.advance(days=1)
    return world, chat, group


@pytest.mark.slow
async def test_in_a_year_everything_that_rings_rings_exactly_once_and_nobody_is_flooded() -> None:
    world, chat, group = await played()
    entries = {entry.id: entry for entry in await world.find(OutboxEntry)}
    new = Counter(message.outbox_id for _, message in chat.sent if not message.replaces)
    rang: Counter[str] = Counter()
    for entry in entries.values():
        kind = NOTICES[entry.card]
        carrier = entry.args.get("carrier") or entry.id
        if not kind.rings:
            continue
        if entry.dropped_at and not entry.args.get("carrier"):
            assert new[entry.id] == 0, entry
            assert entry.failure == "pointless", entry
            continue
        assert entry.failed_at is None, entry
        if entries[carrier].sent_at is None:
            assert entries[carrier].due_at > world.clock.now(), entry  # tomorrow morning
            continue
        assert new[carrier] == 1, (entry.card, new[carrier])
        rang[entry.card] += 1
    assert {"round_open", "assigned", "reviews_released", "plan_ready", "question_asked", "takeaway_in"} <= set(rang)
    assert max(new.values()) == 1, "no new message comes twice"
    await _check_numbers(world, chat, group)


async def _check_numbers(world: World, chat: Channel, group: Group) -> None:
    """How many messages one round brings: each is of the newest round that one of its notices is about."""
    rounds = [r for r in await world.find(Round, series__not=None, order=("opened_at",)) if r.published_at]
    assert len(rounds) >= 24
    brought = await messages_of_rounds(world, chat, rounds)
    most = {role: Counter[int]() for role in MOST}
    for round_ in rounds[:-1]:
        assignments = await world.find(Assignment, round=round_.id, ended_at=None)
        presenters = {person_id(key) for key in group.presenters[round_.id]}
        for person in {assignment.reviewer for assignment in assignments} - presenters - {person_id("s")}:
            most["reviewer"][len(brought.get((person, round_.id), []))] += 1
        most["supervisor"][len(brought.get((person_id("s"), round_.id), []))] += 1
    for role, counts in most.items():
        assert max(counts, default=0) <= MOST[role], most
