"""A quarter of a group of eight: messages retold and reviewed, picks, the exchange, what became of it, an excerpt kept.

Three read in Slack, four in Teams, one on the page; once in German and once in Swedish.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.app.blocks.message_reviews import reasons
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Organisation
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import Worksheet
from bot.ui.inbound import Done, Show
from bot.ui.model import Form
from bot.ui.strings import words
from tests.app.test_message_review import ALL_SEEN, RETOLD, lines
from tests.e2e.teams.player import InTeams
from tests.e2e.together.test_two_platforms import read
from tests.gate import rules_alone
from tests.standins.both import Both, both_chats

pytestmark = pytest.mark.slow
ON_THE_PAGE = "c"
PRESENTERS = ("a", "b", "c", "d", "e", "f")
ROW = {"number": "P12", "week": "5", "programme": "Depression", "scores": "PHQ-9 week 1: 15, week 4: 15"}
BACK, ANSWER = "Which of these would you try first?", "The smaller one."
TAKEAWAY, TOLD = "I will ask less.", "She wrote more freely after two weeks."
EXCERPT = {
    "excerpt": "You wrote four times this week; that is steady work.",
    "why": "It praises effort first.",
    "programme": "Depression",
    "behaviours": ("praise",),
}


async def players_of(both: Both, language: str) -> dict[str, Player]:
    """Everybody in their chat, one on the page; all of them with their service's language and English to review in."""
    players = await both.everybody()
    players[ON_THE_PAGE] = both.world.player(ON_THE_PAGE)
    async with both.world.store.begin(ORGANISATION) as uow:
        own = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(own, policy={**own.policy, "message_reviews": True, "worksheet": True}))
        for person in await uow.find(Person, removed_at=None):
            languages = tuple(dict.fromkeys((*person.languages, "en")))
            await uow.save(replace(person, language=language, languages=languages))
        await uow.commit()
    return players


TYPED = {"pick.add": "/case pick", "message.new": "/case message", "library.read": "/library"}
THROUGH = {"ask_back.open": "case.reviews", "takeaway.open": "case.reviews", "exemplar.open": "case.page"}
"""How somebody in Teams comes to a step that none of their messages has a button for."""


async def opened(player: Player, step: str, subject: str = "") -> Form:
    """The form of a step, by the buttons that a person in Teams can see."""
    if isinstance(player, InTeams) and player._find(step, subject, {}) is None:
        if step in TYPED:
            outcome = await player.type(TYPED[step])
            if isinstance(outcome, Show) and outcome.form.key.startswith(step.partition(".")[0]) and step != "pick.add":
                return outcome.form
        elif step in THROUGH:
            await player.press(THROUGH[step], subject)
    return await player.open(step, subject)


async def confirmed(player: Player, step: str, subject: str, values: dict[str, Any]) -> None:
    _, outcome = await player.send_and_confirm(await opened(player, step, subject), values)
    assert isinstance(outcome, Done | Show), (step, outcome)


async def reviewed(player: Player, assignment: Assignment, language: str) -> None:
    """The two invented messages with their reasons, then the review."""
    form = await player.open("review.open", assignment.id)
    for step in (1, 2):
        if form.key == "calibrate.send":
            shown = await player.send(form, ALL_SEEN)
            assert isinstance(shown, Show)
            assert reasons(words(language), step)["praise"] in lines(shown)
            form = shown.form
    values = {**ALL_SEEN, "practice": ("grow",), "suggestion": "I would ask for one number."}
    _, outcome = await player.send_and_confirm(form, values)
    assert isinstance(outcome, Done), outcome


@pytest.mark.parametrize("language", ["de", "sv"])
async def test_a_group_of_eight_learns_for_a_quarter(language: str) -> None:
    async with both_chats(rules_alone(), language) as both:
        world, w = both.world, words(language)
        players = await players_of(both, language)
        by_id = {person_id(key): player for key, player in players.items()}

        for key in ("a", "d", ON_THE_PAGE):
            sheet = await players[key].send(await opened(players[key], "pick.add"), ROW)
            assert isinstance(sheet, Show)
            assert "P12" in lines(sheet)
        assert len(await world.find(Worksheet)) == 3

        supervisor = players["s"]
        await supervisor.send(await supervisor.open("round.new"), {"kind": ("message",)})
        await world.advance(minutes=1)
        for key in PRESENTERS:
            await confirmed(
                players[key],
                "message.new",
                "",
                {**RETOLD, "excerpt": "I thanked for the note and asked which exercise was hardest."},
            )
        (round_,) = [each for each in await world.find(Round, closed_at=None) if each.kind == "message"]
        await supervisor.open("round.preview", round_.id)
        await supervisor.press("round.publish.soon", round_.id)
        await world.advance(hours=1)
        await world.advance(days=3)
        assignments = await world.find(Assignment, round=round_.id, ended_at=None)
        assert {each.reviewer for each in assignments} <= set(by_id)
        for each in assignments:
            await reviewed(by_id[each.reviewer], each, language)
        await world.advance(days=1)

        cases = await world.find(Case, round=round_.id)
        author: dict[str, Player] = {}
        async with world.store.begin(ORGANISATION, write=False) as uow:
            for case in cases:
                author[case.id] = by_id[await uow.presenter(case.id)]
        assert len(cases) == len(PRESENTERS)
        first = cases[0]
        mine = [each for each in assignments if each.case == first.id]
        await confirmed(author[first.id], "ask_back.open", first.id, {"ask_back": BACK})
        await world.advance(days=1)
        for each in mine:
            await confirmed(by_id[each.reviewer], "answer_back.open", each.id, {"answer_back": ANSWER})
        for case in cases:
            letters = tuple(each.letter for each in assignments if each.case == case.id)
            await confirmed(author[case.id], "takeaway.open", case.id, {"takeaway": TAKEAWAY, "used": letters})
        await world.advance(days=2)
        assert all(each.used_at for each in await world.find(Assignment, round=round_.id, ended_at=None))

        await confirmed(author[first.id], "exemplar.open", first.id, EXCERPT)
        await world.advance(days=1)
        for each in mine:
            await by_id[each.reviewer].press("exemplar.consent", each.id)
            assert isinstance(await by_id[each.reviewer].press("exemplar.agree", each.id), Done)
        await world.advance(days=1)
        (exemplar,) = await world.find(Exemplar)
        looks = "s" if supervisor not in {author[first.id], *(by_id[each.reviewer] for each in mine)} else "g"
        await players[looks].press("exemplar.look", exemplar.id)
        assert isinstance(await players[looks].press("exemplar.pass", exemplar.id), Done)
        assert "that is steady work" in lines(await players["a"].press("library.read", exemplar.id))

        await world.advance(days=28)
        assert len(await world.find(FollowUp)) == len(cases)
        await confirmed(author[first.id], "follow_up.open", first.id, {"follow_up": TOLD})
        await world.advance(days=1)
        for each in mine:
            assert TOLD in lines(await by_id[each.reviewer].press("follow_up.read", each.id))

        await world.advance(days=45)
        await players["d"].type("/case")
        shown = lines(await players["d"].press("behaviours.open"))
        assert w("prompt.praise") in shown
        assert "zz" not in shown.replace("zzgroup", ""), "neither a name nor a text"
        said = "\n".join(read(player) for key, player in players.items() if key != ON_THE_PAGE)
        assert w("used.thanks") in said
        assert w("calibrate.same") in said
