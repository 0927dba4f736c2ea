"""A round of one case that cannot wait: it goes to whoever has room, and counts like any other in the balance."""

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
    """Publish a case by itself on the morning it was promised for; its presenter hears where nobody has room.

    Without anybody it waits for the next round, and does not count against the person's limit.
    """
    case = await work.uow.get(Case, id)
    if not case.open or case.published_at or case.kept_back or not case.urgent_at:
        return
    if case.held_at:
        await work.uow.wake("case.urgent", id, work.now + timedelta(days=1))
        return
    group = await work.uow.get(Group, case.group)
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
    out = await work.uow.save(replace(case, round=round_.id))
    await add_assignments(work, round_, group)
    assignments = await work.uow.find(Assignment, round=round_.id)
    presenter = await work.uow.presenter(case.id)
    if not assignments:
        await work.uow.save(replace(out, round=case.round, urgent_at=None))
        await work.uow.remove(Round, round_.id)
        await work.tell(presenter, "urgent_nobody", case.id, key=work.now.isoformat(), slot=f"case:{case.id}")
        return
    await publish_case(work, out, assignments, round_.days(policy))
    await work.uow.save(round_.publish(work.now))
    if case.round:
        await changed(work, case.round, "case_in", person=presenter)
