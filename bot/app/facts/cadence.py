"""What to tell whoever sets up a group or a series: which targets its rounds cannot meet, and what they can."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.permissions import members
from bot.domain.cadence_warnings import CadenceWarning, cadence_warnings, window_warning
from bot.domain.organisation import Group
from bot.domain.person import Role
from bot.ui.model import CardBlock, Notice, Tone, line


async def cadence_notices(ctx: Context, group: Group, weeks: int | None = None) -> list[CardBlock]:
    """Targets that the group's cadence and size cannot meet; `weeks` is a cadence that is only being considered."""
    people = [p for p in await members(ctx, group) if p.has(Role.THERAPIST)]
    caseloads = await caseloads_of(ctx, people)
    policy = await ctx.policy(group)
    if weeks:
        policy = replace(policy, cadence_weeks=weeks)
    warnings = cadence_warnings(list(caseloads.values()), ctx.today(group.timezone), policy)
    told = [_warning(ctx, each) for each in warnings]
    overlap = window_warning(policy)
    if overlap:
        about = {"window": overlap.window, "cadence": overlap.cadence, "n": overlap.working_days}
        told.append(ctx.words("cadence.window", **about))
    return [Notice(Tone.WARN, line(each)) for each in told]


def _warning(ctx: Context, each: CadenceWarning) -> str:
    w = ctx.words
    who = w.count("cadence.novices" if each.novice else "cadence.members", each.members, mode=w(f"mode.{each.mode}"))
    what = w(f"rhythm.{each.kind}")
    if each.expected_days is None:
        return w("cadence.never", who=who, what=what, target=each.target)
    days = {"target": each.target, "window": each.window, "days": each.expected_days}
    cannot = w("cadence.cannot", who=who, what=what, **days)
    return f"{cannot} {_proposal(ctx, each)}"


def _proposal(ctx: Context, each: CadenceWarning) -> str:
    """What could go together: a cadence that keeps the target, or the target this cadence keeps."""
    w, days = ctx.words, each.fitting
    if each.weeks is None:
        return w("cadence.target", days=days)
    return w("cadence.weekly", days=days) if each.weeks == 1 else w("cadence.weeks", weeks=each.weeks, days=days)
