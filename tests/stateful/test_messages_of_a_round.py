"""How many messages one round brings to whom: every combination of roles, in time and late, with questions and answers.

A group of twelve in which a round begins every other week. Half of them are supervisors, too, so that combinations of
presenting, reviewing and supervising come in every play.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment
from bot.domain.round import Round
from tests.app.series_steps import begin
from tests.stateful.group_of_twelve import KEYS, Group, clinic, messages_of_rounds

PLAIN, MOST = 5, 6
SUPERVISORS = "sbdfhj"
LATE: dict[str, Callable[[Random, Assignment], int]] = {
    "nobody is late": lambda _, __: 0,
    "one of two is late": lambda _, assignment: 9 if assignment.letter == "B" else 0,
    "everybody is late": lambda _, assignment: 8 + "AB".find(assignment.letter),
}
"""Calendar days after the days for questions; a review is due five after them."""


def role(presents: bool, reviews: bool, supervises: bool) -> str:
    doing = [word for word, does in (("presents", presents), ("reviews", reviews)) if does]
    return f"{'supervisor' if supervises else 'therapist'} who {' and '.join(doing) or 'has neither'}"


EVERY = {
    role(presents, reviews, supervises)
    for presents, reviews in ((True, True), (True, False), (False, True))
    for supervises in (True, False)
} | {role(presents=False, reviews=False, supervises=True)}
"""Nearly everybody reviews: a therapist with neither does not come in every play."""


@pytest.mark.slow
@pytest.mark.parametrize("late", LATE)
async def test_a_round_brings_a_plain_reviewer_five_messages_at_most_and_anybody_else_six(late: str) -> None:
    world, chat = await clinic(SUPERVISORS)
    await begin(world)
    group = Group(world, Random(11), late=LATE[late], asks=lambda _: True)
    end = world.clock.now() + timedelta(days=61)
    while world.clock.now() < end:
        await group.day()
        await world.advance(days=1)
    rounds = [r for r in await world.find(Round, series__not=None, order=("opened_at",)) if r.published_at]
    brought = await messages_of_rounds(world, chat, rounds)
    counted: dict[str, list[list[str]]] = defaultdict(list)
    for round_ in rounds[:-1]:
        reviewers = {a.reviewer for a in await world.find(Assignment, round=round_.id, ended_at=None)}
        for key in KEYS:
            who = role(key in group.presenters[round_.id], person_id(key) in reviewers, key in SUPERVISORS)
            counted[who].append(brought.get((person_id(key), round_.id), []))
    assert set(counted) >= EVERY, EVERY - set(counted)
    worst = {who: max(each, key=len) for who, each in counted.items()}
    most = {who: PLAIN if who == "therapist who reviews" else MOST for who in worst}
    assert {who: len(each) for who, each in worst.items() if len(each) > most[who]} == {}, worst
