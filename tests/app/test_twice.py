"""A form that arrives twice has one effect, and whoever sent it always learns where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.anonymise import Sensitive
from bot.demo.clinic import ORGANISATION
from bot.demo.player import Player
from bot.demo.texts import CASES
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.ports.records import Audited, AuditEntry, Draft, ModeEntry
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Hand, Outcome, Refused, Say, Show
from bot.ui.model import ChoiceField, Form, Preview
from tests.app.risk import scene
from tests.world import World

CHOICES = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}


async def deliver(player: Player, form: Form, event_id: str, values: Mapping[str, Sequence[str]]) -> Outcome:
    """One delivery of a filled form."""
    typed = {name: Sensitive(v) if isinstance(v, str) else tuple(v) for name, v in values.items()}
    return await player._entry.handle(
        FormSubmitted(
            event_id=event_id, actor=player.actor, key=form.key, subject=form.subject, state=form.state, values=typed
        )
    )


def shown(outcome: Outcome) -> Form:
    assert isinstance(outcome, Show)
    return outcome.form


async def test_a_case_sent_twice_shows_its_preview_twice_and_is_one_draft(world: World) -> None:
    player = world.player("a")
    form = await player.open("case.new")
    first = shown(await deliver(player, form, "once", {**CASES[0], **CHOICES}))
    again = shown(await deliver(player, form, "once", {**CASES[0], **CHOICES}))
    assert again == first
    drafts = await world.find(Draft, person=player.actor.user)
    assert sorted(draft.kind for draft in drafts) == ["case", "masked", "typed"]


async def test_a_confirmation_sent_twice_is_one_case_and_is_answered_the_same_for_an_hour(world: World) -> None:
    player = world.player("a")
    before = len(await world.find(Case))
    preview = shown(await deliver(player, await player.open("case.new"), "once", {**CASES[0], **CHOICES}))
    first = await deliver(player, preview, "yes", {})
    assert isinstance(first, Done)
    (case,) = (await world.find(Case))[before:]
    assert case.code in first.note
    assert await deliver(player, preview, "yes", {}) == first, "with the code of the case and the next step"
    await world.advance(minutes=59)
    assert await deliver(player, preview, "yes", {}) == first
    await world.advance(minutes=2)
    assert "it was sent" in repr(await deliver(player, preview, "yes", {}))
    assert len(await world.find(Case)) == before + 1


async def test_a_button_pressed_twice_is_answered_the_same_with_its_card_and_undo(world: World) -> None:
    player = world.player("a")
    press = ActionPressed(event_id="press", actor=player.actor, key="caseload.switch", args={"mode": "f2f"})
    first = await world.entry.handle(press)
    assert isinstance(first, Say | Done)
    assert first.card is not None
    assert "Undo" in repr(first.card)
    assert await world.entry.handle(press) == first
    assert len(await world.find(ModeEntry, person=player.actor.user)) == 1


async def test_a_kept_answer_is_given_to_its_own_person_only(world: World) -> None:
    press = ActionPressed(event_id="press", actor=world.player("a").actor, key="caseload.switch", args={"mode": "f2f"})
    first = await world.entry.handle(press)
    other = await world.entry.handle(replace(press, actor=world.player("b").actor))
    assert other != first


async def test_more_words_to_mask_sent_twice_show_the_masked_preview_with_its_labels(world: World) -> None:
    player = world.player("a")
    preview = shown(await deliver(player, await player.open("case.new"), "once", {**CASES[0], **CHOICES}))
    for _ in range(2):
        masked = shown(await deliver(player, preview, "more", {"mask": "twelve days"}))
        assert "Background" in [block.label for block in masked.body if isinstance(block, Preview)]
        assert "twelve days" not in str(masked.body)


async def test_a_risk_sent_twice_stops_twice(world: World) -> None:
    player = world.player("a")
    form = await player.open("case.new")
    values = {**CASES[0], **CHOICES, "risk": ("yes",)}
    assert shown(await deliver(player, form, "once", values)).key == "risk.stop"
    assert shown(await deliver(player, form, "once", values)).key == "risk.stop"


# ---- what is shown, and what is handed out ------------------------------------------------------


async def pressed_twice(player: Player, key: str, subject: str = "") -> tuple[Outcome, Outcome]:
    press = ActionPressed(event_id=f"twice {key}", actor=player.actor, key=key, subject=subject)
    return await player._entry.handle(press), await player._entry.handle(press)


async def test_where_an_alert_stands_is_shown_again_and_alerts_nobody_twice(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("risk.raise", at.case.id)
    first = await deliver(at.reviewer, form, "once", {})
    assert shown(first).key == "risk.raised"
    assert await deliver(at.reviewer, form, "once", {}) == first
    assert len(await world.find(Hold)) == 1


async def test_a_code_that_connects_an_account_is_the_same_code(world: World) -> None:
    first, again = await pressed_twice(world.player("a"), "settings.connect")
    assert shown(again) == shown(first)


async def test_a_file_is_handed_out_again_and_every_time_audited(world: World) -> None:
    player = world.player("a")
    form = await player.open("log.export")
    values = {"rules": ("plain",), "format": ("csv",)}
    first, again = [await deliver(player, form, "once", values) for _ in range(2)]
    assert isinstance(first, Hand)
    assert again == first
    assert len(await world.find(AuditEntry, what=Audited.EXPORTED.value)) == 2


def first_reason(form: Form) -> dict[str, tuple[str, ...]]:
    """The first reason that a form offers."""
    reason = form.fields[0]
    assert isinstance(reason, ChoiceField)
    return {"reason": (reason.options[0].value,)}


async def test_a_text_that_was_opened_with_a_reason_asks_for_it_again(world: World) -> None:
    """A text is kept nowhere but with its case: it is not among the answers."""
    at = await scene(world)
    form = await world.player("s").open("case.read", at.case.id)
    supervisor, values = world.player("s"), first_reason(form)
    assert shown(await deliver(supervisor, form, "once", values)).key == "case.text"
    assert shown(await deliver(supervisor, form, "once", values)).key == "case.read.send"


async def test_whoever_lost_the_permission_meanwhile_is_shown_nothing_again(world: World) -> None:
    at = await scene(world)
    supervisor = world.player("s")
    form = await supervisor.open("case.read", at.case.id)
    values = first_reason(form)
    await deliver(supervisor, form, "once", values)
    async with world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, supervisor.actor.user)
        await uow.save(replace(person, roles=frozenset({Role.THERAPIST})))
        await uow.commit()
    assert isinstance(await deliver(supervisor, form, "once", values), Refused)
