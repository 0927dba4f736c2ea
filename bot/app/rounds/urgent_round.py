"""A round of cases that cannot wait: they go to whoever has room, and count like any other in the balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app.context import Work
from bot.app.rounds.handlers import add_assignments, publish_case
from bot.app.steps.shown_anew import changed
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.round import Round


async def send_out_urgent(work: Work, id: str) -> None:
    """Publish a case on the morning it was promised for, with the others of that morning.

    Its presenter hears where nobody has room. Without anybody it waits for the next round, and does not count against
    the person's limit.
    """
    case = await work.uow.get(Case, id)
    if not case.open or case.published_at or case.kept_back or not case.urgent_at:
        return
    if case.held_at:
        await work.uow.wake("case.urgent", id, work.now + timedelta(days=1))
        return
    group = await work.uow.get(Group, case.group)
    cases = await _of_this_morning(work, case)
    policy = await work.policy(group)
    round_ = Round(
        id=work.tools.ids.new("round"),
        organisation=work.uow.organisation,
        group=group.id,
        opened_at=work.now,
        collect_until=work.now,
        publish_at=work.now,
        seed=work.tools.rng.number(2**31),
        number=await work.uow.count(Round, group=group.id) + 1,
        clarify_days=0,
        review_days=policy.urgent_working_days,
        planned_at=work.now,
        urgent=True,
    )
    await work.uow.add(round_)
    out = [await work.uow.save(replace(each, round=round_.id)) for each in cases]
    await add_assignments(work, round_, group)
    gone = 0
    for before, each in zip(cases, out, strict=True):
        assignments = await work.uow.find(Assignment, round=round_.id, case=each.id)
        presenter = await work.uow.presenter(each.id)
        if not assignments:
            await work.uow.save(replace(each, round=before.round, urgent_at=None))
            await work.tell(presenter, "urgent_nobody", each.id, key=work.now.isoformat(), slot=f"case:{each.id}")
            continue
        gone += 1
        await publish_case(work, each, assignments, round_.days(policy))
        if before.round:
            await changed(work, before.round, "case_in", person=presenter)
    if gone:
        await work.uow.save(round_.publish(work.now))
    else:
        await work.uow.remove(Round, round_.id)


async def _of_this_morning(work: Work, case: Case) -> list[Case]:
    """The urgent cases of the group that were promised for the same morning, this one among them.

    Together in one round they do not tell the group's supervisors, once it is over, which of them is whose.
    """
    same = await work.uow.find(Case, group=case.group, urgent_at=case.urgent_at, published_at=None, order=("id",))
    return [each for each in same if each.id == case.id or (each.open and not each.kept_back and not each.held_at)]
