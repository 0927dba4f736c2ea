"""Why a reviewer gave a review up stays with them: every view of a supervisor is the same whatever the reason."""

from __future__ import annotations

import re

import pytest

from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment, EndReason
from bot.ports.records import AuditEntry
from bot.ui.inbound import Done
from bot.ui.strings import LANGUAGES, words
from tests.app.risk import Scene, scene
from tests.gate import rules_alone
from tests.tables.crawl import Crawl, name_of
from tests.world import World, make_world

REASONS = {
    "declined": EndReason.DECLINED,
    "conflict": EndReason.CONFLICT,
    "recognised": EndReason.RECOGNISED,
}
"""What a reviewer may give, with what is stored of it."""
TYPED = ("round", "overview", "help", "report")


async def gave_up(world: World, reason: str) -> Scene:
    """The reviewer of a case gives it up for a reason."""
    at = await scene(world)
    if reason == "recognised":
        done = await at.reviewer.press("review.recognise", at.assignment.id)
    else:
        form = await at.reviewer.open("review.decline", at.assignment.id)
        done = await at.reviewer.send(form, {"reason": (reason,)})
    assert isinstance(done, Done)
    await world.settle()
    (ended,) = await world.find(Assignment, id=at.assignment.id)
    assert ended.end_reason == REASONS[reason]
    return at


async def views(reason: str) -> dict[str, list[str]]:
    """Everything that a supervisor gets to read, by how: doors and files, messages, the audit trail."""
    world = await make_world(rules_alone())
    at = await gave_up(world, reason)
    trail = [f"{line.what} {line.actor} {line.detail}" for line in await world.find(AuditEntry)]
    messages = [repr(message.card) for user, message in world.platform.sent if user == person_id("s")]
    page = repr(await world.player("s").press("round.show", at.case.round or ""))
    pages = [f"{name_of(step.event)}: {outcome!r}" async for step, outcome in Crawl(world, "s", TYPED, most=1).steps()]
    found = {"trail": trail, "messages": messages, "round": [page], "pages": pages}
    # A form that is opened takes a number that a tap does not: numbers of records tell nothing here.
    return {
        view: [re.sub(r"(?<=[a-z][_-])\d{6}|[0-9a-f]{12,}", "", each) for each in shown]
        for view, shown in found.items()
    }


@pytest.mark.parametrize("reason", sorted(set(REASONS) - {"declined"}))
async def test_no_view_of_a_supervisor_tells_why(reason: str) -> None:
    plain, told = await views("declined"), await views(reason)
    assert len(plain["pages"]) > 20
    for view, shown in plain.items():
        assert told[view] == shown, view
    assert "declined" in plain["round"][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", EndReason)
def test_every_end_of_a_review_has_a_word_and_one_for_all_own_decisions(reason: EndReason, language: str) -> None:
    said = words(language)(f"assignment.ended.{reason.shown}")
    assert said
    own = reason in REASONS.values()
    assert (said == words(language)("assignment.ended.declined")) is own
