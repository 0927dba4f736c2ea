"""What curious colleagues tried against anonymity, tried again in Slack and in Teams, with real requests and screens.

Each attempt is played in two clinics that differ in what is hidden; everything on the observer's screen is the same.
The attempts and what came of them stand in `docs/security.md`; the page is `tests/privacy/test_acting.py`'s subject.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.slack import receiver
from adapters.teams import held
from bot.demo.player import Player, StoryBroken
from bot.ui.inbound import Invalid, Show
from bot.ui.model import Form
from tests.e2e.slack.player import InSlack
from tests.e2e.teams.player import InTeams
from tests.gate import GateInAWorker, rules_alone
from tests.privacy import stages
from tests.privacy.acting import Act, Stage, press, send, wait
from tests.privacy.filling import everything, way
from tests.privacy.lines import ID
from tests.privacy.stages import Setting, half_closed, looked, planned, replaced, reviewed
from tests.standins.both import Both, both_chats
from tests.standins.teams.cards import texts
from tests.world import World

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Attempt:
    """What somebody does at a stage; in the other clinic what is `hidden` differs."""

    stage: Callable[..., Awaitable[Stage]]
    setting: Setting
    acts: tuple[Act, ...]
    hidden: dict[str, Any] = field(default_factory=dict)
    arguments: tuple[tuple[Any, ...], tuple[Any, ...]] = ((), ())


def typed(text: str) -> Act:
    """Write a command."""
    return Act("type", text)


ALL = -1
"""Every field filled."""
UNHURRIED = 60.0
"""Seconds before a chat says "one moment": a busy machine must not decide where one world's answer stands."""
B = Setting(presenter="d", observer="b", reviewers=("b", "e"), suspects=("d", "a"))
S = replace(B, observer="s", supervisors=("s", "g"))
A = Setting(presenter="a", observer="a", reviewers=("b", "e"), suspects=("b", "g"))
RAISE = (press("risk.raise", "case"), send(0), wait(1))
ATTEMPTS = {
    "leave everybody out of a plan": Attempt(
        planned,
        S,
        (typed("/round"), *(act for n in range(1, 5) for act in (press("round.preview", "round"), send(n)))),
        arguments=(("adf",), ("dfa",)),
    ),
    "keep apart from colleagues": Attempt(reviewed, B, (press("apart.open"), send(1), send(2)), {"presenter": "a"}),
    "raise a concern and see who is left": Attempt(
        reviewed, replace(B, supervisors=("s",)), (typed("/risk"), *RAISE, wait(24), typed("/home")), {"presenter": "s"}
    ),
    "look at members after a takeaway": Attempt(
        half_closed,
        S,
        (typed("/supervision"), press("supervision.overview"), press("supervision.member", "person d")),
        {"presenter": "a"},
    ),
    "read the second in one's own data": Attempt(
        half_closed, B, (typed("/supervision"), press("privacy.mine"), press("log.entry", "entry")), {"minutes": 17}
    ),
    "read who keeps apart from oneself": Attempt(
        reviewed, B, (press("apart.open"), press("privacy.mine"), press("why", "assignment")), {"lists": (("d", "b"),)}
    ),
    "raise, unmask and release alone": Attempt(
        reviewed,
        replace(S, reviewers=("s", "e")),
        (typed("/risk"), *RAISE, press("risk.unmask", "case"), send(ALL), typed("/home"), press("risk.release")),
        {"presenter": "a"},
    ),
    "add a pair while a second look waits": Attempt(
        looked, S, (typed("/round"), press("pairs.open"), send(3), typed("/home")), {"presenter": "a"}
    ),
    "reassign again and again": Attempt(
        reviewed,
        replace(S, size=6, supervisors=("s",)),
        (
            typed("/round"),
            press("round.show", "round"),
            press("review.reassign", "assignment"),
            send(0),
            press("review.cover", "assignment"),
            press("review.reassign", "fellow"),
            send(0),
            press("round.show", "round"),
        ),
        {"presenter": "a"},
    ),
    "type risk before a plan is published": Attempt(
        planned, S, (typed("/risk"), typed("/home")), arguments=(("adf",), ("dfa",))
    ),
    "count messages under Delivery": Attempt(
        reviewed,
        replace(B, observer="m"),
        (typed("/home"), press("operations.show"), press("operations.show")),
        {"presenter": "a"},
    ),
    "read who took part in one's entry": Attempt(
        half_closed,
        replace(S, observer="s", reviewers=("b", "s")),
        (typed("/supervision"), press("log.entry", "entry"), press("log.sign")),
        {"elsewhere": "b"},
    ),
    "name covering therapists one after the other": Attempt(
        reviewed,
        A,
        tuple(act for n in range(3, 9) for act in (typed("/caseload"), press("caseload.leave"), send(n))),
        {"reviewers": ("g", "f")},
    ),
    "read the trail as the officer": Attempt(
        reviewed, replace(B, observer="p"), (typed("/home"), press("audit.open")), {"presenter": "a"}
    ),
    "look for a gap in the letters": Attempt(
        replaced,
        A,
        (typed("/case"), press("case.page", "case"), press("case.reviews", "case")),
        arguments=(("",), ("B",)),
    ),
    "read a pair in the number of people": Attempt(
        reviewed, A, (typed("/case"), press("case.new")), {"pairs": (("b", "c"),)}
    ),
    "watch the number of cases": Attempt(
        planned,
        S,
        (typed("/round"), typed("/home"), press("supervision.overview"), press("round.show", "round")),
        arguments=(("ad",), ("ad", "e")),
    ),
}


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate without its learned models: what passes it is not the subject here."""
    return rules_alone()


@pytest.mark.parametrize("chat", ["slack", "teams"])
@pytest.mark.parametrize("name", ATTEMPTS)
async def test_an_attempt_in_a_chat_shows_the_same_whatever_is_hidden(
    gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch, name: str, chat: str
) -> None:
    one, other = await _both_screens(gate, monkeypatch, ATTEMPTS[name], chat)
    assert len(one) >= 2, "the acts were answered"
    assert one == other


@pytest.mark.parametrize("chat", ["slack", "teams"])
async def test_what_is_admitted_is_seen_so_the_comparison_sees_something(
    gate: GateInAWorker, monkeypatch: pytest.MonkeyPatch, chat: str
) -> None:
    later = (press("round.publish.soon", "round"), wait(1), press("round.show", "round"))
    published = (typed("/round"), press("round.preview", "round"), *later)
    attempt = Attempt(planned, S, published, arguments=(("adf",), ("dfa",)))
    one, other = await _both_screens(gate, monkeypatch, attempt, chat)
    assert one[:3] == other[:3]
    assert one[3] != other[3], "who reviews which case, once it is published"


async def _both_screens(
    gate: GateInAWorker, patch: pytest.MonkeyPatch, attempt: Attempt, chat: str
) -> tuple[list[str], list[str]]:
    screens = []
    settings = (attempt.setting, replace(attempt.setting, **attempt.hidden))
    patch.setattr(receiver, "PATIENCE", UNHURRIED)
    patch.setattr(receiver, "SUBMISSION_PATIENCE", UNHURRIED)
    patch.setattr(receiver, "EVENT_PATIENCE", UNHURRIED)
    patch.setattr(held, "PATIENCE", UNHURRIED)
    for setting, arguments in zip(settings, attempt.arguments, strict=True):
        async with both_chats(gate) as both:
            both.slack.slack.kept.trigger_life = UNHURRIED
            screens.append(await _tried(both, attempt, setting, arguments, chat, patch))
    one, other = screens
    return one, other


async def _tried(
    both: Both, attempt: Attempt, setting: Setting, arguments: tuple[Any, ...], chat: str, patch: pytest.MonkeyPatch
) -> list[str]:
    """What stood on the observer's screen after each act."""
    world, platforms = both.world, both.world.dispatcher.platforms
    player: InSlack | InTeams
    if chat == "slack":
        player = both.in_slack(setting.observer)
        await player.person.opens_home()
    else:
        player = both.in_teams(setting.observer)
        await player.person.installs()
    await both.settled()

    async def here(gate: GateInAWorker, setting: Setting) -> World:
        await stages.furnish(world, setting)
        return world

    patch.setattr(stages, "clinic", here)
    named = {"now_too": arguments[1]} if len(arguments) > 1 else {}
    stage = await attempt.stage(None, setting, *arguments[:1], **named)
    world.dispatcher.platforms = platforms
    return await _played(both, player, stage, attempt.acts)


async def _played(both: Both, player: InSlack | InTeams, stage: Stage, acts: tuple[Act, ...]) -> list[str]:
    form: Form | None = None
    shown = []
    for act in acts:
        if act.what == "wait":
            await stage.world.advance(hours=act.choice)
            continue
        try:
            form = await _done(player, stage, act, form)
        except StoryBroken:
            continue  # Teams shows no such button to this person
        await both.settled()
        await stage.world.settle()
        shown.append(ID.sub("id", _screen(player)))
    return shown


async def _done(player: Player, stage: Stage, act: Act, form: Form | None) -> Form | None:
    match act.what:
        case "type":
            outcome = await player.type(act.key)
        case "press":
            outcome = await player.press(act.key, stage.subjects.get(act.subject, act.subject))
        case _:
            if form is None or not form.submit:
                raise StoryBroken("no form is open")
            choice = everything(form) if act.choice == ALL else act.choice
            values = {name: value for name, value in way(form, choice).items() if value}
            outcome = await player.send(form, values)
            if isinstance(outcome, Invalid) and isinstance(player, InTeams):
                return None  # the dialog is closed here; the next act opens another
    return outcome.form if isinstance(outcome, Show | Invalid) else form


def _screen(player: InSlack | InTeams) -> str:
    if isinstance(player, InSlack):
        return player.person.everything
    return "\n".join([*map(texts, player.person.sees()), *player.person.reads(), *player.read])
