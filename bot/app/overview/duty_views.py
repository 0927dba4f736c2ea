"""Clinics where a risk alert would not find whoever is named for duty, as a supervisor reads it."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.duty import gaps_of
from bot.domain.organisation import Clinic
from bot.ui.model import CardBlock, Notice, Tone, line

MOST = 5
"""So many are told one by one; of more only how many they are."""


async def duty_blocks(ctx: Context, most: int = MOST) -> list[CardBlock]:
    """A warning for each gap, by clinic; the first `most` one by one."""
    found = await gaps_of(ctx, await ctx.uow.find(Clinic, closed_on=None, order=("name",)))
    gaps = [gap for its in found.values() for gap in its]
    told = [ctx.words(f"duty.gap.{gap.kind}", clinic=gap.clinic.name, name=gap.person) for gap in gaps[:most]]
    told += [ctx.words.count("duty.gap.more", len(gaps) - most)] if len(gaps) > most else []
    return [Notice(Tone.WARN, line(each)) for each in told]
