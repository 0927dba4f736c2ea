"""Excerpts kept for learning: which stands for a case, who is asked, what a group reads, what a novice reads first."""

from __future__ import annotations

from bot.app.context import Context, Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.permissions import NotFoundHere, my_groups
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.organisation import Group

FIRST_READS = 3
"""So many a novice is shown before the first review."""


async def exemplar_of(work: Work, case: Case) -> Exemplar | None:
    """What is proposed or kept of a case."""
    return next(iter(await work.uow.find(Exemplar, case=case.id, withdrawn_at=None)), None)


async def asked_of(work: Work, case: str) -> list[Assignment]:
    """Whose consent it needs beside the presenter's: everybody whose review is in and who reads the case."""
    found = await work.uow.find(Assignment, case=case, ended_at=None, submitted_at__not=None, order=("letter",))
    return [each for each in found if each.readable]


async def may_propose(work: Work, case: Case) -> bool:
    """Whether an excerpt of a case may be proposed now."""
    if not case.closed_at or not case.released_at or case.purged_at or case.withdrawn_at or case.held_at:
        return False
    return (await work.policy(await work.uow.get(Group, case.group))).learning_library


async def kept_exemplar(ctx: Context, id: str) -> Exemplar:
    """One that a group of the person reads; anything else is refused alike. Who recognised its patient stays out."""
    groups = [group.id for group in await my_groups(ctx)]
    for exemplar in await ctx.uow.find(Exemplar, id=id, group__in=groups):
        if exemplar.kept and ctx.me.id not in exemplar.stepped_out:
            return exemplar
    raise NotFoundHere


async def library_of(ctx: Context) -> list[Exemplar]:
    """What the person's groups keep, the newest first, without those whose patient they recognised."""
    groups = [group.id for group in await my_groups(ctx) if (await ctx.policy(group)).learning_library]
    if not groups:
        return []
    found = await ctx.uow.find(
        Exemplar, group__in=groups, looked_at__not=None, withdrawn_at=None, order=("-looked_at", "id")
    )
    return [each for each in found if ctx.me.id not in each.stepped_out]


async def first_reads(ctx: Context, case: Case) -> list[Exemplar]:
    """For a novice who has written no review: up to three that are nearest to the case, by themes, mode and language.

    What somebody has read is noted nowhere: the same ones stand there until the first review is in.
    """
    group = await ctx.uow.get(Group, case.group)
    policy = await ctx.policy(group)
    if not (await caseload_of(ctx, ctx.me)).is_novice(ctx.my_today, policy):
        return []
    if await ctx.uow.count(Assignment, reviewer=ctx.me.id, submitted_at__not=None):
        return []

    def near(exemplar: Exemplar) -> tuple[bool, int, bool]:
        shared = len(set(case.themes) & set(exemplar.themes))
        return exemplar.language == case.language, shared, exemplar.mode == case.mode

    return sorted(await library_of(ctx), key=near, reverse=True)[:FIRST_READS]
