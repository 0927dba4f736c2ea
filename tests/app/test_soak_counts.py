"""What a soak counts: a count that finds nothing proves nothing."""

from __future__ import annotations

from bot.app.context import Work
from bot.demo.clinic import ORGANISATION, person_id
from bot.ports.records import OutboxEntry
from bot.soak.receiver import Receiver
from bot.soak.run import CARD, _count
from tests.world import World


async def test_what_is_lost_or_doubled_is_counted(world: World) -> None:
    owed = {}
    for key in "abcs":
        async with world.store.begin(ORGANISATION) as uow:
            await Work(uow, world.clock.now(), world.tools).tell(
                person_id(key), CARD, f"soak-{key}", name="-", code="-"
            )
            await uow.commit()
        owed[f"soak-{key}"] = person_id(key)
    ids = {entry.subject: entry.id for entry in await world.find(OutboxEntry)}
    receiver = Receiver()
    receiver.arrived.update({ids["soak-a"]: 1, ids["soak-b"]: 2, ids["soak-s"]: 2})
    receiver.again.update({ids["soak-s"]: 1})
    assert await _count(world.store, receiver, owed) == (1, 1, 1), "one lost, one doubled, one came again and said so"
