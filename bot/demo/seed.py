"""The demo's present: a round under review with texts, so that no page is empty on the first visit."""

from __future__ import annotations

from bot.demo.clinic import ORGANISATION
from bot.demo.player import Player
from bot.demo.story import Stage
from bot.demo.texts import CASES, QUESTION
from bot.domain.assignment import Assignment
from bot.domain.round import Round

PRESENTERS = ("b", "d", "f", "g")
NEXT = ("e",)


async def play_until_today(stage: Stage) -> None:
    """Four cases are with their reviewers, one question waits, and the next round already has a case."""
    supervisor = Player(stage.entry, "s")
    await supervisor.send(await supervisor.open("round.new"), {})
    for key, text in zip(PRESENTERS, CASES, strict=False):
        await _present(Player(stage.entry, key), text)
    # Published before a message goes out: nobody is asked for a case twice on the demo's first day.
    async with stage.store.begin(ORGANISATION, write=False) as uow:
        round_ = (await uow.find(Round, closed_at=None))[0]
    await supervisor.open("round.preview", round_.id)
    await supervisor.press("round.publish", round_.id)
    await stage.advance(minutes=5)
    async with stage.store.begin(ORGANISATION, write=False) as uow:
        assignment = (await uow.find(Assignment, round=round_.id, ended_at=None))[0]
    reviewer = Player(stage.entry, assignment.reviewer.rpartition("_")[2])
    await reviewer.send(await reviewer.open("review.open", assignment.id), {"question": QUESTION})
    await supervisor.send(await supervisor.open("round.new"), {})
    await _present(Player(stage.entry, NEXT[0]), CASES[4])
    await stage.advance(minutes=5)


async def _present(player: Player, text: dict[str, str]) -> None:
    options = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    await player.send_and_confirm(await player.open("case.new"), {**text, **options})
