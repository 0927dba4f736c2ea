"""What a person in Slack does and sees, over both connections."""

from __future__ import annotations

from functools import partial

import pytest

from bot.anonymise.text import Sensitive
from bot.ui.inbound import (
    ActionPressed,
    Arrived,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    Hand,
    HomeOpened,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Action, Card, Document, Form, Picture, Text, TextField, line
from bot.ui.platform import Address, Message
from tests import gallery
from tests.standins.slack.world import World, until

CASE = Form("case.submit", "Present a case", subject="cas_1", fields=(TextField("title", "Title"),), submit="Send")
HOME = Card("home", "Home", (Text(line("Your mode is iCBT")),), (Action("case.new", "New case", opens=True),))


def scripted(event: Event) -> Outcome:
    """A core with a Home tab, a case form, and something wrong with the title "x"."""
    match event:
        case HomeOpened():
            return Say(HOME)
        case CommandTyped(name="case") | ActionPressed(key="case.new"):
            return Show(CASE)
        case FormSubmitted(values={"title": Sensitive() as title}) if title.reveal() == "x":
            return Invalid(
                Form(CASE.key, CASE.title, fields=CASE.fields, submit="Send", errors={"title": "Too short."})
            )
        case FormSubmitted():
            return Done("Your case is with the gate.")
    return Done()


async def test_a_command_opens_a_form_and_the_form_reaches_the_core(world: World) -> None:
    world.core.answer = scripted
    anna = world.person()
    answer = await anna.types("/case new")
    assert answer.status == 200
    await anna.until("Present a case")
    await anna.sends(title="Stuck")
    assert "Your case is with the gate." in anna.reads
    [sent] = world.core.of(FormSubmitted)
    assert (sent.key, sent.subject, sent.actor) == ("case.submit", "cas_1", world.actor())
    assert sent.values == {"title": Sensitive("Stuck")}


async def test_a_mistake_stands_at_its_field_and_the_text_is_kept(world: World) -> None:
    world.core.answer = scripted
    anna = world.person()
    await anna.types("/case")
    await anna.until("Present a case")
    await anna.sends(title="x")
    assert "Too short." in anna.reads
    await anna.sends(title="Stuck")
    assert [e.values["title"].reveal() for e in world.core.of(FormSubmitted)] == ["x", "Stuck"]


async def test_the_home_tab_is_drawn_and_its_buttons_work(world: World) -> None:
    world.core.answer = scripted
    anna = world.person()
    assert (await anna.opens_home()).status == 200
    assert "Your mode is iCBT" in anna.home
    await anna.presses("New case")
    await anna.until("Present a case")


async def test_the_first_contact_announces_the_person(world: World) -> None:
    anna = world.person(profile={"real_name": "Therapist A"}, tz="Europe/Berlin", locale="de-DE")
    await anna.opens_home()
    await anna.opens_home()
    [arrived] = world.core.of(Arrived)
    assert arrived.profile.timezone == "Europe/Berlin"
    assert arrived.profile.language == "de-DE"
    assert arrived.reference == {"channel": "DU0ANNA"}


async def test_a_notices_button_is_replaced_by_what_was_done(world: World) -> None:
    anna = world.person()
    notice = Card(
        "review.due", "A review is due", actions=(Action("review.decline", "Decline", "asg_1"),), summary="Due"
    )
    world.core.answer = lambda _: Done("Declined.", Card("review.declined", "You declined", summary="Declined"))
    await world.platform.send(Address(world.actor(), {}), Message("out_1", notice))
    await anna.presses("Decline", on=world.slack.kept.inbox("U0ANNA")[0])
    await anna.until("You declined")
    assert len(anna.inbox) == 1
    assert "Decline" not in anna.inbox[0].replace("You declined", "")


@pytest.mark.parametrize("outcome", [Done(), Refused("no", "Not yours."), Say(Card("c", "Here you are"))])
async def test_every_press_has_a_visible_result(world: World, outcome: Outcome) -> None:
    anna = world.person()
    card = Card("k", "A notice", actions=(Action("do.it", "Do it"),), summary="s")
    world.core.answer = lambda _: outcome
    await world.platform.send(Address(world.actor(), {}), Message("out_1", card))
    await anna.presses("Do it", on=world.slack.kept.inbox("U0ANNA")[0])
    words = {Done: "Done.", Refused: "Not yours.", Say: "Here you are"}[type(outcome)]
    await anna.until(words)
    surfaces = (words in "\n".join(each) for each in (anna.inbox, anna.whispers, [anna.shown]))
    assert sum(surfaces) == 1, "said once"


@pytest.mark.parametrize("opens", [False, True])
async def test_an_old_button_is_answered_with_what_is_true_today_and_a_button_that_leads_on(
    world: World, opens: bool
) -> None:
    anna = world.person()
    gone = Refused("not_your_review", "This review is with somebody else.", way=(Action("home.open", "My page"),))
    world.core.answer = lambda e: gone if isinstance(e, ActionPressed) and e.key == "review.x" else Done("Here.")
    card = Card("k", "A notice", actions=(Action("review.x", "Write it", "asg_1", opens=opens),), summary="s")
    await world.platform.send(Address(world.actor(), {}), Message("out_1", card))
    await anna.presses("Write it", on=world.slack.kept.inbox("U0ANNA")[0])
    await anna.until(gone.text)
    assert "My page" in anna.everything


async def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda e: Show(CASE) if isinstance(e, CommandTyped) else Refused("no", "The round is closed.")
    await anna.types("/case")
    await anna.until("Present a case")
    await anna.sends(title="Stuck")
    assert "The round is closed." in anna.reads
    assert "Title" in anna.reads


async def test_a_document_arrives_in_the_messages(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda _: Hand(Document("log.csv", "text/csv", b"a,b\n"), "Your log")
    await anna.types("/supervision log")
    await anna.until("Your log")
    assert any(file.get("content") == b"a,b\n" for file in world.slack.kept.files.values())


async def test_a_chart_is_uploaded_once_and_shown_with_its_words(world: World) -> None:
    anna = world.person()
    card = Card("home", "Home", (Picture(gallery.PIXEL, alt="Gaps: 7, 14"),))
    world.core.answer = lambda _: Say(card)
    await anna.opens_home()
    await anna.opens_home()
    assert len(world.slack.called("files.getUploadURLExternal")) == 1
    [image] = [b for b in world.slack.kept.homes["U0ANNA"].body["blocks"] if b["type"] == "image"]
    assert image["alt_text"] == "Gaps: 7, 14"


@pytest.mark.parametrize("name", gallery.forms())
async def test_every_form_of_the_gallery_is_shown(world: World, name: str) -> None:
    anna = world.person()
    world.core.answer = lambda _: Show(gallery.forms()[name])
    await anna.types("/case")
    form = gallery.forms()[name]
    await anna.until(form.title)
    assert anna.modal.body["title"]["text"] == form.title
    assert [field.label for field in form.fields if field.label not in anna.reads] == []


@pytest.mark.parametrize("name", gallery.cards())
async def test_every_card_of_the_gallery_is_shown_everywhere(world: World, name: str) -> None:
    anna = world.person()
    card = gallery.cards()[name]
    world.core.answer = lambda _: Say(card)
    await anna.opens_home()
    await anna.types("/case")
    await anna.until(card.title)
    assert anna.home.startswith(card.title)


async def test_a_long_home_tab_is_turned_page_by_page(world: World) -> None:
    anna = world.person()
    world.core.answer = lambda _: Say(gallery.cards()["many_rows"])
    await anna.opens_home()
    assert "Therapist 59" not in anna.home
    await anna.presses("Next page")
    await anna.until("Therapist 59")


async def test_the_shortcut_begins_a_case_with_the_messages_text(world: World) -> None:
    anna = world.person()
    world.core.answer = scripted
    await anna.uses_shortcut("How would you go on here?")
    await anna.until("Present a case")
    [typed] = world.core.of(CommandTyped)
    assert (typed.name, typed.text.reveal()) == ("case", "new How would you go on here?")


async def test_a_press_in_a_view_opens_on_top_and_never_deeper_than_three(world: World) -> None:
    anna = world.person()
    deeper = Form("more", "More", body=(Text(line("words")),), actions=(Action("more", "Deeper", opens=True),))
    world.core.answer = lambda _: Show(deeper)
    await anna.types("/case")
    await anna.until("Deeper")
    for _ in range(4):
        before = anna.modal.hash
        await anna.presses("Deeper")
        await until(partial(lambda before: anna.modal.hash != before, before))
    assert len(world.slack.kept.stacks["U0ANNA"]) == 3
    assert ("views.push", {"ok": False, "error": "push_limit_reached"}) not in world.slack.refusals
