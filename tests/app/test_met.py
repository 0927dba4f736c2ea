"""People are met: looked up by e-mail, and welcomed once in their own hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.admin.people import join_group
from bot.app.dependencies import Anonymiser
from bot.delivery.introductions import Introducer
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ui.inbound import (
    ActionPressed,
    Actor,
    HomeOpened,
    Say,
    Show,
)
from bot.ui.model import plain
from tests.app.house import house


async def test_an_imported_person_is_looked_up_and_welcomed_once(gate: Anonymiser, tmp_path: Path) -> None:
    at = await house(gate, "nel@demo.example")
    await at.imports(tmp_path)
    await at.world.settle()
    assert at.messages() == []
    await at.introducer.meet()
    await at.world.settle()
    (welcome,) = at.messages()
    told = [plain(block.line) for block in welcome.body if hasattr(block, "line")]
    assert "Demo service" in told[0]
    assert "Northern iCBT group, with 8 colleagues" in told[0]
    assert any("Supervisor (Kiel)" in each for each in told)
    assert any("until then there is nothing to do" in each for each in told)
    assert any("hidden" in each for each in told)
    assert [action.label for action in welcome.actions] == ["Show me an example", "My settings"]
    await at.imports(tmp_path)
    await at.introducer.meet()
    await at.world.advance(days=40)
    assert [card.key for card in at.messages()].count("notice.welcome") == 1


async def test_the_welcome_comes_in_the_persons_language_and_hours(gate: Anonymiser, tmp_path: Path) -> None:
    at = await house(gate, "nel@demo.example")
    at.world.clock.advance_to(datetime(2027, 1, 22, 21, 0, tzinfo=UTC))  # a Friday evening
    await at.imports(tmp_path, "svenska")
    await at.introducer.meet()
    await at.world.advance(days=2)
    assert at.messages() == []
    await at.world.advance(hours=12)
    assert [card.title for card in at.messages()] == ["Välkommen till Intervision"]


async def test_joining_a_group_brings_the_welcome_of_somebody_added_without_one(gate: Anonymiser) -> None:
    at = await house(gate, "p@demo.example")
    await at.introducer.meet()
    await at.world.settle()
    assert at.messages("p@demo.example") == []
    await join_group(at.admin, "", "p@demo.example", "Northern iCBT group")
    await at.world.settle()
    assert [card.key for card in at.messages("p@demo.example")] == ["notice.welcome"]


async def test_who_joins_on_a_day_to_come_is_welcomed_on_that_day(gate: Anonymiser) -> None:
    at = await house(gate, "p@demo.example")
    await at.introducer.meet()
    day = at.world.clock.now().date() + timedelta(days=9)
    await join_group(at.admin, "", "p@demo.example", "Northern iCBT group", day)
    await at.world.advance(days=8)
    assert at.messages("p@demo.example") == []
    await at.world.advance(days=1, hours=2)
    assert [card.key for card in at.messages("p@demo.example")] == ["notice.welcome"]


async def test_whoever_used_the_program_before_needs_no_welcome(gate: Anonymiser) -> None:
    at = await house(gate, "a@demo.example")
    at.world.clock.advance(timedelta(minutes=1))
    await at.world.entry.handle(HomeOpened(event_id="h", actor=Actor("web", ORGANISATION, person_id("a"))))
    at.world.clock.advance(timedelta(minutes=1))
    await at.introducer.meet()
    await at.world.settle()
    assert await at.world.find(Contact, person=person_id("a"), platform="slack")
    assert at.messages("a@demo.example") == []


async def test_who_is_not_found_is_asked_for_again_the_next_day_and_who_left_is_not(gate: Anonymiser) -> None:
    at = await house(gate, "a@demo.example")
    await at.introducer.meet()
    assert at.chat.asked.count("b@demo.example") == 1
    at.world.clock.advance(timedelta(hours=2))
    await at.introducer.meet()
    assert at.chat.asked.count("b@demo.example") == 1
    await at.closes("a@demo.example")
    at.chat.emails.append("b@demo.example")
    at.world.clock.advance(timedelta(days=1))
    await at.introducer.meet()
    assert at.chat.asked.count("a@demo.example") == 1
    assert await at.world.find(Contact, person=person_id("b"), platform="slack")


async def test_a_directory_that_does_not_answer_is_asked_again_at_the_next_go(gate: Anonymiser) -> None:
    at = await house(gate, "a@demo.example")
    at.chat.silent = True
    await at.introducer.meet()
    assert len(at.chat.asked) == 1, "while it is silent nobody else is asked for"
    at.chat.silent = False
    at.world.clock.advance(timedelta(minutes=1))
    await at.introducer.meet()
    assert await at.world.find(Contact, person=person_id("a"), platform="slack")


async def test_of_several_programs_one_asks(gate: Anonymiser) -> None:
    at = await house(gate, "a@demo.example")
    other = Introducer(at.world.store, at.world.clock, at.world.log, at.world.dispatcher.platforms)
    await at.introducer.run_if_due()
    asked = len(at.chat.asked)
    await other.run_if_due()
    assert 0 < asked == len(at.chat.asked)


async def test_who_adds_the_app_reads_the_welcome_at_once_and_never_twice(gate: Anonymiser) -> None:
    at = await house(gate)
    at.world.clock.advance_to(datetime(2027, 1, 22, 21, 0, tzinfo=UTC))  # outside anybody's hours
    at.chat.emails.append("b@demo.example")
    await at.introducer.meet()
    here = Actor("slack", "T1", "b@demo.example")
    shown = await at.world.entry.handle(ActionPressed(event_id="w", actor=here, key="welcome.open"))
    assert isinstance(shown, Say)
    assert shown.card.key == "notice.welcome"
    assert [action.key for action in shown.card.actions] == ["example.show", "settings.open", "home.open"]
    await at.world.advance(days=4)
    assert at.messages("b@demo.example") == []
    again = await at.world.entry.handle(ActionPressed(event_id="w2", actor=here, key="welcome.open"))
    assert isinstance(again, Say)
    assert again.card.key == "home"


async def test_the_example_plays_in_four_steps(gate: Anonymiser) -> None:
    world = (await house(gate)).world
    anna, seen, step = world.player("a"), [], {"step": "1"}
    while step:
        outcome = await anna.press("example.show", **step)
        assert isinstance(outcome, Show)
        seen.append(repr(outcome.form.body))
        assert "invented" in seen[-1]
        step = dict(outcome.form.actions[0].args) if outcome.form.actions else {}
    assert [("[PERSON 1]" in seen[0]), ("A writes" in seen[2]), len(seen)] == [True, True, 4]
    for forged in ({}, {"step": "9"}, {"step": "nonsense"}):
        outcome = await anna.press("example.show", **forged)
        assert isinstance(outcome, Show)
        assert repr(outcome.form.body) == seen[0]
