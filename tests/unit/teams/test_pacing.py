"""Sends stay inside every one of Teams' windows, whatever the pattern, and none is forgotten."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.pacing import PER_CONVERSATION, Pacer, Window


class VirtualTime:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@settings(deadline=None)
@given(st.lists(st.floats(0, 40), min_size=1, max_size=200))
def test_no_window_ever_holds_more_than_teams_allows(gaps: list[float]) -> None:
    window, now, sent = Window(PER_CONVERSATION), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(window.reserve(now))
    assert sent == sorted(sent)
    for count, seconds in PER_CONVERSATION:
        for i in range(len(sent) - count):
            assert sent[i + count] - sent[i] >= seconds


def test_a_quiet_conversation_never_waits() -> None:
    window = Window(PER_CONVERSATION)
    assert [window.reserve(t) for t in range(0, 600, 10)] == list(range(0, 600, 10))


async def test_a_busy_conversation_waits_as_long_as_teams_says() -> None:
    time = VirtualTime()
    pacer = Pacer(50, time, time.sleep)
    pacer.pause("chat", 12)
    await pacer.turn("t", "chat")
    assert time.now >= 12


async def test_a_paused_conversation_delays_no_other() -> None:
    real = asyncio.get_running_loop().time
    pacer = Pacer(50, real)
    pacer.pause("busy", 3600)
    waiting = asyncio.create_task(pacer.turn("t", "busy"))
    await asyncio.sleep(0)
    await pacer.turn("t", "free")
    assert not waiting.done()
    waiting.cancel()


async def test_a_tenant_gets_at_most_its_requests_a_second() -> None:
    time = VirtualTime()
    pacer = Pacer(50, time, time.sleep)
    for i in range(500):
        await pacer.turn("t", f"chat-{i}")
    assert 9 <= time.now <= 11


async def test_two_tenants_do_not_wait_for_each_other() -> None:
    time = VirtualTime()
    pacer = Pacer(50, time, time.sleep)
    for i in range(50):
        await pacer.turn("a", f"chat-{i}")
        await pacer.turn("b", f"chat-{i}")
    assert time.now == 0
