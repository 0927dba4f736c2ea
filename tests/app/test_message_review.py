"""A round of messages: retold by lot, marked after a calibration, read by its presenter; a group reads shares only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.blocks.message_reviews import INVENTED, SENTENCE_LENGTH, invented_message, reasons
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.message_review import BEHAVIOURS, Marks, Seen
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ui.forms.case import MESSAGE_LENGTHS
from bot.ui.inbound import Invalid, Outcome, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, Items, ManyField, Notice, Passage, Table, Text, TextField, plain
from bot.ui.strings import LANGUAGES, words
from tests.app.published_round import who
from tests.app.test_worksheet import policy
from tests.world import World

EXCERPT = "I thanked for the note, said that weeks like this happen, and asked which exercise was the hardest."
RETOLD: Mapping[str, str | tuple[str, ...]] = {
    "mode": ("icbt",),
    "language": ("en",),
    "week": "4",
    "background": "A short note that the exercises were too much this week.",
    "excerpt": EXCERPT,
    "objection": ("no",),
    "risk": ("no",),
    "guessable": ("yes",),
}
ALL_SEEN = dict.fromkeys(BEHAVIOURS, ("seen",))
READ_IN_MINUTES = 8
WORDS_A_MINUTE = 200
LETTERS_A_WORD = 6
"""With the blank; the six languages lie between 5.5 and 7."""
SECONDS = {ChoiceField: 12, ManyField: 30, TextField: 90}
"""To answer a field of a kind."""


async def retell(world: World, key: str, **changes: Any) -> Outcome:
    form = await world.player(key).open("message.new")
    _, outcome = await world.player(key).send_and_confirm(form, {**RETOLD, **changes})
    return outcome


async def message_round(world: World, presenters: str = "abcdef", *, early: bool = False) -> list[Assignment]:
    """A published round of messages whose reviewers may write (`early`: only ask); its assignments."""
    async with world.store.begin(ORGANISATION) as uow:  # whoever reads another language is compared in English here
        await uow.save(replace(await uow.get(Person, person_id("d")), language="en"))
        await uow.commit()
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {"kind": ("message",)})
    await world.advance(minutes=1)
    for key in presenters:
        await retell(world, key)
    round_ = (await world.find(Round, closed_at=None))[0].id
    await supervisor.open("round.preview", round_)
    await supervisor.press("round.publish.soon", round_)
    await world.advance(hours=1)
    await world.advance(days=0 if early else 3)
    return await world.find(Assignment, round=round_, ended_at=None)


async def calibrated(world: World, assignment: Assignment) -> Form:
    """The page of a review, past the two invented messages if they come first."""
    player = who(assignment, world)
    form = await player.open("review.open", assignment.id)
    while form.key == "calibrate.send":
        form = form_of(await player.send(form, ALL_SEEN), "calibrate.send")
    return form


async def review(world: World, assignment: Assignment, **changes: Any) -> Outcome:
    values = {**ALL_SEEN, "suggestion": "I would keep the thanks and ask for one number.", **changes}
    _, outcome = await who(assignment, world).send_and_confirm(await calibrated(world, assignment), values)
    return outcome


def lines(outcome: Outcome | Form) -> str:
    shown: Any = outcome
    if isinstance(outcome, Show):
        shown = outcome.form
    elif isinstance(outcome, Say):
        shown = outcome.card
    said = []
    for block in shown.body:
        match block:
            case Notice(line=text) | Text(line=text):
                said.append(plain(text))
            case Passage(text=text):
                said.append(text.text)
            case Table(rows=rows):
                said += [" | ".join(map(plain, row)) for row in rows]
            case _:
                said.append(str(block))
    return "\n".join(said)


async def test_a_round_of_messages_asks_for_one_by_lot(world: World) -> None:
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {"kind": ("message",)})
    await world.advance(minutes=1)
    (round_,) = [each for each in await world.find(Round, closed_at=None) if each.published_at is None]
    assert round_.kind == "message"
    assert "message.new" in {action.key for card in world.inbox("b") for action in card.actions}
    assert any("This time a message is asked for" in str(card) for card in world.inbox("b"))
    drawn = [lines(await world.player("b").open("message.new")) for _ in range(3)]
    assert len(set(drawn)) == 1 and "The lot fell on message number" in drawn[0]
    assert "in the week from Mon 11 Jan" in drawn[0]
    others = {lines(await world.player(key).open("message.new")).splitlines()[1] for key in "abcdefg"}
    assert len(others) > 1
    await retell(world, "b")
    (case,) = await world.find(Case, round=round_.id)
    assert case.kind == "message"
    page = lines(await world.player("b").open("case.page", case.id))
    assert "A message to a patient" in page and "What helps in this message" in page and EXCERPT in page


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("excerpt", "", "retell the message"),
        ("excerpt", "long " * 500, "2499 characters"),
        ("background", "long " * 200, "at most 600"),
        ("risk", (), "choose"),
        ("language", (), "choose"),
        ("week", "many", "200"),
    ],
)
async def test_a_message_that_lacks_something_is_refused_by_field(
    world: World, name: str, value: Any, told: str
) -> None:
    before = await world.find(Case)
    outcome = await world.player("a").send(await world.player("a").open("message.new"), {**RETOLD, name: value})
    assert isinstance(outcome, Invalid) and outcome.form.key == "message.submit"
    assert set(outcome.form.errors) == {name} and told in outcome.form.errors[name]
    assert await world.find(Case) == before


async def test_a_message_passes_the_gate_and_can_be_changed_on_the_way(world: World) -> None:
    form = await world.player("a").open("message.new")
    typed = {**RETOLD, "excerpt": "I asked Anna to call 07700 900123 when it gets worse."}
    preview = form_of(await world.player("a").send(form, typed), "text.confirm")
    assert preview.key == "text.confirm"
    (edit,) = [action for action in preview.actions if action.key == "text.edit"]
    again = await world.player("a").open("text.edit", edit.subject)
    assert again.key == "message.submit"
    (excerpt,) = [f for f in again.fields if isinstance(f, TextField) and f.name == "excerpt"]
    assert excerpt.value.reveal() == typed["excerpt"]
    await world.player("a").send(preview, {})
    case = (await world.find(Case, order=("-submitted_at",)))[0]
    async with world.store.begin(ORGANISATION, write=False) as uow:
        texts = await uow.texts(case.id, "case")
    assert "07700" not in texts["excerpt"].text and "Anna" not in texts["excerpt"].text


async def test_a_current_risk_stops_a_message_as_it_stops_a_case(world: World) -> None:
    before = await world.find(Case)
    outcome = await world.player("a").send(
        await world.player("a").open("message.new"), {**RETOLD, "risk": ("yes",), "excerpt": ""}
    )
    assert isinstance(outcome, Show) and "112" in str(outcome.form)
    assert await world.find(Case) == before


async def test_two_invented_messages_come_before_the_first_review_and_never_again(world: World) -> None:
    first, *_ = await message_round(world)
    player = who(first, world)
    form = await player.open("review.open", first.id)
    assert form.key == "calibrate.send"
    unmarked = await player.send(form, {**ALL_SEEN, "praise": ()})
    assert isinstance(unmarked, Invalid) and set(unmarked.form.errors) == {"praise"}
    second = form_of(await player.send(form, ALL_SEEN), "second")
    seen = [sum(said is Seen.SEEN for said in expected.values()) for expected in INVENTED]
    assert f"agree in {seen[0]} of 9" in lines(second)
    page = form_of(await player.send(second, ALL_SEEN), "page")
    assert page.key == "review.send" and f"agree in {seen[1]} of 9" in lines(page)
    assert (await player.open("review.open", first.id)).key == "review.send"
    (person,) = await world.find(Person, id=first.reviewer)
    assert person.calibrated_at is not None
    assert (await world.find(Assignment, id=first.id))[0].prompts == ()  # nothing of the marks was kept


async def test_each_mark_of_an_invented_message_is_explained(world: World) -> None:
    first, *_ = await message_round(world)
    player = who(first, world)
    shown = form_of(await player.send(await player.open("review.open", first.id), ALL_SEEN), "second")
    told = [plain(each) for block in shown.body if isinstance(block, Items) for each in block.lines]
    assert len(told) == len(BEHAVIOURS)
    for why in reasons(words("en"), 1).values():
        assert sum(why in each for each in told) == 1
    differ = [name for name, said in INVENTED[0].items() if said is not Seen.SEEN]
    assert [each for each in told if "You: Seen" in each] == told[: len(differ)]


async def test_a_review_that_skips_the_invented_messages_leads_to_them(world: World) -> None:
    first, *_ = await message_round(world)
    form = replace(await who(first, world).open("review.open", first.id), key="review.send", state={})
    outcome = await who(first, world).send(form, {**ALL_SEEN, "suggestion": "Well done."})
    assert form_of(outcome, "review").key == "calibrate.send"


async def test_marks_and_sentence_reach_the_presenter_by_letter(world: World) -> None:
    assignments = await message_round(world)
    case = assignments[0].case
    ours = [each for each in assignments if each.case == case]
    for each in ours:
        await review(world, each, practice=("grow",), clear=("not_seen",), look_out=("tone",))
    async with world.store.begin(ORGANISATION, write=False) as uow:
        presenter = (await uow.presenter(case)).rpartition("_")[2]
    shown = lines(await world.player(presenter).open("case.reviews", case))
    assert shown.count("Could grow: Encourages practice") == len(ours)
    assert shown.count("Not seen: Communicates clearly") == len(ours)
    assert "the tone" in shown and "I would keep the thanks" in shown
    (kept, *_) = await world.find(Assignment, id=ours[0].id)
    assert Marks.of(kept.prompts).behaviours["practice"] is Seen.GROW
    mine = lines(await who(ours[0], world).open("review.open", ours[0].id))
    assert "Could grow: Encourages practice" in mine


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("suggestion", "", "one sentence"),
        ("suggestion", "word " * 100, f"at most {SENTENCE_LENGTH}"),
        ("praise", (), "choose"),
        ("praise", ("always",), "choose"),
    ],
)
async def test_an_incomplete_review_is_refused_by_field(world: World, name: str, value: Any, told: str) -> None:
    first, *_ = await message_round(world, "abc")
    outcome = await review(world, first, **{name: value})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {name} and told in outcome.form.errors[name]


async def shares_after(world: World, presenters: str = "abcdef") -> str:
    """What therapist A reads of the group once the quarter is over; praise could grow in every other message."""
    assignments = await message_round(world, presenters)
    cases = sorted({each.case for each in assignments})
    for each in assignments:
        odd = cases.index(each.case) % 2
        await review(world, each, praise=("grow" if odd else "seen",))
    world.clock.advance(timedelta(days=80))
    return lines(await world.player("a").press("behaviours.open"))


async def test_a_group_reads_shares_and_its_practice_card_when_the_quarter_is_over(world: World) -> None:
    shown = await shares_after(world)
    assert "Of 6 messages:" in shown
    assert "Praises effort | 50 % | 50 %" in shown
    assert "Builds rapport | nearly all | nearly none" in shown
    assert "That took courage" in shown  # the practice card's example for praise
    for key in "abcdefgs":
        assert f"Therapist {key.upper()}" not in shown
    assert EXCERPT not in shown


async def test_a_running_quarter_and_four_people_have_no_shares(world: World) -> None:
    assert "There are no shares" in lines(await world.player("a").press("behaviours.open"))
    assert "There are no shares" in await shares_after(world, "abcd")


async def test_without_the_policy_nothing_of_it_is_offered(world: World) -> None:
    form = await world.player("a").open("message.new")
    await policy(world, message_reviews=False)
    for outcome in (
        await world.player("a").press("message.new"),
        await world.player("a").type("/case message"),
        await world.player("a").send(form, RETOLD),
    ):
        assert isinstance(outcome, Refused) and outcome.key == "message_reviews_off"
    assert "no message reviews" in lines(await world.player("a").press("behaviours.open"))
    fields = {field.name for field in (await world.player("s").open("round.new")).fields}
    assert "kind" not in fields
    await world.player("s").send(await world.player("s").open("round.new"), {"kind": ("message",)})
    assert {each.kind for each in await world.find(Round)} == {"case"}


async def test_a_review_takes_eight_minutes_at_most(world: World) -> None:
    first, *_ = await message_round(world, "abc")
    await calibrated(world, first)
    form = await who(first, world).open("review.open", first.id)  # what the invented messages taught stands there once
    assert [type(field) for field in form.fields] == [ChoiceField] * 9 + [ManyField, TextField]
    letters = sum(MESSAGE_LENGTHS.values())
    own = sum(len(line) for line in lines(form).splitlines())
    asked = sum(len(field.label) for field in form.fields)
    reading = (letters + own + asked) / LETTERS_A_WORD / WORDS_A_MINUTE
    answering = sum(SECONDS[type(field)] for field in form.fields) / 60
    assert reading + answering <= READ_IN_MINUTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_invented_messages_and_an_example_for_each_behaviour(language: str) -> None:
    w = words(language)
    assert all(len(part.split()) > 5 for step in (1, 2) for part in invented_message(w, step))
    assert all(w.has(f"behaviours.example.{name}") and len(w(f"behaviours.example.{name}")) > 40 for name in BEHAVIOURS)
    assert len({w(f"behaviours.example.{name}") for name in BEHAVIOURS}) == len(BEHAVIOURS)


async def test_only_their_own_marks_reach_anybody(world: World) -> None:
    """A supervisor of the group, a manager and colleagues read no marks of a message they took no part in."""
    assignments = await message_round(world)
    for each in assignments:
        await review(world, each, practice=("grow",))
    case = assignments[0].case
    taking_part = {each.reviewer for each in assignments if each.case == case}
    async with world.store.begin(ORGANISATION, write=False) as uow:
        taking_part.add(await uow.presenter(case))
    for key in "abcdefgs":
        if person_id(key) not in taking_part:
            assert isinstance(await world.player(key).press("case.reviews", case), Refused)
    assert isinstance(await world.player("m").press("behaviours.open"), Refused)


async def test_in_the_days_of_questions_a_message_review_says_what_follows_it(world: World) -> None:
    first, *_ = await message_round(world, early=True)
    shown = lines(await calibrated(world, first))
    assert "you ask questions. After that you mark what you see and write one sentence" in shown
    assert "Reflections" not in shown


async def test_marks_are_not_shown_once_the_texts_are_erased(world: World) -> None:
    assignments = await message_round(world)
    case = assignments[0].case
    ours = [each for each in assignments if each.case == case]
    for each in ours:
        await review(world, each, practice=("grow",), look_out=("tone",))
    async with world.store.begin(ORGANISATION) as uow:
        presenter = (await uow.presenter(case)).rpartition("_")[2]
        kept = await uow.get(Case, case)
        await uow.save(replace(kept, purged_at=world.clock.now()))
        await uow.commit()
    for shown in (
        lines(await world.player(presenter).open("case.reviews", case)),
        lines(await who(ours[0], world).open("review.open", ours[0].id)),
    ):
        assert "Could grow" not in shown and "the tone" not in shown and "its marks are not shown any more" in shown
