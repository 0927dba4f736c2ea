"""The menu of the web page."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import OPEN_CASE
from bot.app.reports.views import quarter_word
from bot.app.reports.views import subject as quarter_subject
from bot.app.steps.first_report import latest_quarter
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.person import Role
from bot.ui.platform import MenuEntry


async def menu(ctx: Context) -> list[MenuEntry]:
    """The places of this person's roles, with how much waits for them there."""
    w, me = ctx.words, ctx.me
    entries = [MenuEntry("home", "/", w("web.home"))]
    if me.has(Role.THERAPIST):
        entries.append(MenuEntry("cases", "/cases", w("menu.cases"), await _cases_waiting(ctx)))
        entries.append(MenuEntry("reviews", "/reviews", w("menu.reviews"), await _reviews_waiting(ctx)))
    if me.has(Role.THERAPIST, Role.SUPERVISOR):
        entries.append(MenuEntry("log", "/log", w("menu.log")))
    if me.has(Role.SUPERVISOR):
        entries.append(MenuEntry("overview", "/overview", w("menu.group")))
        entries.append(MenuEntry("rounds", "/rounds", w("menu.rounds")))
    if me.has(Role.MANAGER):
        latest = await latest_quarter(ctx)
        if latest:
            word = quarter_word(quarter_subject(latest))
            entries.append(MenuEntry("reports", f"/reports/{word}", w("menu.reports")))
    if me.has(Role.ADMIN):
        entries.append(MenuEntry("staff", "/administration/people", w("menu.staff")))
        entries.append(MenuEntry("administration", "/administration", w("administration.title")))
    if me.has(Role.DPO):
        entries.append(MenuEntry("officer", "/data-protection", w("officer.title")))
    if me.has(Role.ADMIN) and not me.has(Role.SUPERVISOR):
        entries.append(MenuEntry("closures", "/closures", w("menu.closures")))
    return entries


async def _cases_waiting(ctx: Context) -> int:
    """Own cases on which the next step is the presenter's: reviews to read, a case that came back."""
    ids = await ctx.uow.cases_of(ctx.me.id)
    cases = await ctx.uow.find(Case, id__in=ids, closed_at=None, withdrawn_at=None) if ids else []
    return sum(case.status(ctx.now) in {CaseStatus.RELEASED, CaseStatus.SENT_BACK} for case in cases)


async def _reviews_waiting(ctx: Context) -> int:
    """Reviews to be written."""
    mine = await ctx.uow.find(Assignment, reviewer=ctx.me.id, ended_at=None, submitted_at=None, case__of=OPEN_CASE)
    held = {c.id for c in await ctx.uow.find(Case, id__in=[a.case for a in mine], held_at__not=None)} if mine else set()
    return sum(assignment.readable and assignment.case not in held for assignment in mine)
