"""A second look across two chats: the author writes in Teams, the supervisor looks in Slack."""

from __future__ import annotations

import pytest

from bot.domain.case import Case, CaseStatus
from bot.domain.second_look import SecondLook
from bot.ui.inbound import Done
from tests.app.looking import OPTIONS, PLAIN, ruled
from tests.e2e.together.test_two_platforms import read
from tests.gate import rules_alone
from tests.standins.both import both_chats

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["de", "sv"])
async def test_a_case_goes_back_and_forth_between_the_chats(language: str) -> None:
    async with both_chats(rules_alone(), language) as both:
        world = both.world
        await ruled(world, second_look="always")
        players = await both.everybody()
        author, supervisor = players["d"], players["s"]
        _, outcome = await author.send_and_confirm(await author.open("case.new"), {**PLAIN, **OPTIONS})
        assert isinstance(outcome, Done), outcome
        await world.settle()
        (look,) = await world.find(SecondLook)
        await supervisor.open("look.open", look.id)
        form = await supervisor.open("look.return", look.id)
        assert isinstance(await supervisor.send(form, {"telling": ("work",), "note": "Line two, please."}), Done)
        await world.settle()
        await author.open("case.page", look.case)
        form = await author.open("case.change", look.case)
        changed = {**PLAIN, "background": "Messages come weekly.", **OPTIONS}
        _, outcome = await author.send_and_confirm(form, changed)
        assert isinstance(outcome, Done), outcome
        (again,) = await world.find(SecondLook, end=None)
        await supervisor.open("look.open", again.id)
        assert isinstance(await supervisor.press("look.pass", again.id), Done)
        await world.advance(days=1)
        assert "Line two, please." in read(author)
        assert PLAIN["background"] in read(supervisor)
        assert "Messages come weekly." in read(supervisor)
        (case,) = await world.find(Case, id=look.case)
        assert case.status(world.clock.now()) is CaseStatus.WAITING
