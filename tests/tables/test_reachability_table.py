"""Platforms × what they say × states of a person: only a refused new message shuts an address, any sign opens it.

The codes are the adapters' own; how an answer of the wire becomes one is tested against the stand-ins (tests/e2e).
"""

from __future__ import annotations

import pytest

from adapters.slack.outbound import SHUT as SLACK
from adapters.teams.outbound import BLOCKED as TEAMS_BLOCKED
from adapters.teams.outbound import LEFT as TEAMS_LEFT
from bot.anonymise import Sensitive
from bot.app.context import Work
from bot.app.facts.reachability import Reachability, reachability_of
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person, Reach
from bot.ui.inbound import ActionPressed, Actor, Arrived, CommandTyped, Event, HomeOpened
from bot.ui.platform import DeliveryFailed
from tests.app.outbox_steps import tell, tell_of_one_matter
from tests.app.risk import Channel
from tests.gate import rules_alone
from tests.world import World, make_world

SHUTS: dict[tuple[str, str], Reach] = {
    **{("slack", code): Reach.LEFT for code in sorted(SLACK)},
    **{("teams", code): Reach.LEFT for code in sorted(TEAMS_LEFT)},
    **{("teams", code): Reach.BLOCKED for code in sorted(TEAMS_BLOCKED)},
    ("email", "no_such_mailbox (550)"): Reach.LEFT,
}
TEMPORARY = ("slack", "teams", "email")


def signs(platform: str) -> dict[str, Event]:
    actor = Actor(platform, "T1", "U1")
    return {
        "a command": CommandTyped(event_id="c", actor=actor, name="home", text=Sensitive("")),
        "a button": ActionPressed(event_id="b", actor=actor, key="settings.open"),
        "the start page": HomeOpened(event_id="h", actor=actor),
        "an installation or a roster": Arrived(event_id="i", actor=actor, reference={"chat": "1"}),
    }


async def only_on(platform: str, *, runs: bool = True) -> tuple[World, Channel]:
    """Therapist A has one address, on this platform; it runs, or another does."""
    channel = Channel(platform)
    platforms = {platform: channel} if runs else {"elsewhere": Channel("elsewhere")}
    world = await make_world(rules_alone(), platforms=platforms, connected=tuple(platforms))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_only", ORGANISATION, person_id("a"), platform, "T1", "U1", {}, world.clock.now()))
        await uow.commit()
    return world, channel


def refusal(platform: str, code: str) -> DeliveryFailed:
    """What the adapter raises."""
    return DeliveryFailed(code, permanent=True, blocked=SHUTS[platform, code] is Reach.BLOCKED)


async def address(world: World) -> Contact:
    return (await world.find(Contact, id="con_only"))[0]


async def state(world: World) -> Reachability:
    async with world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id("a"))
        return (await reachability_of(Work(uow, world.clock.now(), world.tools), [person]))[person.id]


@pytest.mark.parametrize(("platform", "code"), SHUTS, ids=lambda each: str(each))
async def test_a_new_message_that_is_refused_so_shuts_the_address_until_any_sign(platform: str, code: str) -> None:
    world, channel = await only_on(platform)
    assert (await state(world)).reach is Reach.REACHABLE
    for number, sign in enumerate(signs(platform)):
        channel.failures = [refusal(platform, code)]
        before = world.clock.now()
        async with world.store.begin(ORGANISATION) as uow:
            await Work(uow, before, world.tools).tell(person_id("a"), "passkey_added", f"subject {number}", name="x")
            await uow.commit()
        await world.settle()
        shut = await state(world)
        assert shut.reach is SHUTS[platform, code]
        assert shut.since is not None
        assert shut.since >= before
        await world.entry.handle(signs(platform)[sign])
        assert (await state(world)).reach is Reach.REACHABLE, sign
        await world.settle()
        await world.advance(minutes=2)


@pytest.mark.parametrize(("platform", "code"), SHUTS, ids=lambda each: str(each))
async def test_an_edit_that_is_refused_so_shuts_nothing(platform: str, code: str) -> None:
    world, channel = await only_on(platform)
    await tell_of_one_matter(world)
    channel.failures = [refusal(platform, code)]
    await world.settle()
    assert (await address(world)).failed_at is None


@pytest.mark.parametrize("platform", TEMPORARY)
async def test_what_may_pass_by_itself_shuts_nothing(platform: str) -> None:
    world, channel = await only_on(platform)
    channel.failures = [DeliveryFailed("ratelimited", retry_after=60)]
    await tell(world, "not_reached")
    await world.settle()
    assert (await address(world)).failed_at is None
    await world.advance(minutes=5)
    assert [message.card.key for _, message in channel.sent] == ["notice.not_reached"]


@pytest.mark.parametrize("platform", TEMPORARY)
async def test_only_addresses_of_adapters_that_run_are_tried_and_count(platform: str) -> None:
    world, channel = await only_on(platform, runs=False)
    await tell(world, "not_reached", urgent=True)
    await world.settle()
    assert channel.sent == []
    assert (await address(world)).failed_at is None, "nobody said that it is shut"
    assert (await state(world)).reach is Reach.NEVER_MET
