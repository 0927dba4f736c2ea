"""Every kind of outage, at every kind of call, over every adapter: only a post that may have arrived is unknown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Message
from tests.contract.outage_trials import CALLS, CARD, CONNECTION, EDIT, KINDS, LOOK, POST, TRIALS, WAITED_FOR
from tests.standins import mail
from tests.standins.outage import DONE

CERTAIN = {"unavailable", "storm", "refused", *CONNECTION}
"""Nothing can have been done: it was refused before any work, or never got there."""


def certain(name: str, how: str) -> bool:
    """Whether a post met with this did surely not arrive; a relay that refuses a text has not taken it."""
    if name == "email":
        return how in {*mail.SAID, "refused"} - {"page", "half", "refused"}
    return how in CERTAIN


def cells(*, posts: bool = True) -> list[Any]:
    """Each adapter, kind of call and kind of outage that go together; connections that stand are not looked up."""
    return [
        pytest.param(name, call, how, marks=[pytest.mark.slow] * (how in WAITED_FOR))
        for name, calls in CALLS.items()
        for call in calls
        for how in KINDS
        if not (name == "email" and call == POST and how in CONNECTION)
    ]


@pytest.mark.parametrize(("name", "call", "how"), cells())
async def test_only_a_post_that_may_have_arrived_is_unknown(name: str, call: str, how: str) -> None:
    async with TRIALS[name]() as trial:
        about = await trial.before(call)
        shown, posts = trial.shown(), trial.posts()
        marked: list[str] = []
        at_the_mark = name == "email" and call == POST
        may_have_arrived = call == POST and not certain(name, how)

        async def posting() -> None:
            marked.append(call)
            if at_the_mark:
                await trial.fall(how)

        to = trial.to(call)
        if not at_the_mark:
            await trial.fall(how)
            to = trial.to(call)
            await asyncio.sleep(0.01)  # until both sides of a cut connection know
        with pytest.raises(DeliveryUnknown if may_have_arrived else DeliveryFailed) as ended:
            await trial.platform.send(to, Message("out", CARD, posting=posting, **about))
        if isinstance(ended.value, DeliveryFailed):
            wrong = ended.value
            assert (wrong.permanent, wrong.ours) == (False, False), "it says nothing about address or message"
            if name != "email":
                assert wrong.away == (how != "storm"), "a limit concerns what is sent, all else the whole workspace"
                assert how != "storm" or wrong.retry_after == 1
            elif call != POST:
                assert wrong.away
        assert marked == [POST] * (call == POST)
        assert trial.posts() - posts <= (call == POST), "never asked for twice by itself"
        arrived = trial.shown() - shown
        assert arrived == (call == POST and how in DONE)
        await trial.fall("")
        if how == "storm":
            await asyncio.sleep(1)
        about["retried"] = may_have_arrived or call == LOOK
        await trial.platform.send(trial.to(call), Message("out", CARD, **about))
        doubled = arrived and not trial.platform.can_be_asked
        assert trial.shown() - shown == (call != EDIT) + doubled, "it is over, and what was found is not sent again"


@pytest.mark.parametrize(
    ("name", "how"),
    [pytest.param(name, how, marks=[pytest.mark.slow] * (how in WAITED_FOR)) for name in TRIALS for how in KINDS],
)
async def test_a_look_at_the_workspace_sees_each_outage_and_its_end(name: str, how: str) -> None:
    """Else messages would be held back for good, or go out into the outage one by one."""
    async with TRIALS[name]() as trial:
        await trial.before(POST)
        tenant = trial.to(POST).actor.tenant
        await trial.fall(how)
        if how == "storm" and name != "email":
            await trial.platform.probe(tenant)
        else:
            with pytest.raises(DeliveryFailed) as failed:
                await trial.platform.probe(tenant)
            assert failed.value.away
        await trial.fall("")
        await trial.platform.probe(tenant)
