"""The risk path (DOMAIN.md section 5): the stop, the alert on every channel, what fails, the deputy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.anonymise import GateClosed
from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.ports.records import LeaveEntry
from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Form, TextField
from tests.app.risk import ANSWERS, TEXTS, Chats, change, clinic_of, scene, words_of
from tests.world import World

NIGHT = timedelta(hours=18, minutes=30)  # 03:30 in Kiel, after the Monday 09:00 of the demo


# ---- (a) the question at submission ----------------------------------------------------------


async def test_a_yes_stops_the_case_and_shows_whom_to_call(world: World) -> None:
    clinic = await clinic_of(world, world.player("a"))
    await change(world, clinic, duty_phone="+49 431 1234")
    a = world.player("a")
    before = len(await world.find(Case))
    shown = await a.send(await a.open("case.new"), {**TEXTS, **ANSWERS, "risk": ("yes",)})
    said = words_of(shown)
    assert clinic.emergency_phone in said
    assert "+49 431 1234" in said
    assert "Supervisor (Kiel)" in said
    assert len(await world.find(Case)) == before
    assert not world.inbox("s")


async def test_a_yes_comes_before_every_other_mistake_of_the_form(world: World) -> None:
    a = world.player("a")
    shown = await a.send(await a.open("case.new"), {"title": "x", "risk": ("yes",)})
    assert isinstance(shown, Show)
    assert shown.form.key == "risk.stop"
    back = await a.open("text.edit", next(x.subject for x in shown.form.actions if x.key == "text.edit"))
    (title,) = (f for f in back.fields if isinstance(f, TextField) and f.name == "title")
    assert title.value.reveal() == "x"


async def test_a_yes_does_not_need_the_gate(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise GateClosed

    monkeypatch.setattr(type(world.tools.gate), "examine", broken)
    a = world.player("a")
    shown = await a.send(await a.open("case.new"), {**TEXTS, **ANSWERS, "risk": ("yes",)})
    assert isinstance(shown, Show)
    assert shown.form.key == "risk.stop"


async def test_the_author_alerts_the_duty_supervisor_by_name_and_once(place: Chats) -> None:
    world, a = place.world, place.world.player("a")
    await a.press("risk.alert_duty")
    await a.press("risk.alert_duty")
    await world.settle()
    assert place.got(place.slack, "s") == ["notice.risk_alert_author"]
    assert "Therapist A (Kiel)" in place.slack.sent[0][1].card.summary
    (hold,) = await world.find(Hold)
    assert (hold.case, hold.called) == (None, (person_id("s"),))


# ---- (b), (c) a concern: everybody is alerted at once, on every channel -----------------------


async def test_a_concern_alerts_on_every_channel_at_night(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    await world.advance(seconds=NIGHT.total_seconds())
    await at.concern()
    await world.settle()
    for channel in (place.slack, place.teams, world.platform):
        assert place.got(channel, "s")[-1] == "notice.risk_alert_case"
    assert world.inbox(at.presenter.key)[-1].key == "notice.risk_presenter"
    assert (await at.now()).status(world.clock.now()) is CaseStatus.ON_HOLD


@pytest.mark.parametrize("presenter", ["a", "d"])
@pytest.mark.parametrize("small", [True, False])
async def test_the_alert_names_the_case_and_a_clinic_that_is_large_but_nobody(
    place: Chats, presenter: str, small: bool
) -> None:
    """Two of the group work in Lund and in Aarhus: no clinic is named, or Kiel would not be one of them."""
    if not small:
        for key in "defg":
            (person,) = await place.world.find(Person, id=person_id(key))
            await change(place.world, person, clinic="cli_kiel" if key != "d" else "cli_lund")
        for key in "abcs":
            (person,) = await place.world.find(Person, id=person_id(key))
            await change(place.world, person, clinic="cli_lund" if key != "c" else "cli_kiel")
        async with place.world.store.begin(ORGANISATION) as uow:
            group = await uow.get(Group, GROUP)
            await uow.save(replace(group, policy={**group.policy, "small_group": 2}))
            await uow.commit()
    at = await scene(place.world, presenter)
    await at.concern()
    await place.world.settle()
    card = next(m.card for _, m in place.slack.sent if m.card.key == "notice.risk_alert_case")
    assert at.case.code in card.summary
    assert ("presented at a clinic of Northern iCBT group" in card.summary) == small
    assert ("Lund" in card.summary) != small
    names = [p.name for p in await place.world.find(Person)]
    assert not [n for n in names if n in repr(card)]


async def test_the_presenters_clinic_is_alerted_and_the_raiser_sees_their_own_number(place: Chats) -> None:
    """A reviewer elsewhere must not learn from the number where the case comes from."""
    world = place.world
    at = await scene(world, "d", ("a", "b"))
    for clinic in await world.find(Clinic):
        on_duty = person_id("s") if clinic.id == "cli_kiel" else person_id("g")
        await change(world, clinic, duty_supervisor=on_duty)
    theirs, own = await clinic_of(world, at.presenter), await clinic_of(world, at.reviewer)
    assert theirs.id != own.id
    said = words_of(await at.concern())
    assert (await at.hold()).alerted == person_id("g")
    assert own.duty_phone in said
    assert theirs.duty_phone not in said
    assert "Therapist G" not in said


async def test_the_presenter_is_never_told_who_raised_it(place: Chats) -> None:
    at = await scene(place.world)
    await at.concern()
    await place.world.settle()
    name = (await place.world.find(Person, id=at.reviewer.actor.user))[0].name
    assert name not in repr(place.world.inbox(at.presenter.key))
    assert at.reviewer.actor.user not in repr(place.world.inbox(at.presenter.key))


async def test_unacknowledged_for_thirty_minutes_goes_to_the_deputy(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    await at.concern()
    await world.advance(minutes=29, seconds=59)
    assert "notice.risk_alert_case" not in place.got(place.teams, "g")
    await world.advance(seconds=2)
    assert place.got(place.teams, "g")[-1] == "notice.risk_alert_case"


async def test_taking_it_on_ends_the_alerts_everywhere_and_tells_who_raised_it(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    await at.concern()
    await world.settle()
    assert isinstance(await world.player("s").press("risk.acknowledge", (await at.hold()).id), Done)
    await world.advance(hours=2)
    assert "notice.risk_alert_case" not in place.got(place.teams, "g")
    alert, taken = [m for _, m in place.slack.sent if m.card.key != "notice.overtaken"][-2:]
    assert taken.card.key == "notice.risk_yours"
    assert taken.replaces, "the alert itself says that it was taken on"
    assert "risk.acknowledge" in repr(alert.card)
    assert world.inbox(at.reviewer.key)[-1].key == "notice.risk_acknowledged"


async def test_a_double_tap_raises_one_concern_two_people_raise_two(place: Chats) -> None:
    at = await scene(place.world)
    await at.concern()
    await at.concern()
    assert len(await place.world.find(Hold)) == 1
    await at.concern(at.presenter)
    assert len(await place.world.find(Hold, case=at.case.id)) == 2


async def test_somebody_on_leave_is_not_the_first_to_be_alerted(place: Chats) -> None:
    at = await scene(place.world)
    day = place.world.clock.now().date()
    async with place.world.store.begin(ORGANISATION) as uow:
        await uow.add(
            LeaveEntry("lve_1", ORGANISATION, person_id("s"), day, day, place.world.clock.now(), person_id("s"))
        )
        await uow.commit()
    await at.concern()
    assert (await at.hold()).called == (person_id("g"),)


# ---- (f) metadata only -----------------------------------------------------------------------


async def test_a_concern_keeps_who_and_when_and_nothing_else(place: Chats) -> None:
    at = await scene(place.world)
    form = await at.reviewer.open("risk.raise", at.case.id)
    assert not form.fields
    assert "patient record" in words_of(form)
    await at.reviewer.send(form, {"reason": "a word about the patient"})
    assert "word about" not in repr(await place.world.find(Hold))


# ---- (g) words only prompt -------------------------------------------------------------------

CONCRETE = {**TEXTS, "background": "She spoke of suicide and has bought pills for tonight."}


async def test_words_of_a_plan_ask_the_author_again_and_alert_nobody(world: World) -> None:
    a = world.player("a")
    preview = await a.send(await a.open("case.new"), {**CONCRETE, **ANSWERS})
    assert isinstance(preview, Show)
    again = next(f for f in preview.form.fields if f.name == "risk")
    assert getattr(again, "value", "") is None, "it is not answered beforehand"
    assert "This alerts nobody" in words_of(preview)
    unanswered = await a.send(preview.form, {})
    assert isinstance(unanswered, Invalid)
    assert "risk" in unanswered.form.errors
    assert isinstance(await a.send(preview.form, {"risk": ("no",)}), Done)
    await world.settle()
    assert not await world.find(Hold)
    assert not [c for c in world.inbox("s") if "risk" in c.key]


async def test_the_second_answer_can_still_stop_the_case(world: World) -> None:
    a = world.player("a")
    preview = await a.send(await a.open("case.new"), {**CONCRETE, **ANSWERS})
    assert isinstance(preview, Show)
    before = len(await world.find(Case))
    stopped = await a.send(preview.form, {"risk": ("yes",)})
    assert isinstance(stopped, Show)
    assert stopped.form.key == "risk.stop"
    assert len(await world.find(Case)) == before


async def test_a_peers_question_about_a_plan_offers_to_raise_a_concern(world: World) -> None:
    at = await scene(world)
    page = await at.reviewer.open("review.open", at.assignment.id)
    preview = await at.reviewer.send(page, {"question": "He wrote a farewell letter: who knows of it?"})
    assert isinstance(preview, Show)
    assert "risk.raise" in [action.key for action in preview.form.actions]
    assert not [f for f in preview.form.fields if f.name == "risk"]


# ---- the database is away --------------------------------------------------------------------

RISK_KEYS = sorted(c.key for c in COMMANDS if c.key.startswith("risk.") and c.kind in {Kind.PRESSED, Kind.SENT})


@pytest.mark.parametrize("key", RISK_KEYS)
async def test_a_refusal_of_the_risk_path_has_a_number_when_the_database_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    reviewer = world.player("b")
    clinic = await clinic_of(world, reviewer)
    await reviewer.home()

    def away(*_: object, **__: object) -> object:
        raise StoreUnavailable

    monkeypatch.setattr(type(world.store), "begin", away)
    monkeypatch.setattr(type(world.store), "system", away)
    for outcome in (await reviewer.press(key, "case_1"), await reviewer.send(Form(key, "x", "case_1"), {})):
        assert isinstance(outcome, Refused)
        assert clinic.emergency_phone in outcome.text
        assert "Nobody was alerted" in outcome.text


@pytest.mark.parametrize("key", RISK_KEYS)
async def test_every_other_refusal_of_the_risk_path_has_it_too(world: World, key: str) -> None:
    reviewer = world.player("b")
    clinic = await clinic_of(world, reviewer)
    for outcome in (await reviewer.press(key, "nowhere"), await reviewer.send(Form(key, "x", "nowhere"), {})):
        if isinstance(outcome, Refused):
            assert clinic.emergency_phone in outcome.text


async def test_a_number_that_was_changed_is_known_within_minutes(world: World) -> None:
    reviewer = world.player("b")
    clinic = await clinic_of(world, reviewer)
    await reviewer.home()
    await change(world, clinic, duty_phone="+49 431 999")
    await world.advance(minutes=6)
    assert "+49 431 999" in getattr(await reviewer.press("risk.raise", "nowhere"), "text", "")
