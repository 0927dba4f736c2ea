"""A message presented as a case passes the gate before it stands in the form, and its tags stay its own."""

from __future__ import annotations

from bot.ui.inbound import Show
from bot.ui.model import Form, Preview, TextField
from tests.world import World

MESSAGE = "Met Annegret Petersen again, she rang from 07700 900123 and sounded better."


def background(form: Form) -> str:
    [field] = [f for f in form.fields if isinstance(f, TextField) and f.name == "background"]
    return field.value.reveal()


async def test_the_form_shows_tags_where_the_message_had_identifiers(world: World) -> None:
    outcome = await world.player("a").type(f"/case new {MESSAGE}")
    assert isinstance(outcome, Show)
    text = background(outcome.form)
    assert "Annegret" not in text
    assert "900123" not in text
    assert "[PERSON 1]" in text
    assert "sounded better" in text


async def test_a_new_person_never_gets_the_tag_of_one_in_the_message(world: World) -> None:
    author = world.player("a")
    outcome = await author.type(f"/case new {MESSAGE}")
    assert isinstance(outcome, Show)
    typed = {
        "title": "Silence",
        "background": background(outcome.form),
        "key_question": "How do I write to Birgit Sommer?",
        "mode": ("icbt",),
        "language": ("en",),
        "objection": ("no",),
        "risk": ("no",),
    }
    preview, _ = await author.send_and_confirm(outcome.form, typed)
    assert preview is not None
    shown = {b.label: "".join(m.text for m in b.marks) for b in preview.body if isinstance(b, Preview)}
    assert "[PERSON 1]" in shown["Background"]
    assert "[PERSON 2]" in shown["Key question"]


async def test_without_words_the_form_is_empty(world: World) -> None:
    outcome = await world.player("a").type("/case new")
    assert isinstance(outcome, Show)
    assert background(outcome.form) == ""
