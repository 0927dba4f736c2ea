"""The risk path (DOMAIN.md section 5): the stop, the alert on every channel, what fails, the deputy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.anonymise import GateClosed
from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Clinic
from bot.domain.person import Contact, Person, Role
from bot.domain.risk import Hold
from bot.ports.records import LeaveEntry
from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Form, TextField
from bot.ui.platform import DeliveryFailed, DeliveryUnknown
from tests.app.risk import ANSWERS, TEXTS, Chats, change, chats, clinic_of, scene, words_of
from tests.gate import GateInAWorker
from tests.world import World

NIGHT = timedelta(hours=18, minutes=30)  # 03:30 in Kiel, after the Monday 09:00 of the demo


@pytest.fixture
async def place(gate: GateInAWorker) -> Chats:
    """The demo clinic, its duty supervisor on Slack and Teams, its deputy on Teams."""
    made = await chats(gate)
    await made.connect("s", "slack", "teams")
    await made.connect("g", "teams")
    await change(made.world, (await made.world.find(Person, id=person_id("g")))[0], roles=frozenset(Role))
    for clinic in await made.world.find(Clinic):
        await change(made.world, clinic, duty_phone=f"duty-{clinic.id}")
    return made


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


async def test_the_alert_names_the_case_and_the_presenters_clinic_but_nobody(place: Chats) -> None:
    at = await scene(place.world)
    await at.concern()
    await place.world.settle()
    card = next(m.card for _, m in place.slack.sent if m.card.key == "notice.risk_alert_case")
    assert at.case.code in card.summary
    assert "Kiel" in card.summary
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


# ---- (h) not delivered -----------------------------------------------------------------------


BLOCKED = DeliveryFailed("blocked", permanent=True)


def lose(place: Chats, key: str, why: Exception) -> None:
    """Nothing arrives for this person in Slack or Teams."""
    place.slack.lost[person_id(key)] = place.teams.lost[person_id(key)] = why


async def test_an_alert_that_arrives_nowhere_is_said_to_be_not_delivered_and_goes_on(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    lose(place, "s", BLOCKED)
    await at.concern()
    await world.advance(seconds=59)
    hold = await at.hold()
    assert hold.called == (person_id("s"), person_id("g"))
    told = next(c for c in world.inbox(at.reviewer.key) if c.key == "notice.alert_undelivered")
    own = await clinic_of(world, at.reviewer)
    assert own.duty_phone in told.summary
    assert "NOT" in told.summary
    assert place.got(place.teams, "g")[-1] == "notice.risk_alert_case"
    home = await at.reviewer.home()
    assert "NOT delivered" in repr(home.body[0])


async def test_a_platform_without_answers_does_not_hold_the_alert_up(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    lose(place, "s", DeliveryUnknown("no answer"))
    await at.concern()
    await world.advance(seconds=59)
    assert (await at.hold()).called[:2] == (person_id("s"), person_id("g"))
    assert "notice.alert_undelivered" in [c.key for c in world.inbox(at.reviewer.key)]


async def test_one_working_channel_is_enough(place: Chats) -> None:
    world = place.world
    at = await scene(world)
    place.slack.lost[person_id("s")] = DeliveryFailed("down", retry_after=1)
    await at.concern()
    await world.advance(minutes=20)
    assert (await at.hold()).called == (person_id("s"),)
    assert place.got(place.teams, "s")[-1] == "notice.risk_alert_case"
    assert "notice.alert_undelivered" not in [c.key for c in world.inbox(at.reviewer.key)]


async def test_a_notice_on_the_web_page_is_no_alert_for_somebody_who_has_a_chat(place: Chats) -> None:
    at = await scene(place.world)
    lose(place, "s", BLOCKED)
    await at.concern()
    await place.world.advance(seconds=59)
    assert "notice.risk_alert_case" in [c.key for c in place.world.inbox("s")]
    assert (await at.hold()).undelivered_at is not None


@pytest.mark.parametrize(
    ("page", "values"), [("risk.unmask", {"reason": ("reach",)}), ("case.read", {"reason": ("risk",)})]
)
async def test_who_looked_into_the_case_was_alerted_however_they_learnt_of_it(
    world: World, page: str, values: dict[str, tuple[str, ...]]
) -> None:
    """Only the page tells of it here; what the supervisor did shows that they know."""
    at = await scene(world)
    await at.concern()
    s = world.player("s")
    await s.send(await s.open(page, at.case.id), values)
    await world.advance(minutes=2)
    assert "notice.alert_undelivered" not in [c.key for c in world.inbox(at.reviewer.key)]
    assert (await at.hold()).undelivered_at is None


def shown(world: World, key: str) -> dict[str, str]:
    """What stands in a person's chat now, by message: an edit takes its message's place."""
    messages: dict[str, str] = {}
    for number, (user, message) in enumerate(world.platform.sent, 1):
        if user == person_id(key):
            messages[message.replaces or f"msg-{number}"] = message.card.key
    return messages


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("risk.acknowledge", "notice.risk_acknowledged"),
        ("risk.release", "notice.risk_over"),
        ("risk.withdraw", "notice.risk_over"),
    ],
)
async def test_what_whoever_raised_it_was_told_is_edited_when_it_no_longer_holds(
    world: World, step: str, left: str
) -> None:
    at = await scene(world)
    await at.concern()
    await world.advance(minutes=31)
    told = {"notice.alert_undelivered", "notice.alert_nobody_left"}
    assert "notice.alert_nobody_left" in shown(world, at.reviewer.key).values()
    assert told <= {card.key for card in world.inbox(at.reviewer.key)}
    await world.player("s").press(step, (await at.hold()).id)
    await world.settle()
    now = shown(world, at.reviewer.key).values()
    assert not told & set(now)
    assert left in now


async def test_a_concern_that_ends_after_it_was_taken_on_says_so_in_the_same_message(world: World) -> None:
    at = await scene(world)
    await at.concern()
    for step in ("risk.acknowledge", "risk.release"):
        await world.player("s").press(step, (await at.hold()).id)
        await world.settle()
    assert "notice.risk_acknowledged" not in shown(world, at.reviewer.key).values()
    assert "notice.risk_over" in shown(world, at.reviewer.key).values()


async def test_with_nobody_to_alert_the_case_stops_all_the_same(world: World) -> None:
    at = await scene(world)
    for contact in await world.find(Contact, person=person_id("s")):
        await change(world, contact, failed_at=world.clock.now())
    said = words_of(await at.concern())
    assert (await clinic_of(world, at.reviewer)).emergency_phone in said
    assert "NOT delivered" in said
    await world.settle()
    assert (await at.now()).held_at is not None
    assert "notice.alert_undelivered" in [c.key for c in world.inbox(at.reviewer.key)]
    assert world.inbox(at.presenter.key)[-1].key == "notice.risk_presenter"


async def test_without_any_supervisor_whoever_raised_it_reads_at_once_that_nobody_answers(world: World) -> None:
    at = await scene(world)
    await change(world, (await world.find(Person, id=person_id("s")))[0], roles=frozenset({Role.THERAPIST}))
    said = words_of(await at.concern())
    assert "Nobody has answered" in said
    assert (await clinic_of(world, at.reviewer)).emergency_phone in said
    await world.settle()
    assert "notice.alert_nobody_left" in [c.key for c in world.inbox(at.reviewer.key)]


async def test_an_alert_that_lies_on_the_web_page_is_not_delivered(world: World) -> None:
    """Nobody has a chat here: a page that is not open interrupts nobody, at night least of all."""
    at = await scene(world)
    await at.concern()
    await world.advance(seconds=59)
    assert "notice.risk_alert_case" in [c.key for c in world.inbox("s")]
    assert "notice.alert_undelivered" in [c.key for c in world.inbox(at.reviewer.key)]


async def test_whoever_raised_it_reads_the_number_at_once_and_after_thirty_minutes_that_nobody_answered(
    place: Chats,
) -> None:
    at = await scene(place.world)
    own = await clinic_of(place.world, at.reviewer)
    said = words_of(await at.concern())
    assert f"call now: {own.duty_phone}" in said
    hold = await at.hold()
    await place.world.advance(minutes=29, seconds=59)
    assert "Nobody has answered" not in words_of(await at.reviewer.open("risk.status", hold.id))
    await place.world.advance(seconds=2)
    assert "Nobody has answered" in words_of(await at.reviewer.open("risk.status", hold.id))
    told = [c for c in place.world.inbox(at.reviewer.key) if c.key == "notice.alert_nobody_left"]
    assert len(told) == 1
    assert own.duty_phone in told[0].summary


async def test_a_supervisor_who_presents_is_alerted_and_the_next_one_with_them(place: Chats) -> None:
    at = await scene(place.world, "s", ("b", "e"))
    await at.concern()
    assert (await at.hold()).called == (person_id("s"), person_id("g"))
    await place.world.settle()
    own = next(m.card for user, m in place.slack.sent if user == person_id("s") and "alert" in m.card.key)
    assert "risk.acknowledge" not in repr(own)
    assert place.got(place.teams, "g")[-1] == "notice.risk_alert_case"


async def test_who_reviews_the_case_comes_last_and_reads_no_clinic(place: Chats) -> None:
    at = await scene(place.world, "d", ("b", "s"))
    await at.concern()
    assert (await at.hold()).called == (person_id("g"),)
    await place.world.advance(minutes=31)
    told = next(m.card for user, m in place.slack.sent if user == person_id("s") and "alert" in m.card.key)
    assert told.key == "notice.risk_alert_reviewer"
    assert "Lund" not in repr(told)


async def test_a_chain_that_found_nobody_is_tried_again_when_somebody_can(world: World) -> None:
    at = await scene(world)
    await change(world, (await world.find(Person, id=person_id("s")))[0], roles=frozenset({Role.THERAPIST}))
    await at.concern()
    assert (await at.hold()).exhausted_at
    await change(world, (await world.find(Person, id=person_id("f")))[0], roles=frozenset({Role.SUPERVISOR}))
    await world.advance(hours=1)
    assert (await at.hold()).called == (person_id("f"),)


async def test_who_raised_it_can_look_where_the_alert_stands_and_nobody_else(place: Chats) -> None:
    at = await scene(place.world)
    await at.concern()
    hold = await at.hold()
    assert "being alerted" in words_of(await at.reviewer.open("risk.status", hold.id))
    await place.world.player("s").press("risk.acknowledge", hold.id)
    assert "is dealing with it" in words_of(await at.reviewer.open("risk.status", hold.id))
    refused = await at.presenter.press("risk.status", hold.id)
    assert getattr(refused, "key", "") == "not_found_here"


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
