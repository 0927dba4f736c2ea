"""People who act, not only look: the same acts by the same observer in worlds that differ in one hidden fact.

A `Stage` is a clinic at one moment with what the observer may know of it. `watch` plays acts on it and gives back
everything the observer got for each: the answer, the forms with their choices, files, and what arrived meanwhile with
the moment it arrived. Two stages that differ in the hidden fact must give the same; `differences` says where not.
Ids are told apart by when the observer first met them, as ids say nothing to a reader.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, cast

from bot.app.command_row import Kind
from bot.app.commands import COMMANDS
from bot.demo.clinic import person_id
from bot.demo.player import Player
from bot.ui.inbound import Actor, Invalid, Outcome, Show
from bot.ui.model import Action, Form
from bot.ui.platform import Address, Message
from storage.memory import MemoryStore
from tests.privacy.filling import fillings, way
from tests.privacy.lines import Canon, leaves
from tests.tables.crawl import actions
from tests.world import Kept, RecordingPlatform, SeededRng, SequentialIds, World

DRAWN = frozenset(
    {
        "overview.weeks",
        "log.rhythm",
        "log.export",
        "log.export.send",
        "report",
        "report.show",
        "report.method",
        "round.sheet",
    }
    | {"sheet.group.send", "leaving.send"}
)
"""Commands that draw charts and files: slow, and `tests/unit/reports` and the canary pages walk them."""
TYPED = tuple(f"/{command.key}" for command in COMMANDS if command.kind is Kind.TYPED)


# ---- acts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Something a person does: type, press, fill in the form opened last, or wait. `choice` says how it is filled."""

    what: str
    key: str = ""
    subject: str = ""
    choice: int = 0

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.what, self.key, self.subject, self.choice or "") if part)


def wait(hours: int) -> Act:
    """Let time pass."""
    return Act("wait", choice=hours)


def press(key: str, subject: str = "") -> Act:
    """Press a button, whether or not it was offered."""
    return Act("press", key, subject)


def follow(key: str, number: int = 0) -> Act:
    """Press a button that an answer or a message offered, with the thing it is about; of several that many-th."""
    return Act("follow", key, choice=number)


def by(who: str, key: str, subject: str, choice: int = 0) -> Act:
    """A colleague presses a button; the form it may open is sent as it is, or filled in the way of this number."""
    return Act(f"by {who}", key, subject, choice)


def send(choice: int = 0) -> Act:
    """Send the form opened last, filled in the way of this number (see `fillings`)."""
    return Act("send", choice=choice)


# ---- a stage and what is seen on it ----------------------------------------------------------


class Post(RecordingPlatform):
    """A platform that keeps the moment of each message beside it, in one list with the others."""

    def __init__(self, name: str, world: World, got: list[tuple[datetime, str, Message]]) -> None:
        super().__init__()
        self.name, self._world, self._got = name, world, got

    async def send(self, to: Address, message: Message) -> str:
        self._got.append((self._world.clock.now(), to.actor.user, message))
        return message.replaces or f"{self.name}-{len(self._got)}"


@dataclass
class Stage:
    """A clinic at one moment. `subjects` are the ids an observer may point at, by what they are."""

    world: World
    observer: str
    subjects: Mapping[str, str]
    platform: str = "web"
    got: list[tuple[datetime, str, Message]] = field(default_factory=list)
    alone: dict[Act, Moment] = field(default_factory=dict)
    """Each act that was played from the beginning: what it brought, and all that goes on from there."""

    def __post_init__(self) -> None:
        self.world.dispatcher.platforms = {n: Post(n, self.world, self.got) for n in ("web", "slack", "teams")}
        self._kept, self._chance = self.world.kept(), random.Random(7).getstate()

    def again(self) -> None:
        """Everything as it was when the stage was set."""
        self._put(self._kept, self._chance, ())

    def at(self, moment: Moment) -> None:
        """Everything as it was after an act."""
        self._put(moment.kept, moment.chance, moment.got)

    def moment(self, played: Played) -> Moment:
        """Everything as it stands now, with what was played."""
        return Moment(played, self.world.kept(), self._random.getstate(), tuple(self.got))

    def _put(self, kept: Kept, chance: Any, got: Sequence[tuple[datetime, str, Message]]) -> None:
        store = cast("MemoryStore", self.world.store)
        store.state, store.drawers = kept.state, dict(kept.drawers)
        cast("SequentialIds", self.world.tools.ids).count = kept.ids
        self.world.clock._now = kept.now
        self._random.setstate(chance)
        self.got[:] = got

    @property
    def _random(self) -> random.Random:
        return cast("SeededRng", self.world.tools.rng)._random

    def player(self) -> Player:
        """The observer in front of the product."""
        player = self.world.player(self.observer)
        if self.platform != "web":
            player.actor = Actor(self.platform, "T1", person_id(self.observer))
        return player

    def arrived(self, since: int) -> list[str]:
        """What reached the observer after the first `since` messages of all, each with its moment."""
        mine = [(moment, message) for moment, user, message in self.got[since:] if user == person_id(self.observer)]
        return [f"{moment.isoformat()} {leaf}" for moment, message in mine for leaf in leaves(message)]

    def offered(self, since: int) -> list[Action]:
        """The buttons of the messages that reached the observer after the first `since` of all."""
        mine = [message.card for _, user, message in self.got[since:] if user == person_id(self.observer)]
        return [action for card in mine for action in actions(card)]


@dataclass
class Seen:
    """What one act brought its observer, line by line."""

    act: Act
    lines: list[str]


@dataclass(frozen=True)
class Played:
    """What acts brought, what they left open and offered, and by which names the observer knows what they met."""

    seen: tuple[Seen, ...] = ()
    form: Form | None = None
    offered: tuple[Action, ...] = ()
    met: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """A stage after an act from its beginning: other acts go on from there."""

    played: Played
    kept: Kept
    chance: Any
    got: tuple[tuple[datetime, str, Message], ...]


async def watch(stage: Stage, acts: Iterable[Act]) -> Sequence[Seen]:
    """Play acts from the stage's beginning; every answer and everything that arrived meanwhile."""
    first, *others = acts
    moment = await _alone(stage, first)
    if not others:
        return moment.played.seen
    stage.at(moment)
    return (await _played(stage, others, moment.played)).seen


async def _alone(stage: Stage, act: Act) -> Moment:
    """One act from the stage's beginning, which is played once however many plots begin with it."""
    if act not in stage.alone:
        stage.again()
        stage.alone[act] = stage.moment(await _played(stage, (act,), Played()))
    return stage.alone[act]


async def _played(stage: Stage, acts: Iterable[Act], before: Played) -> Played:
    player, ids = stage.player(), Canon(before.met)
    form, seen, offered = before.form, list(before.seen), list(before.offered)
    for act in acts:
        sent = len(stage.got)
        outcome, form = await do(stage, player, act, form, offered)
        await stage.world.settle()
        offered += [*actions(outcome), *stage.offered(sent)]
        told = [*(leaves(outcome) if outcome is not None else ()), *stage.arrived(sent)]
        seen.append(Seen(act, [ids.of(each) for each in told]))
    return Played(tuple(seen), form, tuple(offered), ids.met)


async def do(
    stage: Stage, player: Player, act: Act, form: Form | None, offered: Sequence[Action] = ()
) -> tuple[Outcome | None, Form | None]:
    """One act with the form opened last and what was offered so far; its answer and the form that is open then."""
    outcome: Outcome | None = None
    match act.what:
        case "wait":
            await stage.world.advance(hours=act.choice)
            return None, form
        case "type":
            outcome = await player.type(act.key)
        case "press":
            outcome = await player.press(act.key, stage.subjects.get(act.subject, act.subject))
        case "follow":
            found = [each for each in offered if each.key == act.key]
            if not found:
                return None, form
            button = found[act.choice % len(found)]
            outcome = await player.press(button.key, button.subject, **button.args)
        case "send":
            if form is None or not form.submit:
                return None, form
            outcome = await player.send(form, way(form, act.choice))
        case colleague:
            other = stage.world.player(colleague.removeprefix("by "))
            opened = await other.press(act.key, stage.subjects.get(act.subject, act.subject))
            if isinstance(opened, Show) and opened.form.submit:
                await other.send(opened.form, way(opened.form, act.choice))
            return None, form
    return outcome, outcome.form if isinstance(outcome, Show | Invalid) else form


# ---- what there is to do ---------------------------------------------------------------------


def single_acts(stage: Stage, *, skip: frozenset[str] = DRAWN) -> list[tuple[Act, ...]]:
    """Each command of the program as an opening: typed, and every button on everything the observer can point at."""
    acts: list[tuple[Act, ...]] = [(Act("type", key),) for key in TYPED]
    pressed = sorted({c.key for c in COMMANDS if c.kind is Kind.PRESSED} - skip)
    acts += [(press(key, subject),) for key in pressed for subject in ("", *stage.subjects)]
    return acts


async def openings(stage: Stage, acts: Sequence[tuple[Act, ...]]) -> list[tuple[tuple[Act, ...], int]]:
    """Those of the acts that open a form, with how many ways there are to fill it."""
    found = []
    for each in acts:
        (act,) = each
        form = (await _alone(stage, act)).played.form
        if form and form.submit:
            found.append((each, len(fillings(form))))
    return found


async def plots(stage: Stage, seed: int, budget: int) -> list[tuple[Act, ...]]:
    """What is played: every command once, then plots of up to three acts with days between, drawn by a seed."""
    single = single_acts(stage)
    forms = await openings(stage, single)
    chance = random.Random(seed)
    filled = [(*opening, send(n)) for opening, ways in forms for n in range(ways)]
    drawn: list[tuple[Act, ...]] = []
    while len(drawn) < budget and filled:
        plot: list[Act] = []
        for _ in range(chance.randint(1, 3)):
            plot += chance.choice(filled) if chance.random() < 0.7 else chance.choice(single)
            if chance.random() < 0.5:
                plot.append(wait(chance.choice((1, 24, 72))))
        drawn.append((*plot, Act("type", "/home")))
    return [*single, *(chance.sample(filled, min(len(filled), budget)) if budget else filled), *drawn]


# ---- comparing -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Declared:
    """An admitted difference: in which acts and lines; `id` names its row in `docs/privacy.md`."""

    id: str
    observer: Callable[[Stage], bool]
    act: re.Pattern[str]
    lines: re.Pattern[str]


@dataclass(frozen=True)
class Difference:
    """Where two worlds parted: after which acts, and what stood in the one and the other."""

    acts: tuple[Act, ...]
    one: tuple[str, ...]
    other: tuple[str, ...]

    def __str__(self) -> str:
        shown = [*(f"  - {each[:300]}" for each in self.one[:4]), *(f"  + {each[:300]}" for each in self.other[:4])]
        return "\n".join([" > ".join(map(str, self.acts)), *shown])


async def differences(
    one: Stage, other: Stage, played: Sequence[tuple[Act, ...]], declared: Sequence[Declared] = (), most: int = 12
) -> list[Difference]:
    """Where the observer can tell the two stages apart, up to `most` places, one for each kind of last act."""
    found: list[Difference] = []
    kinds: set[str] = set()
    for acts in played:
        if len(found) >= most:
            break
        for first, second in zip(await watch(one, acts), await watch(other, acts), strict=True):
            parted = _parted(one, first, second, declared)
            kind = f"{first.act.what} {first.act.key} {_places(parted)}"
            if parted and kind not in kinds:
                kinds.add(kind)
                found.append(Difference(acts, *parted))
            if parted:
                break
    return found


def _places(parted: tuple[tuple[str, ...], tuple[str, ...]] | None) -> str:
    """Which places of an answer differ: what makes two differences of one kind."""
    return " ".join(sorted({each.partition("=")[0].split()[-1] for side in parted or () for each in side}))


def _parted(
    stage: Stage, one: Seen, other: Seen, declared: Sequence[Declared]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    if one.lines == other.lines:
        return None
    admitted = [d.lines for d in declared if d.observer(stage) and d.act.search(str(one.act))]
    left: list[str] = []
    right: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, one.lines, other.lines, autojunk=False).get_opcodes():
        if tag != "equal":
            left += [each for each in one.lines[a:b] if not any(p.search(each) for p in admitted)]
            right += [each for each in other.lines[c:d] if not any(p.search(each) for p in admitted)]
    return (tuple(left), tuple(right)) if left or right else None
