"""The plan's message on the page: unread, its buttons lead to the published round, and then it asks nothing more."""

from __future__ import annotations

from datetime import timedelta

from adapters.web.inbox import Inbox
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.ui.inbound import Actor, Done, Show
from tests.gate import rules_alone
from tests.standins.teams.services import MemoryDrawer
from tests.tables.crawl import actions
from tests.tables.test_notices_ring import InInbox
from tests.world import RecordingPlatform, make_world


async def test_the_plan_is_ready_in_the_inbox_and_its_publication_is_told_once() -> None:
    platforms: dict[str, RecordingPlatform] = {}
    world = await make_world(rules_alone(), platforms=platforms)
    inbox = Inbox(MemoryDrawer(world.clock.now), timedelta(days=30))
    platforms["web"] = InInbox(inbox, world.clock.now)
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    await world.settle()
    s, a = (Actor("web", ORGANISATION, person_id(key)) for key in "sa")
    for who in (s, a):
        await inbox.mark_read(who, [each.id for each in (await inbox.page(who))[0]])
    await world.advance(days=4, hours=2)
    (ready,) = [each for each in (await inbox.page(s))[0] if each.unread]
    assert ready.card.title == "The plan is ready"
    preview = next(action for action in actions(ready.card) if action.key == "round.preview")
    supervisor = world.player("s")
    plan = await supervisor.press(preview.key, preview.subject)
    assert isinstance(plan, Show)
    assert any(action.key.startswith("round.publish") for action in plan.form.actions)
    done = await supervisor.press("round.publish", round_)
    assert isinstance(done, Done)
    assert done.note == "The plan is published. Reviewers are being told."
    world.clock.advance(timedelta(seconds=1))
    await world.settle()
    kept = (await inbox.page(s))[0]
    assert not [each for each in kept if preview.key in {action.key for action in actions(each.card)}]
    await world.advance(hours=2)
    (told,) = [each.card for each in (await inbox.page(a))[0] if each.unread]
    assert "Your case is with reviewers" in str(told), "with the review that A writes, in one message"
