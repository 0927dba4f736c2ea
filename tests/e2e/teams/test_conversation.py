"""People use the bot in Teams, over real sockets, signed tokens and the connector's REST API."""

import asyncio

import pytest
from structlog.testing import capture_logs

from adapters.teams import held
from bot.anonymise.text import AnonText, Sensitive
from bot.ui.inbound import (
    ActionPressed,
    Arrived,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Action, Card, Form, Passage, Text, line
from tests import gallery
from tests.e2e.teams.script import WAITING, clinic
from tests.standins.teams.cards import button, elements, faults, texts
from tests.standins.teams.services import Core, MemoryDrawer
from tests.standins.teams.world import KIEL, LUND, world


async def test_a_command_is_answered_in_the_personal_chat() -> None:
    async with world(clinic) as w:
        person = w.person()
        assert (await person.types("review")).status == 200
        assert texts(person.sees()[-1]).startswith("One review waits")
        command = w.core.heard(CommandTyped)[0]
        assert (command.name, command.private, command.actor.user) == ("review", True, KIEL)
        assert not w.connector.wrong


@pytest.mark.parametrize(
    "typed",
    [
        "caseload icbt",
        "/caseload icbt",
        "<at>Intervision</at> caseload icbt",
        "<at>Intervision</at>&nbsp;/Caseload   icbt ",
    ],
)
async def test_mentions_and_slashes_are_forgiven(typed: str) -> None:
    async with world(clinic) as w:
        await w.person().types(typed)
        command = w.core.heard(CommandTyped)[0]
        assert (command.name, command.text.reveal()) == ("caseload", "icbt")


async def test_an_empty_mention_asks_for_help() -> None:
    async with world(clinic) as w:
        await w.person().types("<at>Intervision</at>")
        assert w.core.heard(CommandTyped)[0].name == "help"


async def test_a_button_opens_a_dialog_and_its_values_come_back_typed() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("review")
        dialog = (await person.presses(person.sees()[-1], "Open", message=person.last())).dialog
        assert "*Stuck* at week 4" in texts(dialog)
        assert faults(dialog) == []
        sent = await person.sends(
            dialog, "Send", **{"t.advice": "Slow down", "c.prompts": "a%2Cb,c", "t.minutes": "14"}
        )
        form = w.core.heard(FormSubmitted)[0]
        assert (form.key, form.subject, form.state) == ("review.add", "asg_0001", {"draft": "drf_1"})
        assert form.values == {"advice": Sensitive("Slow down"), "prompts": ("a,b", "c"), "minutes": Sensitive("14")}
        assert sent.said == "Thank you."
        await w.platform.stop()
        assert texts(person.sees()[-1]) == "Nothing waits", "the card that led here shows the new state"
        assert len(person.sees()) == 1


async def test_a_missing_field_returns_the_form_with_the_error_beside_it() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("review")
        dialog = (await person.presses(person.sees()[-1], "Open")).dialog
        again = (await person.sends(dialog, "Send", **{"t.minutes": "14"})).dialog
        assert "⚠ Needed." in texts(again)


async def test_a_submit_delivered_three_times_has_one_effect() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("review")
        dialog = (await person.presses(person.sees()[-1], "Open")).dialog
        for _ in range(3):
            assert (await person.sends(dialog, "Send", **{"t.advice": "Slow down"})).said == "Thank you."
        assert [type(e) for e in w.core.effects].count(FormSubmitted) == 1


async def test_the_same_button_pressed_on_two_days_counts_twice() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("review")
        for _ in range(2):
            await person.presses(person.sees()[0], "Open")
        assert [type(e) for e in w.core.effects].count(ActionPressed) == 2


async def test_a_message_delivered_twice_is_answered_once() -> None:
    async with world(clinic) as w:
        person = w.person()
        activity = person.activity("message", text="review")
        await person.post(activity)
        await person.post(activity)
        assert len(person.sees()) == 1


async def test_a_message_delivered_five_times_at_once_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = MemoryDrawer.get

    async def slowly(drawer: MemoryDrawer, key: str) -> bytes | None:
        await asyncio.sleep(0.02)  # a database answers later than memory
        return await reads(drawer, key)

    monkeypatch.setattr(MemoryDrawer, "get", slowly)
    async with world(clinic) as w:
        person = w.person()
        activity = person.activity("message", text="review")
        await asyncio.gather(*(person.post(activity) for _ in range(5)))
        assert len(person.sees()) == 1


async def test_an_answer_that_takes_longer_is_asked_for_by_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate may be busy for longer than Teams waits."""
    answers = Core.handle
    ready = asyncio.Event()

    async def slowly(core: Core, event: Event) -> Outcome:
        if isinstance(event, FormSubmitted):
            await ready.wait()
        return await answers(core, event)

    assert held.PATIENCE <= 2
    monkeypatch.setattr(held, "PATIENCE", 0.05)
    monkeypatch.setattr(Core, "handle", slowly)
    async with world(clinic) as w:
        person = w.person()
        form = (await person.invokes("composeExtension/fetchTask", {"commandId": "newCase"})).dialog
        waits = (await person.sends(form, "Send", **{"t.advice": "x"})).dialog
        assert "need not be sent again" in texts(waits)
        waits = (await person.sends(waits, "Show the answer")).dialog
        other = await w.person("33333333-0000-4000-8000-000000000003").sends(waits, "Show the answer")
        assert "no longer here" in other.said, "nobody else's to see"
        ready.set()
        for _ in range(2):  # Teams repeats what it takes for lost
            assert (await person.sends(waits, "Show the answer")).said == "Thank you."
        assert len(w.core.heard(FormSubmitted)) == 1


async def test_messages_without_an_id_are_not_taken_for_one_another() -> None:
    async with world(clinic) as w:
        person = w.person()
        for _ in range(2):
            activity = person.activity("message", text="review")
            del activity["id"]
            await person.post(activity)
        assert len(person.sees()) == 2
        heard = w.core.heard(CommandTyped)
        assert len({event.event_id for event in heard}) == 2


async def test_an_action_redraws_the_card_for_everybody_and_says_what_it_did() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("review")
        answer = await person.presses(person.sees()[-1], "Decline", message=person.last())
        assert answer.said == "Declined."
        assert w.core.heard(ActionPressed)[0].args == {"why": "busy"}
        await w.platform.stop()
        assert texts(person.sees()[-1]) == "Nothing waits"


@pytest.mark.parametrize(("label", "opens"), [("Decline", False), ("Open", True)])
async def test_an_old_button_is_answered_with_what_is_true_today_and_a_button_that_leads_on(
    label: str, opens: bool
) -> None:
    gone = Refused("not_your_review", "This review is with somebody else.", way=(Action("welcome.open", "My page"),))

    def core(event: Event) -> Outcome:
        return gone if isinstance(event, ActionPressed) and event.key.startswith("review.") else clinic(event)

    async with world(core) as w:
        person = w.person()
        await person.types("review")
        answer = await person.presses(person.sees()[-1], label, message=person.last())
        shown = answer.dialog if opens else answer.body["value"]
        assert gone.text in texts(shown)
        assert len(person.sees()) == 1, "nothing more is posted"
        await person.presses(shown, "My page")
        assert w.core.heard(ActionPressed)[-1].key == "welcome.open"


async def test_a_typed_command_that_needs_a_dialog_gets_a_button_without_the_typed_words() -> None:
    async with world(clinic) as w:
        person = w.person()
        await person.types("case of a woman from Lund")
        assert "Lund" not in str(person.sees()[-1])
        dialog = (await person.presses(person.sees()[-1], "Open")).dialog
        assert "week 4" in texts(dialog)
        assert w.core.heard(CommandTyped)[-1].text.reveal() == "of a woman from Lund"


async def test_somebody_elses_typed_words_are_not_repeated() -> None:
    async with world(clinic) as w:
        person, other = w.person(), w.person(LUND)
        await person.types("case of a woman")
        await other.presses(person.sees()[-1], "Open")
        assert w.core.heard(CommandTyped)[-1].actor.user == LUND
        assert not w.core.heard(CommandTyped)[-1].text


async def test_a_channel_hears_only_that_there_is_an_answer() -> None:
    async with world(clinic) as w:
        channel = "19:team@thread.tacv2;messageid=1"
        person = w.person(chat=channel, kind="channel")
        await person.types("<at>Intervision</at> review")
        assert not w.core.heard(CommandTyped)[0].private
        said = [p.activity for p in w.connector.messages(channel)]
        assert [a["text"] for a in said] == ["I answered you in our personal chat."]
        assert texts(person.sees()[-1]).startswith("One review waits")


async def test_a_channel_user_without_the_app_is_told_how_to_get_it() -> None:
    async with world(clinic) as w:
        channel = "19:team@thread.tacv2;messageid=1"
        person = w.person(chat=channel, kind="channel")
        w.connector.blocked.add(person.id)
        await person.types("<at>Intervision</at> review")
        assert "Add this app" in w.connector.messages(channel)[0].activity["text"]


async def test_an_old_card_pressed_by_somebody_else_acts_as_that_somebody() -> None:
    async with world(clinic) as w:
        person, other = w.person(), w.person(LUND)
        await person.types("review")
        w.clock.advance(days=365)
        await other.presses(person.sees()[-1], "Decline")
        assert w.core.heard(ActionPressed)[-1].actor.user == LUND


async def test_a_card_of_an_older_version_is_explained() -> None:
    async with world(clinic) as w:
        person = w.person()
        answer = await person.invokes("adaptiveCard/action", {"action": {"verb": "x", "data": {"case": 1}}})
        assert "older version" in answer.said
        answer = await person.invokes("task/fetch", {"data": {"anything": True}})
        assert "older version" in answer.said


@pytest.mark.parametrize("command", ["newCase", "presentAsCase"])
async def test_the_message_extension_opens_a_case(command: str) -> None:
    async with world(clinic) as w:
        person = w.person()
        payload = {"body": {"content": "<p>She wrote<br>again</p>", "contentType": "html"}}
        value = {"commandId": command, "commandContext": "message", "messagePayload": payload}
        dialog = (await person.invokes("composeExtension/fetchTask", value)).dialog
        assert w.core.heard(CommandTyped)[0].text.reveal() == "new She wrote\nagain"
        data = {**button(dialog, "Send")["data"], "t.advice": "x"}
        done = await person.invokes("composeExtension/submitAction", {"commandId": command, "data": data})
        assert done.said == "Thank you."


async def test_unknown_invokes_and_activities_are_answered_politely() -> None:
    async with world(clinic) as w:
        person = w.person()
        assert (await person.invokes("composeExtension/query", {"anything": 1})).status == 200
        for kind in ("messageReaction", "typing", "event", "whatever"):
            assert (await person.post(person.activity(kind))).status == 200
        odd = person.activity("invoke", name="task/submit", value=[1])
        assert (await person.post(odd)).status == 200


async def test_a_broken_core_gets_an_apology_and_no_server_error() -> None:
    def broken(event: Event) -> Outcome:
        raise RuntimeError("a name that must not be seen")

    async with world(lambda e: Done() if isinstance(e, Arrived) else broken(e)) as w:
        person = w.person()
        with capture_logs() as records:
            assert (await person.types("review")).status == 200
        assert any(r.get("place", "").startswith("tests/e2e/teams/test_conversation.py:") for r in records)
        assert "Something went wrong" in person.reads()[-1]
        assert (
            "Something went wrong" in (await person.invokes("task/fetch", {"data": {"iv": {"k": "review.open"}}})).said
        )


async def test_a_file_is_offered_to_its_person_and_to_nobody_else() -> None:
    async with world(clinic) as w:
        person, other = w.person(), w.person(LUND)
        await person.types("log")
        offer = w.connector.messages(person.conversation)[-1].activity["attachments"][0]
        assert offer["contentType"].endswith("file.consent")
        answer = {
            "action": "accept",
            "context": offer["content"]["acceptContext"],
            "uploadInfo": {"uploadUrl": "https://x.sharepoint.com/u"},
        }
        await other.invokes("fileConsent/invoke", {"type": "fileUpload", **answer})
        await person.invokes("fileConsent/invoke", {"type": "fileUpload", **answer, "action": "decline"})
        await w.platform.stop()
        assert "no longer on offer" in other.reads()[-1]
        assert "not saved" in person.reads()[-1]


async def test_a_long_dialog_is_read_part_by_part() -> None:
    long = Form("review.read", "Reviews", body=(Passage("Case", AnonText.from_store("word " * 9000)),))
    async with world(lambda e: Show(long) if isinstance(e, ActionPressed) else Say(WAITING)) as w:
        person = w.person()
        await person.types("review")
        dialog = (await person.presses(person.sees()[-1], "Open")).dialog
        seen = 0
        while True:
            assert faults(dialog) == []
            seen += texts(dialog).count("word")
            if not [e for e in elements(dialog) if e.get("title") == "Continue reading"]:
                break
            dialog = (await person.sends(dialog, "Continue reading")).dialog
        assert seen == 9000


@pytest.mark.parametrize("name", gallery.cards())
async def test_every_card_of_the_gallery_is_accepted_by_teams(name: str) -> None:
    async with world(lambda e: Say(gallery.cards()[name])) as w:
        await w.person().types("x")
        assert w.connector.wrong == []
        assert w.person().sees()


async def test_a_long_answer_keeps_its_order() -> None:
    card = Card("k", "T", tuple(Text(line("w " * 3000 + f"#{i}#")) for i in range(6)))
    async with world(lambda e: Say(card)) as w:
        person = w.person()
        await person.types("x")
        shown = "".join(texts(c) for c in person.sees())
        places = [shown.index(f"#{i}#") for i in range(6)]
        assert places == sorted(places)


async def test_a_stranger_is_told_so_and_introduced_again_when_they_write() -> None:
    async with world(lambda e: Refused("not_a_member", "You are not a member.")) as w:
        person = w.person()
        await person.installs()
        await person.types("help")
        assert person.reads()[0] == "You are not a member."
        assert len(w.core.heard(Arrived)) >= 2
