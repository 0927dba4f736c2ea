"""From a button to the event that comes in, and from an outcome to what the browser does next."""

from __future__ import annotations

import asyncio

from bot.anonymise.text import Sensitive
from bot.ui.inbound import ActionPressed, CommandTyped, Done, FormSubmitted, Refused, Say, Show
from bot.ui.model import Action, Card, Confirm, Form, Text, line
from bot.ui.platform import Address, Message
from tests import gallery
from tests.unit.web.client import Browser
from tests.unit.web.stage import DOCUMENT, KIEL, OPEN, ULM, Stage


async def test_a_form_comes_in_with_its_values_and_its_state(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="Ny titel", t_background="en\r\ntvå", t_until="2027-01-12", t_minutes="25")
    [event] = stage.of(FormSubmitted)
    assert isinstance(event, FormSubmitted)
    assert (event.actor, event.key, event.subject, event.state) == (
        KIEL,
        "gallery.form",
        "cas_0001",
        {"draft": "drf_0001"},
    )
    assert event.values == {
        "title": Sensitive("Ny titel"),
        "background": Sensitive("en\ntvå"),
        "mode": ("icbt",),
        "prompts": ("p1",),
        "until": Sensitive("2027-01-12"),
        "minutes": Sensitive("25"),
    }
    assert page.path == "/"
    assert "It is done." in page.text


async def test_a_search_has_a_page_of_its_own_to_go_back_to(browser: Browser, stage: Stage) -> None:
    """A page that answers a POST is shown again by no browser; the words stand in no address."""
    looked = Form("gallery.form", "Found", body=(Text(line("What was found")),), submit="Look", aside=True)
    stage.answers["gallery.form"] = Show(looked)
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="stuck halfway")
    assert page.path.startswith("/found/")
    assert "stuck" not in page.path
    assert "What was found" in page.text
    again = await browser.open(page.path)
    assert again.status == 200
    sent = [each for each in stage.of(FormSubmitted) if isinstance(each, FormSubmitted)]
    assert {str(each.values) for each in sent} == {str(sent[0].values)}
    assert len(sent) == 3, "it is run again each time the page is shown"
    async with Browser(stage, ULM) as other:
        assert "What was found" not in (await other.open(page.path)).text


async def test_a_search_of_many_pages_is_answered_and_not_kept(browser: Browser, stage: Stage) -> None:
    """Kept searches would else be a store of anything, a megabyte a step."""
    looked = Form("gallery.form", "Found", body=(Text(line("What was found")),), submit="Look", aside=True)
    stage.answers["gallery.form"] = Show(looked)
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.post("/submit", [("ticket", form.values["ticket"]), ("t.title", "x"), ("more", "x" * 5_000)])
    assert "What was found" in page.text
    assert not page.path.startswith("/found/")


async def test_several_options_come_in_together(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    await browser.post(
        "/submit", [("ticket", form.values["ticket"]), ("t.title", "x"), ("o.prompts", "p1"), ("o.prompts", "p4")]
    )
    [event] = stage.of(FormSubmitted)
    assert isinstance(event, FormSubmitted)
    assert event.values["prompts"] == ("p1", "p4")


async def test_a_note_is_shown_once(browser: Browser) -> None:
    form = (await browser.command("form everything")).form("/submit")
    assert "It is done." in (await browser.send(form, t_title="x")).text
    assert "It is done." not in (await browser.open("/")).text


async def test_a_note_offers_to_take_the_step_back_once(browser: Browser, stage: Stage) -> None:
    undo = Action("people.undo", "Undo", "undo_1")
    stage.answers["gallery.form"] = Done("Moved.", Card("k", "Moved.", (), (Action("people.show", "Show"), undo)))
    page = await browser.send((await browser.command("form everything")).form("/submit"), t_title="x")
    await browser.send(page.form("/press", "Undo"))
    pressed = [
        event for event in stage.of(ActionPressed) if isinstance(event, ActionPressed) and event.key == "people.undo"
    ]
    assert [event.subject for event in pressed] == ["undo_1"]
    stage.answers["gallery.form"] = Done("Kept.", Card("k", "Kept.", (), (Action("people.show", "Show"),)))
    page = await browser.send((await browser.command("form everything")).form("/submit"), t_title="y")
    assert "Kept." in page.text
    assert "Undo" not in page.text


async def test_several_things_of_one_name_are_listed_and_one_is_gone_to(browser: Browser, stage: Stage) -> None:
    listed = await browser.command("therapist")
    assert listed.links == listed.links | {"Therapist A <Kiel>": "/people/per_a", "Therapist B": "/people/per_b"}
    assert "/people" not in listed.path, "what was typed stands in no address"
    assert stage.of(CommandTyped) == []


async def test_a_double_submit_is_one_event(browser: Browser, stage: Stage) -> None:
    form = (await browser.command("form everything")).form("/submit")
    await asyncio.gather(browser.send(form, t_title="x"), browser.send(form, t_title="x"))
    assert len(stage.of(FormSubmitted)) == 1


async def test_a_dangerous_button_asks_first(browser: Browser, stage: Stage) -> None:
    home = await browser.open("/")
    question = await browser.send(home.form("/press", "Withdraw"))
    assert "Its text is erased at once." in question.text
    assert not stage.of(ActionPressed)
    assert question.links["Keep"] == "/"
    done = await browser.send(question.form("/press", "Withdraw"))
    [event] = stage.of(ActionPressed)
    assert isinstance(event, ActionPressed)
    assert (event.key, event.subject) == ("case.withdraw", "cas_0001")
    assert "It is done." in done.text


async def test_what_would_be_refused_is_answered_without_a_question(browser: Browser, stage: Stage) -> None:
    """An old page still shows the button of something that is over."""
    stage.over.add("case.withdraw")
    stage.answers["case.withdraw"] = Refused("case_not_open", "It was withdrawn already.")
    said = await browser.send((await browser.open("/")).form("/press", "Withdraw"))
    assert "It was withdrawn already." in said.text
    assert "Its text is erased at once." not in said.text


async def test_the_dialog_answers_the_question_in_the_same_request(browser: Browser, stage: Stage) -> None:
    home = await browser.open("/")
    await browser.send(home.form("/press", "Withdraw"), confirmed="1")
    assert len(stage.of(ActionPressed)) == 1


async def test_what_opens_is_a_link_that_can_be_reloaded(browser: Browser, stage: Stage) -> None:
    link = (await browser.open("/")).links["Open review 0"]
    for _ in range(2):
        assert "Present a case" in (await browser.open(link)).text
    first, second = stage.of(ActionPressed)
    assert isinstance(first, ActionPressed)
    assert (first.key, first.subject, first.args) == ("review.open", "asg_0000", {"from": "home"})
    assert first.event_id != second.event_id


async def test_commands_come_in_with_or_without_the_slash(browser: Browser, stage: Stage) -> None:
    for typed, name, text in (
        ("/caseload icbt", "caseload", "icbt"),
        ("Leave  2 Jan", "leave", "2 Jan"),
        ("", "help", ""),
    ):
        await browser.command(typed)
        event = stage.of(CommandTyped)[-1]
        assert isinstance(event, CommandTyped)
        assert (event.name, event.text) == (name, Sensitive(text))


async def test_a_refusal_is_a_friendly_page(browser: Browser) -> None:
    page = await browser.command("/nope")
    assert page.status == 403
    assert "There is no such command; /help lists them." in page.text


async def test_an_answer_can_be_read_again_without_asking_again(browser: Browser, stage: Stage) -> None:
    page = await browser.command("card smallest")
    assert page.path.startswith("/answer/")
    before = len(stage.events)
    assert (await browser.open(page.path)).text == page.text
    assert len(stage.events) == before


async def test_nobody_reads_the_answer_of_another(browser: Browser, stage: Stage) -> None:
    path = (await browser.command("card everything")).path
    async with Browser(stage, ULM) as other:
        assert (await other.open(path)).path == "/"


async def test_a_file_is_handed_over(browser: Browser, stage: Stage) -> None:
    stage.answers["log"] = DOCUMENT
    page = await browser.command("log")
    assert page.body == b"day,minutes\n"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="log__n_code.csv"')
    assert "Your log was downloaded." in (await browser.open("/")).text


async def test_after_a_press_on_an_opened_page_the_page_is_shown_again(browser: Browser, stage: Stage) -> None:
    link = (await browser.open("/")).links["Open review 0"]
    asked = await browser.send((await browser.open(link)).form("/press", "Withdraw"), confirmed="1")
    assert asked.path == "/open"
    assert "It is done." in asked.text


async def test_when_the_opened_page_is_gone_the_note_is_shown_where_it_was_opened(
    browser: Browser, stage: Stage
) -> None:
    link = (await browser.open("/")).links["Open review 0"]
    opened = await browser.open(link)
    stage.answers["review.open"] = Refused("case_gone", "The case is gone.")
    done = await browser.send(opened.form("/press", "Withdraw"), confirmed="1")
    assert done.path == "/"
    assert "It is done." in done.text


async def test_done_with_a_card_replaces_the_answer_it_was_pressed_on(browser: Browser, stage: Stage) -> None:
    stage.answers["hold"] = Say(Card("hold", "A hold", actions=(Action("hold.ack", "Acknowledge"),)))
    stage.answers["hold.ack"] = Done("Thanks.", Card("hold", "A hold, acknowledged"))
    page = await browser.command("hold")
    after = await browser.send(page.form("/press", "Acknowledge"))
    assert after.path == page.path
    assert "A hold, acknowledged" in after.text
    assert "Thanks." in after.text


async def test_done_without_a_card_leads_back_past_the_old_answer(browser: Browser, stage: Stage) -> None:
    stage.answers["reviews"] = Say(Card("reviews", "Open reviews", actions=(OPEN,)))
    page = await browser.command("reviews")
    form = (await browser.open(page.links["Open"])).form("/submit")
    assert (await browser.send(form, t_title="x")).path == "/"


async def test_a_button_with_a_question_may_open_a_form(browser: Browser, stage: Stage) -> None:
    ask = Confirm("Sure?", "Really.", "Yes", "No")
    stage.home = Card("home", "Home", actions=(Action("review.open", "Open", confirm=ask, opens=True),))
    question = await browser.send((await browser.open("/")).form("/press", "Open"))
    assert "Present a case" in (await browser.send(question.form("/press", "Yes"))).text


async def test_notices_are_delivered_updated_in_place_and_marked_read(browser: Browser, stage: Stage) -> None:
    to = Address(KIEL, {})
    first = await stage.platform.send(to, Message("obx_1", Card("a", "The first")))
    stage.clock = stage.clock.replace(hour=10)
    await stage.platform.send(to, Message("obx_2", Card("b", "The second", actions=(Action("go", "Go"),))))
    assert "Notices, 2 new" in (await browser.open("/")).html
    page = await browser.open("/notices")
    assert page.text.index("The second") < page.text.index("The first")
    assert "2 new" not in (await browser.open("/")).html

    assert await stage.platform.send(to, Message("obx_3", Card("a", "The first, changed"), replaces=first)) == first
    assert await stage.platform.send(to, Message("obx_1", Card("a", "The first, again"), retried=True)) == first
    page = await browser.open("/notices")
    assert "The first, again" in page.text
    assert "changed" not in page.text

    stage.answers["go"] = Done("Went.", Card("b", "The second, done"))
    after = await browser.send(page.form("/press", "Go"))
    assert after.path == "/notices"
    assert "The second, done" in after.text


async def test_old_notices_are_on_further_pages_and_end(browser: Browser, stage: Stage) -> None:
    for i in range(25):
        stage.clock = stage.clock.replace(minute=i)
        await stage.platform.send(Address(KIEL, {}), Message(f"obx_{i}", Card("a", f"Number {i}.")))
    page = await browser.open("/notices")
    assert "Number 24." in page.text
    assert "Number 4." not in page.text
    older = await browser.open(page.links["Older notices"])
    assert "Number 4." in older.text
    assert "Number 5." not in older.text
    stage.clock = stage.clock.replace(year=2027, month=6)
    assert "Nothing here yet" in (await browser.open("/notices")).text


async def test_nobody_reads_the_notices_of_another(stage: Stage) -> None:
    await stage.platform.send(Address(KIEL, {}), Message("obx_1", gallery.cards()["smallest"]))
    async with Browser(stage, ULM) as other:
        assert "Nothing here yet" in (await other.open("/notices")).text


async def test_an_old_button_of_a_notice_is_answered_with_a_page_that_leads_back(
    browser: Browser, stage: Stage
) -> None:
    stage.answers["hold"] = Say(Card("hold", "A hold", actions=(Action("hold.ack", "Acknowledge", "hold_1"),)))
    stage.answers["hold.ack"] = Refused("not_open", "This concern is settled.", way=(Action("home.open", "My page"),))
    page = await browser.command("hold")
    refused = await browser.send(page.form("/press", "Acknowledge"))
    assert "This concern is settled." in refused.text
    assert "Back" in refused.links
