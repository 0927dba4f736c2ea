"""Risk alerts that arrive nowhere or that nobody answers: what is said to whom, who is tried next."""

from __future__ import annotations

import pytest

from bot.demo.clinic import person_id
from bot.domain.person import Contact, Person, Role
from bot.ui.platform import DeliveryFailed, DeliveryUnknown
from tests.app.risk import Chats, change, clinic_of, scene, words_of
from tests.world import World

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
        ("risk.release", "notice.risk_over_released"),
        ("risk.withdraw", "notice.risk_over_withdrawn"),
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


async def test_a_concern_that_ends_after_it_was_taken_on_leaves_no_message_that_it_goes_on(world: World) -> None:
    at = await scene(world)
    await at.concern()
    for step in ("risk.acknowledge", "risk.release"):
        await world.player("s").press(step, (await at.hold()).id)
        await world.settle()
    assert "notice.risk_acknowledged" not in shown(world, at.reviewer.key).values()
    assert "notice.risk_over_released" in shown(world, at.reviewer.key).values()


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
