"""Back from the preview: every text returns to the form it was typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.demo.player import Player
from bot.ui.inbound import Show
from bot.ui.model import Form, ManyField, TextField
from tests.app.risk import scene
from tests.world import World

CALL = "They called from +49 431 8801234, as agreed."


async def previewed_and_back(player: Player, form: Form, values: Mapping[str, Sequence[str]]) -> Form:
    shown = await player.send(form, values)
    assert isinstance(shown, Show)
    assert shown.form.key == "text.confirm"
    return await player.open("text.edit", shown.form.subject)


def typed(form: Form, name: str) -> str:
    field = next(field for field in form.fields if field.name == name)
    assert isinstance(field, TextField)
    return field.value.reveal()


def many(form: Form, name: str) -> ManyField:
    field = next(field for field in form.fields if field.name == name)
    assert isinstance(field, ManyField)
    return field


async def test_a_question_and_its_answer(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    back = await previewed_and_back(at.reviewer, form, {"question": CALL})
    assert (back.key, back.subject, typed(back, "question")) == ("question.send", at.assignment.id, CALL)
    await at.reviewer.send(back, {"question": "How long?"})
    form = await at.presenter.open("question.open", at.case.id)
    name = form.fields[0].name
    back = await previewed_and_back(at.presenter, form, {name: CALL})
    assert (back.key, back.subject, typed(back, name)) == ("answer.send", at.case.id, CALL)


async def test_a_review_with_its_prompts(world: World) -> None:
    at = await scene(world)
    await world.advance(days=3)
    form = await at.reviewer.open("review.open", at.assignment.id)
    prompts = many(form, "prompts")
    ticked = (prompts.options[0].value, prompts.options[2].value)
    values = {"reflection": CALL, "suggestion": "Write less.", "prompts": ticked}
    back = await previewed_and_back(at.reviewer, form, values)
    assert (back.key, back.subject) == ("review.send", at.assignment.id)
    assert (typed(back, "reflection"), typed(back, "suggestion")) == (CALL, "Write less.")
    assert many(back, "prompts").values == ticked
