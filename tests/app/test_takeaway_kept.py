"""A takeaway that was begun when the round was closed: it is kept, that is said, and it can still be sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.anonymise import Sensitive
from bot.demo.clinic import ORGANISATION
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, FormTyped, Held, Outcome, Refused, Show
from bot.ui.model import Form
from tests.app.looking import passages
from tests.app.risk import Scene
from tests.app.test_exchange import ONE, OTHER, of, released
from tests.tables.crawl import actions
from tests.world import World

Begun = Callable[[Scene], Awaitable[Outcome | Held]]
TEXT = "I ask her on 3 May 2026 what helps."


async def typed_only(at: Scene) -> Outcome | Held:
    """It stands in the form and was never sent."""
    form = await at.presenter.open("takeaway.open", at.case.id)
    event = FormTyped(
        event_id="typed",
        actor=at.presenter.actor,
        key=form.key,
        subject=form.subject,
        state=form.state,
        values={"takeaway": Sensitive(TEXT)},
    )
    return await at.world.entry.keep(event)


async def at_the_preview(at: Scene) -> Outcome | Held:
    """The gate asked about it, and nobody agreed yet."""
    form = await at.presenter.open("takeaway.open", at.case.id)
    return await at.presenter.send(form, {"takeaway": TEXT})


async def entries(world: World) -> list[str]:
    return sorted(repr((each.person, each.role)) for each in await world.find(LogEntry))


@pytest.mark.parametrize("begun", [typed_only, at_the_preview], ids=lambda begun: begun.__name__)
async def test_what_was_begun_is_kept_said_and_can_be_sent(world: World, begun: Begun) -> None:
    at = await released(world)
    kept = await begun(at)
    assert isinstance(kept, Held | Show)
    await world.player("s").press("round.close", at.case.round or "")
    await world.advance(days=1)
    told = [card for card in world.inbox("a") if card.key == "notice.case_ended" or "is closed" in repr(card)]
    assert any("takeaway.open" in {each.key for each in actions(card)} for card in told)
    assert any("is kept" in repr(card) for card in told)
    before = await entries(world)
    form = await at.presenter.open("takeaway.open", at.case.id)
    assert isinstance(form, Form)
    _, done = await at.presenter.send_and_confirm(form, {"takeaway": TEXT})
    assert isinstance(done, Done), done
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.texts(at.case.id, "takeaway")
    assert await entries(world) == before, "what the closing logged stays, and nothing twice"
    assert isinstance(await at.presenter.press("takeaway.open", at.case.id), Refused), "sent once"


async def test_without_anything_begun_nothing_is_asked_after_the_closing(world: World) -> None:
    at = await released(world)
    await world.player("s").press("round.close", at.case.round or "")
    await world.settle()
    assert isinstance(await at.presenter.press("takeaway.open", at.case.id), Refused)


async def only_opened(at: Scene) -> None:
    """The form is open in a tab, and nothing was typed yet."""


@pytest.mark.parametrize("begun", [only_opened, typed_only], ids=lambda begun: begun.__name__)
@pytest.mark.parametrize("text", [TEXT, "Asking what helps."], ids=["masked", "plain"])
async def test_what_was_sent_late_is_read_by_the_presenter_and_the_reviewers(
    world: World, begun: Callable[[Scene], Awaitable[object]], text: str
) -> None:
    at = await released(world)
    form = await at.presenter.open("takeaway.open", at.case.id)
    await begun(at)
    await world.player("s").press("round.close", at.case.round or "")
    await world.settle()
    _, done = await at.presenter.send_and_confirm(form, {"takeaway": text})
    assert isinstance(done, Done), done
    await world.settle()
    assert "what helps" in passages(await at.presenter.open("case.reviews", at.case.id))
    for key in (ONE, OTHER):
        assert "what helps" in passages(await world.player(key).open("review.open", (await of(at, key)).id))


async def test_a_preview_that_is_agreed_to_after_the_closing_is_stored(world: World) -> None:
    at = await released(world)
    preview = await at_the_preview(at)
    assert isinstance(preview, Show)
    await world.player("s").press("round.close", at.case.round or "")
    await world.settle()
    done = await at.presenter.send(preview.form, {})
    assert isinstance(done, Done), done
    assert "what helps" in passages(await at.presenter.open("case.reviews", at.case.id))
