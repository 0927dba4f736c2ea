"""What is offered is allowed: every button that a page or a message shows is pressed, in every state of its matter.

From everybody's start page, typed lists and messages on, each button once and those of the pages it opens; the world is
put back after each. A button that is refused should not have been drawn: what draws it must ask what refuses it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from bot.anonymise import Sensitive
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person, Role
from bot.ui.inbound import ActionPressed, CommandTyped, Event, FormSubmitted, HomeOpened, Outcome, Refused, Show
from bot.ui.model import Form
from tests.app.laid_out import laid_out
from tests.app.risk import Scene, change, scene
from tests.gate import rules_alone
from tests.tables.crawl import actions, filled, view_of
from tests.tables.test_messages_stay_true import standing
from tests.tables.test_old_buttons import STATES as ENDED
from tests.world import Kept, World, make_world

PEOPLE = "abcesm"
"""A presenter, two reviewers, others, a supervisor who is a therapist, a manager."""
LISTS = ("round", "review", "case", "supervision", "supervision overview", "caseload")
DEPTH = 3
NOT_OF_A_ROUND = (
    *("help.", "about.", "settings.", "week.", "feed.", "absences.", "apart.", "privacy.", "report.", "log.", "staff."),
    *("administration.", "operations.", "closures.", "example.", "caseload.", "series.", "pairs.", "sheet.", "year."),
    *("leaving.", "draft.", "audit.", "place.", "setup.", "policies.", "overview.weeks", "overview.year"),
)
"""Doors behind which the state of a round changes nothing; one state opens them, too."""


@dataclass(frozen=True)
class Offer:
    """A button or a form that somebody was shown, and on the way to what."""

    key: str
    event: Event
    kept: Kept
    path: tuple[str, ...]


@dataclass
class Walk:
    """Everything that is offered in one state of the world."""

    world: World
    people: str = PEOPLE
    everything: bool = False
    number: int = 0

    async def refused(self) -> list[str]:
        """Whom what was offered and then refused, on which way."""
        found: list[str] = []
        start = self.world.kept()
        for key in self.people:
            tried = set[tuple[object, ...]]()
            waiting = deque(self._first(key, start))
            while waiting:
                offer = waiting.popleft()
                if (what := _what(offer.event)) in tried:
                    continue
                tried.add(what)
                self.world.restore(offer.kept)
                outcome = await self.world.entry.handle(offer.event)
                if isinstance(outcome, Refused) and len(offer.path) > 1:
                    found.append(f"{key}: {' > '.join(offer.path)}: {outcome.key}")
                if len(offer.path) < DEPTH:
                    await self.world.settle()
                    waiting += self._next(replace(offer, kept=self.world.kept()), outcome)
        self.world.restore(start)
        return found

    def _first(self, key: str, kept: Kept) -> Iterator[Offer]:
        actor = self.world.player(key).actor
        yield Offer(key, HomeOpened(event_id=self._id(), actor=actor), kept, ("home",))
        for typed in LISTS:
            name, _, rest = typed.partition(" ")
            event = CommandTyped(event_id=self._id(), actor=actor, name=name, text=Sensitive(rest))
            yield Offer(key, event, kept, (f"/{typed}",))
        for user, card in standing(self.world):
            if user == person_id(key):
                yield from self._offers(key, kept, (card.key,), card)

    def _next(self, offer: Offer, outcome: Outcome) -> Iterator[Offer]:
        view, kept = view_of(outcome), offer.kept
        if isinstance(outcome, Show) and isinstance(view, Form) and view.submit:
            event = FormSubmitted(
                event_id=self._id(),
                actor=self.world.player(offer.key).actor,
                key=view.key,
                subject=view.subject,
                state=view.state,
                values=filled(view, self.world.clock.now().date()),
            )
            yield Offer(offer.key, event, kept, (*offer.path, f"send {view.key}"))
        yield from self._offers(offer.key, kept, offer.path, view)

    def _offers(self, key: str, kept: Kept, path: tuple[str, ...], view: object) -> Iterator[Offer]:
        for action in actions(view):
            if action.key.startswith(NOT_OF_A_ROUND) and not self.everything:
                continue
            event = ActionPressed(
                event_id=self._id(),
                actor=self.world.player(key).actor,
                key=action.key,
                subject=action.subject,
                args=action.args,
            )
            yield Offer(key, event, kept, (*path, action.key))

    def _id(self) -> str:
        self.number += 1
        return f"offered-{self.number}"


def _what(event: Event) -> tuple[object, ...]:
    match event:
        case ActionPressed():
            return event.key, event.subject, tuple(sorted(event.args.items()))
        case FormSubmitted():
            return "send", event.key, event.subject
        case CommandTyped():
            return event.name, event.text.reveal()
    return (type(event).__name__,)


# ---- states of a case at work -----------------------------------------------------------------


async def published(at: Scene) -> None:
    """Asked for the first time."""


async def few_may_present(at: Scene) -> None:
    async with at.world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={**group.policy, "small_group": 6}))
        await uow.commit()


async def place_open(at: Scene) -> None:
    await few_may_present(at)
    await ENDED["declined"](at)


async def asked(at: Scene) -> None:
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "What has she tried so far?"})


async def asked_until_the_days_end(at: Scene) -> None:
    await asked(at)
    await at.world.advance(days=4)


async def late(at: Scene) -> None:
    await at.world.advance(days=10)


async def write(at: Scene, key: str) -> None:
    (assignment,) = await at.world.find(Assignment, case=at.case.id, reviewer=person_id(key))
    player = at.world.player(key)
    form = await player.open("review.open", assignment.id)
    await player.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask."})
    await at.world.settle()


async def one_in(at: Scene) -> None:
    await at.world.advance(days=3)
    await write(at, "b")


async def released_with_one(at: Scene) -> None:
    await one_in(at)
    await at.world.advance(days=8)


async def released_with_a_place(at: Scene) -> None:
    await place_open(at)
    await at.world.advance(days=3)
    await write(at, "e")


async def released(at: Scene) -> None:
    await one_in(at)
    await write(at, "e")


async def closed_by_itself(at: Scene) -> None:
    await released(at)
    await at.world.advance(days=20)


async def erased(at: Scene) -> None:
    await released(at)
    await at.world.advance(days=90)


async def swap(at: Scene, whom: str) -> None:
    form = await at.reviewer.open("review.swap", at.assignment.id)
    await at.reviewer.send(form, {"whom": (whom,)})


async def anybody_asked(at: Scene) -> None:
    await swap(at, "anybody")


async def one_colleague_asked(at: Scene) -> None:
    await swap(at, person_id("c"))


async def supervisor_no_therapist(at: Scene) -> None:
    (person,) = await at.world.find(Person, id=person_id("s"))
    await change(at.world, person, roles=frozenset({Role.SUPERVISOR}))


async def nothing_reaches_a_reviewer(at: Scene) -> None:
    for contact in await at.world.find(Contact, person=person_id("b")):
        await change(at.world, contact, failed_at=at.world.clock.now(), failure="blocked")
    await at.world.advance(days=3)


async def concern_taken(at: Scene) -> None:
    await at.concern()
    await at.world.settle()
    await at.world.player("s").press("risk.acknowledge", (await at.hold()).id)


async def concern_over(at: Scene) -> None:
    await concern_taken(at)
    await at.world.player("s").press("risk.release", (await at.hold()).id)


STATES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    **ENDED,
    **{
        state.__name__: state
        for state in (
            *(published, few_may_present, place_open, asked, asked_until_the_days_end, late, one_in),
            *(released_with_one, released_with_a_place, released, closed_by_itself, erased, anybody_asked),
            *(one_colleague_asked, supervisor_no_therapist, nothing_reaches_a_reviewer, concern_taken, concern_over),
        )
    },
}
AS_WELL = {"s presents": ("s", ("b", "e")), "s reviews": ("a", ("s", "e"))}
"""A supervisor takes part in the case."""
OF_SUPERVISORS = ("published", "place_open", "late", "on hold", "declined", "concern_taken")


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
async def test_nothing_offered_is_refused(state: str) -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    await STATES[state](at)
    await world.settle()
    assert await Walk(world, everything=state == "published").refused() == []


@pytest.mark.slow
@pytest.mark.parametrize("state", OF_SUPERVISORS)
@pytest.mark.parametrize("part", AS_WELL)
async def test_nothing_offered_to_a_supervisor_who_takes_part_is_refused(state: str, part: str) -> None:
    world = await make_world(rules_alone())
    at = await scene(world, *AS_WELL[part])
    await STATES[state](at)
    await world.settle()
    assert await Walk(world, people="s").refused() == []


@pytest.mark.slow
async def test_nothing_offered_is_refused_from_a_new_round_to_its_end() -> None:
    world = await make_world(rules_alone())
    story, states = Story(world, lambda _: None), dict[str, list[str]]()

    async def look(state: str) -> None:
        await world.settle()
        states[state] = await Walk(world).refused()

    round_ = await story._open_round()
    await look("collecting")
    await story._present()
    await look("presented")
    await world.advance(days=4)
    await look("plan ready")
    kept = world.kept()
    await world.player("s").press("round.preview", round_)
    await world.player("s").press("round.publish.soon", round_)
    await look("publication waits")
    world.restore(kept)
    await world.player("s").press("round.cancel", round_)
    await look("cancelled")
    world.restore(kept)
    await world.advance(days=4)
    await look("published")
    assert {state: refused for state, refused in states.items() if refused} == {}


@pytest.mark.slow
async def test_nothing_offered_is_refused_where_everything_is_under_way() -> None:
    """Without E, who is asked to sign what they took no part in: no form asks that of them."""
    world = await make_world(rules_alone())
    await laid_out(world)
    await world.settle()
    assert await Walk(world, PEOPLE.replace("e", ""), everything=True).refused() == []
