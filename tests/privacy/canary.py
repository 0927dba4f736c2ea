"""A word that must appear nowhere it may not, and a round in which it is typed."""

from __future__ import annotations

from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.ui.inbound import Invalid, Outcome, Say, Show
from tests.world import World

CANARY = "Zyxwvut"


HARD = "zyxwvut@example.org"


TEXT = f"words about {CANARY} and {HARD}"


async def played(world: World) -> list[Outcome]:
    """One case from form to takeaway with the canary in every field; everything that was answered."""
    seen: list[Outcome] = []
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    a = world.player("a")
    options = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    texts = dict.fromkeys(("title", "programme", "background", "key_question", "excerpt", "scores"), TEXT)
    refused = await a.send(await a.open("case.new"), {**texts, **options})
    assert isinstance(refused, Invalid)  # scores are numbers, no words get through them
    preview = await a.send(await a.open("case.new"), {**texts, **options, "scores": "PHQ-9: 18, 12"})
    assert isinstance(preview, Show)
    seen += [preview, await a.send(preview.form, {})]
    await world.player("s").open("round.preview", round_)
    seen.append(await world.player("s").press("round.publish", round_))
    await world.advance(hours=1)
    assignments = await world.find(Assignment, round=round_, ended_at=None)
    first = world.player(assignments[0].reviewer.rpartition("_")[2])
    await first.send_and_confirm(await first.open("review.open", assignments[0].id), {"question": TEXT})
    answers = await a.open("question.open", assignments[0].case)
    await a.send_and_confirm(answers, {answers.fields[0].name: TEXT})
    await world.advance(days=3)
    for assignment in assignments:
        player = world.player(assignment.reviewer.rpartition("_")[2])
        form = await player.open("review.open", assignment.id)
        seen.append(Show(form))
        await player.send_and_confirm(form, {"reflection": TEXT, "suggestion": TEXT})
    await world.advance(hours=1)
    seen.append(Show(await a.open("case.reviews", assignments[0].case)))
    await a.send_and_confirm(await a.open("takeaway.open", assignments[0].case), {"takeaway": TEXT})
    await world.advance(days=1)
    for key in "abcdefgs":
        seen.append(Say(await world.player(key).home()))
        seen.append(await world.player(key).type("/supervision"))
    return seen
