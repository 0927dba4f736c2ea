"""What is typed and not sent: kept, given back, never overwritten unseen, gone when it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.anonymise import GateClosed, Sensitive
from bot.app.blocks.drafts import LISTED
from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from bot.app.steps.drafts import APART, NAME
from bot.demo.clinic import ORGANISATION
from bot.demo.player import Player
from bot.ports.records import Draft
from bot.ui.inbound import Done, FormTyped, Held, Invalid, Refused, Show
from bot.ui.model import Form, Heading, Notice, Row, TextField, plain
from bot.ui.strings import words
from tests.app.risk import Scene, scene
from tests.world import World

NEVER_LOST = "They called from +49 431 8801234, as agreed, and it went well."


async def kept(world: World, player: Player, form: Form, values: Mapping[str, str], name: str = "") -> Held:
    """What the page does every few seconds."""
    held = await world.entry.keep(
        FormTyped(
            event_id=world.tools.ids.new("event"),
            actor=player.actor,
            key=form.key,
            subject=form.subject,
            state={**form.state, NAME: name or form.state[NAME]},
            values={field: Sensitive(text) for field, text in values.items()},
        )
    )
    assert isinstance(held, Held), held
    return held


def text(form: Form, name: str) -> str:
    field = next(f for f in form.fields if f.name == name)
    assert isinstance(field, TextField)
    return field.value.reveal()


async def waiting(player: Player) -> list[Row]:
    """The rows under "Not sent yet" on Home."""
    rows, inside = [], False
    for block in (await player.home()).body:
        if isinstance(block, Heading):
            inside = block.text == words("en")("draft.heading")
        elif isinstance(block, Row) and inside:
            rows.append(block)
    return rows


async def reviewing(world: World) -> Scene:
    """A review to be written, in English."""
    at = await scene(world)
    await world.advance(days=3)
    await at.reviewer.type("language en")
    await at.presenter.type("language en")
    return at


async def test_what_was_typed_is_there_when_the_form_is_opened_again(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    held = await kept(world, at.reviewer, form, {"reflection": NEVER_LOST, "suggestion": ""})
    assert held.said.startswith("Saved ")
    again = await at.reviewer.open("review.open", at.assignment.id)
    assert text(again, "reflection") == NEVER_LOST
    assert again.state[NAME].split(".")[:2] == held.name.split(".")[:2]
    notice = again.body[0]
    assert isinstance(notice, Notice)
    assert "It is not sent yet" in plain(notice.line)


async def test_home_says_what_is_not_sent_and_leads_back_to_it(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    [row] = await waiting(at.reviewer)
    assert plain(row.line) == f"Your review of {at.case.code} is not sent yet"
    go_on, discard = row.actions
    outcome = await at.reviewer.press(go_on.key, go_on.subject, **go_on.args)
    assert isinstance(outcome, Show)
    assert text(outcome.form, "reflection") == NEVER_LOST
    assert discard.confirm
    await at.reviewer.press(discard.key, discard.subject)
    assert await waiting(at.reviewer) == []
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == ""


async def test_a_review_left_at_the_preview_waits_on_home(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send(form, {"reflection": NEVER_LOST, "suggestion": "Write less.", "prompts": ()})
    assert len(await waiting(at.reviewer)) == 1
    again = await at.reviewer.open("review.open", at.assignment.id)
    assert (text(again, "reflection"), text(again, "suggestion")) == (NEVER_LOST, "Write less.")


async def test_what_is_sent_leaves_no_draft_and_no_text(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"reflection": NEVER_LOST, "suggestion": "Write less."})
    assert await waiting(at.reviewer) == []
    assert await world.find(Draft, person=at.reviewer.actor.user) == []


async def test_a_form_with_a_mistake_keeps_its_text(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    outcome = await at.reviewer.send(form, {"reflection": NEVER_LOST, "suggestion": ""})
    assert isinstance(outcome, Invalid)
    assert outcome.form.state[NAME] != form.state[NAME]
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == NEVER_LOST
    await at.reviewer.send_and_confirm(outcome.form, {"reflection": NEVER_LOST, "suggestion": "Less."})
    assert await world.find(Draft, person=at.reviewer.actor.user) == []


async def test_a_closed_gate_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)

    async def closed(*_: object, **__: object) -> None:
        raise GateClosed(recogniser="names", place="bot/anonymise/recognisers/people.py:7")

    monkeypatch.setattr(world.tools.gate, "examine", closed)
    outcome = await at.reviewer.send(form, {"reflection": NEVER_LOST, "suggestion": "Less."})
    assert isinstance(outcome, Refused)
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == NEVER_LOST
    (told,) = [ids for action, ids in world.log.records if action == "gate.closed"]
    assert (told["what"], told["place"]) == ("names", "bot/anonymise/recognisers/people.py:7")


async def test_two_windows_never_overwrite_one_another(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    first = await kept(world, at.reviewer, form, {"reflection": "The first window."})
    second_form = await at.reviewer.open("review.open", at.assignment.id)
    second = await kept(world, at.reviewer, second_form, {"reflection": "The second window."})
    assert not second.apart
    await world.advance(minutes=1)
    third = await kept(world, at.reviewer, form, {"reflection": "The first window goes on."}, first.name)
    assert third.apart
    texts = set()
    for row in await waiting(at.reviewer):
        shown = await at.reviewer.press(row.actions[0].key, row.actions[0].subject, **row.actions[0].args)
        assert isinstance(shown, Show)
        texts.add(text(shown.form, "reflection"))
    assert texts == {"The first window goes on.", "The second window."}
    newest = await at.reviewer.open("review.open", at.assignment.id)
    assert text(newest, "reflection") == "The first window goes on."


async def test_steps_of_one_window_follow_one_another_even_when_they_overtake(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    drawn = ".".join(form.state[NAME].split(".")[:2])
    await kept(world, at.reviewer, form, {"reflection": "one"}, f"{drawn}.w.1")
    third = await kept(world, at.reviewer, form, {"reflection": "one two three"}, f"{drawn}.w.3")
    late = await kept(world, at.reviewer, form, {"reflection": "one two"}, f"{drawn}.w.2")
    assert not third.apart
    assert not late.apart
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == "one two three"
    assert len(await waiting(at.reviewer)) == 1


async def test_two_cases_under_way_are_two_drafts(world: World) -> None:
    player = world.player("a")
    await player.type("language en")
    one = await player.open("case.new")
    await kept(world, player, one, {"title": "The first", "background": "b"})
    outcome = await player.press("case.new", draft="another")
    assert isinstance(outcome, Show)
    assert text(outcome.form, "title") == ""
    await kept(world, player, outcome.form, {"title": "The second"})
    assert len(await waiting(player)) == 2
    values = {"title": "The second", "background": "b", "key_question": "q", "mode": ("icbt",), "language": ("en",)}
    values |= {"objection": ("no",), "risk": ("no",)}
    await player.send_and_confirm(outcome.form, values)
    assert [row.actions[0].args["draft"] for row in await waiting(player)] == [one.state[NAME].split(".")[0]]


async def test_as_typed_for_the_hours_and_masked_for_the_days_of_the_policy(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send(form, {"reflection": NEVER_LOST, "suggestion": "Write less."})
    await world.advance(hours=47)
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == NEVER_LOST
    await world.advance(hours=2)
    again = await at.reviewer.open("review.open", at.assignment.id)
    assert "8801234" not in text(again, "reflection")
    assert "[PHONE 1]" in text(again, "reflection")
    assert text(again, "suggestion") == "Write less."
    async with world.store.system() as system:
        await system.purge_expired(world.clock.now(), 100)
        await system.commit()
    assert [d.kind for d in await world.find(Draft, person=at.reviewer.actor.user)] == ["masked"]
    held = await kept(world, at.reviewer, again, {"reflection": "On with it."})
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == "On with it."
    await at.reviewer.send_and_confirm(
        await at.reviewer.open("review.open", at.assignment.id), {"reflection": "On.", "suggestion": "Less."}
    )
    assert held.name
    assert await world.find(Draft, person=at.reviewer.actor.user) == []


async def test_a_masked_draft_ends_after_its_days(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send(form, {"reflection": NEVER_LOST, "suggestion": "Write less."})
    world.clock.advance_to(world.clock.now() + timedelta(days=7, seconds=1))
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == ""


async def test_one_drawn_form_sent_again_and_again_is_one_draft(world: World) -> None:
    """A chat's dialog keeps the state it was opened with, however often it is sent with a mistake."""
    player = world.player("a")
    form = await player.open("case.new")
    for title in ("One", "Two", "Three"):
        assert isinstance(await player.send(form, {"title": title}), Invalid)
    assert text(await player.open("case.new"), "title") == "Three"
    assert len([d for d in await world.find(Draft, person=player.actor.user) if d.kind == "typed"]) == 1


async def test_nobody_reads_or_writes_the_draft_of_another(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    held = await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    other = world.player("d")
    theirs = await other.open("case.new")
    await kept(world, other, theirs, {"title": "Mine"}, held.name)
    assert isinstance(await other.press("draft.discard", held.name.split(".")[0]), Refused)
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == NEVER_LOST
    assert all(NEVER_LOST not in str(row) for row in await waiting(other))


async def test_no_draft_is_kept_of_a_form_that_somebody_may_not_send(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    for key, subject in (("round.new.send", ""), ("review.send", "asg_of_nobody"), ("case.send.nowhere", "")):
        typed = FormTyped(
            event_id=f"typed-{key}",
            actor=at.reviewer.actor,
            key=key,
            subject=subject,
            state=form.state,
            values={"title": Sensitive(NEVER_LOST)},
        )
        assert isinstance(await world.entry.keep(typed), Refused), key
    assert [each for each in await world.find(Draft) if each.kind == "typed"] == []


async def test_a_withdrawn_case_takes_the_drafts_about_it(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    assert isinstance(await at.presenter.press("case.withdraw", at.case.id), Done)
    assert await world.find(Draft, person=at.reviewer.actor.user) == []


async def test_who_steps_out_leaves_no_draft(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    await at.reviewer.press("review.recognise", at.assignment.id)
    assert await world.find(Draft, person=at.reviewer.actor.user) == []


async def test_drafts_rest_encrypted_and_the_row_holds_no_text(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await kept(world, at.reviewer, form, {"reflection": NEVER_LOST})
    [draft] = await world.find(Draft, person=at.reviewer.actor.user)
    assert "agreed" not in repr(draft)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.shred(draft.id)
        await uow.commit()
    assert text(await at.reviewer.open("review.open", at.assignment.id), "reflection") == ""


async def test_more_than_a_form_takes_is_refused_with_words(world: World) -> None:
    at = await reviewing(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    event = FormTyped(
        event_id="e", actor=at.reviewer.actor, key=form.key, subject=form.subject, state=form.state,
        values={"reflection": Sensitive("x" * 50_000)},
    )  # fmt: skip
    outcome = await world.entry.keep(event)
    assert isinstance(outcome, Refused)
    assert outcome.key == "draft_too_long"


def test_every_writing_form_stands_on_home_or_is_apart() -> None:
    """A form with a text for others that came without a row on Home would be found here."""
    writing = {c.key for c in COMMANDS if c.kind is Kind.SENT and c.prepare}
    assert writing - APART - set(LISTED) == {"case.submit", "message.submit"}
