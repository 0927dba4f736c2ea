"""Every form with a text, open twice: what is sent second never takes the place of the first unseen.

Two pages are open, or two previews of one text. The first is sent. The second is a text of its own, or is refused, or
the form comes again beside what is kept, and replaces it only when it is sent once more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from bot.app.commands import FINISHERS
from bot.demo.player import form_of
from bot.domain.assignment import Question
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from bot.ui.model import Facts, Form, Passage, plain
from tests.app.log_steps import add as add_entry
from tests.app.log_steps import mine
from tests.app.risk import Scene, scene
from tests.app.test_exchange import ask_back, asked_weeks_later, released
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.world import World, make_world

FIRST, SECOND = "I ask her on 3 May 2026 what helps.", "I wait until 9 June 2026 and look again."
"""Each with a day, which the gate shows its author first."""
Values = Mapping[str, Sequence[str]]


PATIENT = {"number": "P12", "week": "5"}
PROGRAMME = {FIRST: "Depression", SECOND: "Anxiety"}


@dataclass(frozen=True)
class Row:
    """Who opens what (`ready` makes it possible), what is typed, and what becomes of the second text."""

    key: str
    opens: str
    ready: Callable[[World], Awaitable[tuple[Scene | None, str]]]
    typed: Callable[[Form, str], Values]
    second: str
    """"refused", "asked" (comes again beside what is kept), or "another" (a text of its own)."""


def field(name: str) -> Callable[[Form, str], Values]:
    return lambda form, text: {name: text}


async def case_of_a(world: World) -> tuple[Scene | None, str]:
    at = await scene(world)
    return at, at.case.id


async def review_of_b(world: World) -> tuple[Scene | None, str]:
    at = await scene(world)
    return at, at.assignment.id


async def asked(world: World) -> tuple[Scene | None, str]:
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "What has she tried so far?"})
    return at, at.case.id


async def late_review(world: World) -> tuple[Scene | None, str]:
    at, subject = await review_of_b(world)
    await world.advance(days=3)
    return at, subject


async def reviews_in(world: World) -> tuple[Scene | None, str]:
    at = await released(world)
    return at, at.case.id


async def asked_back(world: World) -> tuple[Scene | None, str]:
    at = await released(world)
    await ask_back(at)
    return at, at.assignment.id


async def weeks_later(world: World) -> tuple[Scene | None, str]:
    at = await asked_weeks_later(world)
    return at, at.case.id


async def nothing(world: World) -> tuple[Scene | None, str]:
    return None, ""


async def goal_kept(world: World) -> tuple[Scene | None, str]:
    form = await world.player("a").open("goal.open")
    await world.player("a").send(form, {"note": "I ask sooner.", "themes": ()})
    return None, ""


async def entry_kept(world: World) -> tuple[Scene | None, str]:
    await add_entry(world.player("a"))
    return None, (await mine(world))[-1].id


async def row_kept(world: World) -> tuple[Scene | None, str]:
    form = await world.player("a").open("pick.add")
    sheet = await world.player("a").send(form, {"number": "P12", "week": "5", "programme": "Depression"})
    assert isinstance(sheet, Show)
    return None, next(each.subject for each in actions(sheet.form) if each.key == "pick.row")


ROWS: Mapping[str, Row] = {
    "question": Row("b", "review.open", review_of_b, field("question"), "another"),
    "answer": Row("a", "question.open", asked, lambda form, text: {form.fields[0].name: text}, "asked"),
    "review": Row("b", "review.open", late_review, lambda _, text: {"reflection": text, "suggestion": text}, "refused"),
    "takeaway": Row("a", "takeaway.open", reviews_in, field("takeaway"), "refused"),
    "ask_back": Row("a", "ask_back.open", reviews_in, field("ask_back"), "refused"),
    "answer_back": Row("b", "answer_back.open", asked_back, field("answer_back"), "refused"),
    "follow_up": Row("a", "follow_up.open", weeks_later, field("follow_up"), "refused"),
    "goal": Row("a", "goal.open", nothing, field("note"), "asked"),
    "half-year": Row("a", "goal.half", goal_kept, field("learning_point"), "asked"),
    "worksheet row": Row("a", "pick.row", row_kept, lambda _, text: {**PATIENT, "programme": PROGRAMME[text]}, "asked"),
    "correction": Row(
        "a", "log.correct", entry_kept, lambda _, text: {"minutes": "30", "learning_point": text}, "asked"
    ),
}


async def to_the_end(world: World, key: str, outcome: Outcome) -> Outcome:
    """Agree to a preview."""
    if isinstance(outcome, Show) and outcome.form.key == "text.confirm":
        return await world.player(key).send(outcome.form, {})
    return outcome


@pytest.mark.parametrize("two", ["pages", "previews"])
@pytest.mark.parametrize("row", ROWS)
async def test_a_second_sending_replaces_nothing_unseen(row: str, two: str) -> None:
    it, world = ROWS[row], await make_world(rules_alone())
    _, subject = await it.ready(world)
    player = world.player(it.key)
    await world.advance(seconds=1)
    forms = [form_of(await player.press(it.opens, subject), it.opens) for _ in range(2)]
    if two == "pages":
        first = await to_the_end(world, it.key, await player.send(forms[0], it.typed(forms[0], FIRST)))
        await world.advance(seconds=1)
        second = await to_the_end(world, it.key, await player.send(forms[1], it.typed(forms[1], SECOND)))
    else:
        shown = [
            await player.send(form, it.typed(form, text)) for form, text in zip(forms, (FIRST, SECOND), strict=True)
        ]
        first = await to_the_end(world, it.key, shown[0])
        second = await to_the_end(world, it.key, shown[1])
    assert isinstance(first, Done | Show), first
    if it.second == "another":
        assert isinstance(second, Done)
        assert len(await world.find(Question)) == 2
    elif it.second == "refused":
        assert isinstance(second, Refused), second
    elif two == "pages" or row == "answer":
        assert isinstance(second, Invalid), second
        said = [block.text.text for block in second.form.body if isinstance(block, Passage)]
        said += [plain(value) for block in second.form.body if isinstance(block, Facts) for _, value in block.rows]
        assert any("what helps" in each or each == "Depression" for each in said), "what is kept stands there"
        assert any(second.form.errors.values())
        again = await to_the_end(world, it.key, await player.send(second.form, it.typed(second.form, SECOND)))
        assert isinstance(again, Done | Show), again


NO_TEXT_REPLACED = {
    "case": "each sending is a case of its own",
    "exemplar": "tests/app/test_library.py: proposed once",
}


def test_every_kind_of_confirmed_text_has_a_row() -> None:
    assert set(FINISHERS) - set(ROWS) == set(NO_TEXT_REPLACED)


async def test_answers_of_two_previews_to_different_questions_are_both_kept() -> None:
    world = await make_world(rules_alone())
    at, subject = await asked(world)
    assert at
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "And since when?"})
    forms = [await at.presenter.open("question.open", subject) for _ in range(2)]
    shown = [
        await at.presenter.send(form, {form.fields[number].name: text})
        for number, (form, text) in enumerate(zip(forms, (FIRST, SECOND), strict=True))
    ]
    for each in shown:
        assert isinstance(await to_the_end(world, "a", each), Done)
    assert all(question.answered_at for question in await world.find(Question))


async def test_a_preview_drawn_beside_one_answer_does_not_replace_the_next() -> None:
    """Answered, meant to be replaced in a preview, and replaced elsewhere before the preview was agreed to."""
    world = await make_world(rules_alone())
    at, subject = await asked(world)
    assert at
    form = await at.presenter.open("question.open", subject)
    name = form.fields[0].name
    await at.presenter.send_and_confirm(form, {name: "It began in spring."})
    beside = await at.presenter.send(form, {name: FIRST})
    assert isinstance(beside, Invalid)
    waiting = await at.presenter.send(beside.form, {name: FIRST})
    assert isinstance(waiting, Show)
    await at.presenter.send_and_confirm(beside.form, {name: "It began in autumn."})
    again = await to_the_end(world, "a", waiting)
    assert isinstance(again, Invalid)
    assert "It began in autumn." in [block.text.text for block in again.form.body if isinstance(block, Passage)]
