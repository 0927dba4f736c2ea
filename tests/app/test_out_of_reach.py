"""Who cannot be reached: the supervisor reads why and what to do; their reviews move in one tap, and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.anonymise import Sensitive
from bot.app.dependencies import Anonymiser
from bot.app.steps.drafts import NAME
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.person import Contact
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Actor, Done, FormTyped, Held, HomeOpened, Refused, Say
from bot.ui.model import Card
from bot.ui.platform import DeliveryFailed
from bot.ui.strings import words
from tests.app.house import House, house
from tests.app.outbox_steps import tell
from tests.app.risk import scene
from tests.world import RecordingPlatform


async def everybody_but(at: House, *keys: str) -> None:
    """The others are met."""
    at.chat.emails = [f"{key}@demo.example" for key in "abcdefgsmp" if key not in keys]
    await at.introducer.meet()
    await at.world.settle()


async def test_the_supervisor_reads_who_cannot_be_reached_and_what_to_do(gate: Anonymiser) -> None:
    at = await house(gate)
    await everybody_but(at, "b", "d")
    await at.closes("c@demo.example")
    said = "3 of 8 cannot be reached: Therapist B (Kiel), Therapist C (Kiel) and Therapist D (Lund)."
    supervisor = at.world.player("s")
    form = await supervisor.open("round.new")
    assert said in repr(form.body), "before a round begins"
    overview = await supervisor.press("supervision.overview")
    assert isinstance(overview, Say)
    shown = repr(overview.card.body)
    assert said in shown
    assert "never met in a chat" in shown
    assert "app removed or account closed, since Mon 18 Jan" in shown
    assert "ask them to open Intervision once" in shown
    await supervisor.send(form, {})
    await at.world.settle()
    (round_,) = await at.world.find(Round, published_at=None)
    await at.world.advance(days=5)
    (ready,) = [card for card in at.messages("s@demo.example") if card.key == "notice.plan_ready"]
    assert said in repr(ready.body), "also where a plan publishes itself"
    assert said in repr((await supervisor.open("round.preview", round_.id)).body), "and before it is published"


async def test_an_account_closed_in_mid_round_is_told_at_once_moved_in_one_tap_and_never_overdue(
    gate: Anonymiser,
) -> None:
    at = await house(gate)
    await everybody_but(at)
    scene_ = await scene(at.world)
    await at.world.settle()
    (assignment,) = await at.world.find(Assignment, case=scene_.case.id, reviewer=person_id("b"), ended_at=None)
    await at.closes("b@demo.example")
    (kept,) = await at.world.find(Assignment, id=assignment.id)
    assert kept.not_reached_at is not None
    (told,) = [card for card in at.messages("s@demo.example") if card.key == "notice.out_of_reach"]
    assert "Therapist B (Kiel)" in told.title
    assert not [card for card in at.messages("a@demo.example") if card.key == "notice.out_of_reach"]
    await at.world.advance(days=12)
    late = [card for card in at.messages("s@demo.example") if card.key == "notice.late_reviews"]
    assert late, "the other reviewer is late"
    assert "Therapist B" not in repr(late)
    overview = await at.world.player("s").press("supervision.overview")
    assert "supervision.hand_over" in repr(overview)
    hand_over = told.actions[0]
    assert hand_over.label == "Give 1 review to others"
    done = await at.world.player("s").press(hand_over.key, hand_over.subject)
    assert isinstance(done, Done)
    (ended,) = await at.world.find(Assignment, id=assignment.id)
    assert ended.ended_at is not None
    others = await at.world.find(Assignment, case=scene_.case.id, ended_at=None)
    assert len(others) == 2
    assert person_id("b") not in {each.reviewer for each in others}


async def _handed_over(at: House) -> tuple[str, Assignment, Card]:
    """A reviewer who had begun to write is gone, their review was given to others: its id, the heir's, the card."""
    await everybody_but(at)
    scene_ = await scene(at.world)
    await at.world.settle()
    (review,) = await at.world.find(Assignment, case=scene_.case.id, reviewer=person_id("b"), ended_at=None)
    typed = FormTyped(
        event_id="t",
        actor=at.world.player("b").actor,
        key="review.send",
        subject=review.id,
        values={"reflection": Sensitive("Half a thought")},
        state={NAME: "draft_b.0.w.1"},
    )
    assert isinstance(await at.world.entry.keep(typed), Held)
    await at.closes("b@demo.example")
    before = {each.id for each in await at.world.find(Assignment)}
    done = await at.world.player("s").press("supervision.hand_over", person_id("b"))
    assert isinstance(done, Done)
    assert done.card is not None
    (heir,) = [each for each in await at.world.find(Assignment) if each.id not in before]
    assert [action.label for action in done.card.actions] == ["Undo (10 minutes)", "Overview"]
    return review.id, heir, done.card


async def test_handing_reviews_over_is_undone_and_says_what_cannot_be_put_back(gate: Anonymiser) -> None:
    at = await house(gate)
    review, heir, card = await _handed_over(at)
    undo = card.actions[0]
    other = await at.world.player("a").press(undo.key, undo.subject)
    assert isinstance(other, Refused), "nobody else undoes it"
    back = await at.world.player("s").press(undo.key, undo.subject)
    assert isinstance(back, Done)
    assert "1 review is with Therapist B (Kiel) again." in back.note
    assert "had written for 1 of them is erased" in back.note
    (kept,) = await at.world.find(Assignment, id=review)
    assert kept.ended_at is None
    assert kept.not_reached_at is not None, "and it still is nobody's fault"
    await at.world.settle()
    (told,) = await at.world.find(OutboxEntry, card="review_moved", person=heir.reviewer)
    assert told.subject == heir.id
    twice = await at.world.player("s").press(undo.key, undo.subject)
    assert isinstance(twice, Refused)
    assert twice.key == "nothing_to_undo"


async def test_a_review_that_a_colleague_has_begun_is_not_taken_from_them(gate: Anonymiser) -> None:
    at = await house(gate)
    review, heir, card = await _handed_over(at)
    async with at.world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Assignment, heir.id), started_at=at.world.clock.now()))
        await uow.commit()
    back = await at.world.player("s").press(card.actions[0].key, card.actions[0].subject)
    assert isinstance(back, Done)
    assert back.note == "1 review stays with a colleague who has begun."
    (ended,) = await at.world.find(Assignment, id=review)
    assert ended.ended_at is not None


async def test_after_ten_minutes_reviews_stay_where_they_were_handed(gate: Anonymiser) -> None:
    at = await house(gate)
    review, _, card = await _handed_over(at)
    await at.world.advance(minutes=11)
    late = await at.world.player("s").press(card.actions[0].key, card.actions[0].subject)
    assert isinstance(late, Refused)
    assert late.key == "nothing_to_undo"
    assert (await at.world.find(Assignment, id=review))[0].ended_at is not None


async def test_whoever_is_reached_keeps_their_reviews_and_has_the_full_time_after_a_block(gate: Anonymiser) -> None:
    at = await house(gate)
    await everybody_but(at)
    scene_ = await scene(at.world)
    await at.world.settle()
    refused = await at.world.player("s").press("supervision.hand_over", person_id("b"))
    assert isinstance(refused, Refused)
    assert refused.key == "reached_again"
    (before,) = await at.world.find(Assignment, case=scene_.case.id, reviewer=person_id("b"), ended_at=None)
    at.chat.lost["b@demo.example"] = DeliveryFailed("MessageWritesBlocked", permanent=True, blocked=True)
    await at.world.advance(days=9)
    (blocked,) = await at.world.find(Contact, person=person_id("b"), platform="slack")
    assert blocked.reach.value == "blocked"
    (waits,) = await at.world.find(Assignment, id=before.id)
    assert waits.not_reached_at is not None
    del at.chat.lost["b@demo.example"]
    await at.world.entry.handle(HomeOpened(event_id="b", actor=Actor("slack", "T1", "b@demo.example")))
    (after,) = await at.world.find(Assignment, id=before.id)
    assert after.not_reached_at is None
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at > at.world.clock.now() + timedelta(days=4)
    await at.world.settle()
    stands = [card for card in at.messages("b@demo.example") if card.key == "notice.assigned"][-1]
    assert before.due_at != after.due_at
    assert words("en").day(after.due_at.date()) in repr(stands), "the message names the new due day"


async def test_alerts_go_only_where_something_runs_and_one_lost_way_is_no_lost_alert(gate: Anonymiser) -> None:
    at = await house(gate)
    await everybody_but(at)
    async with at.world.store.begin(ORGANISATION) as uow:
        account = Contact("con_teams_s", ORGANISATION, person_id("s"), "teams", "T2", "S", {}, at.world.clock.now())
        mail = replace(account, id="con_mail_s", platform="email", user="s")
        await uow.add(account, mail)
        await uow.commit()
    scene_ = await scene(at.world)
    b = at.world.player("b")
    await b.send(await b.open("risk.raise", scene_.case.id), {})
    await at.world.settle()
    (hold,) = await at.world.find(Hold)
    alerts = await at.world.find(OutboxEntry, card="risk_alert", person=person_id("s"))
    contacts = {c.id: c.platform for c in await at.world.find(Contact, person=person_id("s"))}
    assert {contacts[each.contact] for each in alerts} == {"web", "slack"}, "never where nothing runs"
    async with at.world.store.begin(ORGANISATION) as uow:
        web = next(each for each in alerts if contacts[each.contact] == "web")
        await uow.save(replace(web, sent_at=None, failed_at=at.world.clock.now(), failure="refused"))
        await uow.commit()
    shown = await at.world.player("m").press("operations.show")
    assert isinstance(shown, Say)
    words = repr(shown.card.body)
    assert "Delivered another way" in words
    assert hold.waiting
    assert "Everything arrived" in words


async def test_what_only_lies_on_a_page_nobody_looks_at_waits_for_the_chat(gate: Anonymiser) -> None:
    at = await house(gate)
    await tell(at.world, "not_reached", to="b")
    await at.world.settle()
    page = at.world.dispatcher.platforms["web"]
    assert isinstance(page, RecordingPlatform)
    assert [message.card.key for _, message in page.sent] == ["notice.not_reached"], "it stands there all the same"
    (entry,) = await at.world.find(OutboxEntry, person=person_id("b"))
    assert (entry.sent_at, entry.failure) == (None, "no_contact")
    at.chat.emails.append("b@demo.example")
    await at.introducer.meet()
    await at.world.settle()
    assert {card.key for card in at.messages("b@demo.example")} == {"notice.welcome", "notice.not_reached"}


async def test_whoever_looks_at_the_page_is_reached_there(gate: Anonymiser) -> None:
    at = await house(gate)
    at.world.clock.advance(timedelta(minutes=1))
    await at.world.player("b").home()
    await tell(at.world, "not_reached", to="b")
    await at.world.settle()
    (entry,) = await at.world.find(OutboxEntry, person=person_id("b"))
    assert entry.sent_at is not None
    at.world.clock.advance(timedelta(days=15))
    await tell(at.world, "risk_acknowledged", to="b")
    await at.world.settle()
    (entry,) = await at.world.find(OutboxEntry, person=person_id("b"), card="risk_acknowledged")
    assert entry.failure == "no_contact", "not looked at for two weeks"
