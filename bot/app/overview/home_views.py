"""The home page and the queues: my mode, what is due, my cases, and the supervisor's overview below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.app.administration.setup_views import setup_blocks
from bot.app.blocks.drafts import draft_blocks
from bot.app.blocks.reading import reading_places
from bot.app.blocks.rhythm import whole_rhythm_line
from bot.app.caching_uow import Remembering
from bot.app.caseload.views import coming_leave, leave_words, mode_actions
from bot.app.cases.views import case_rows
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of, rhythm_of
from bot.app.facts.permissions import person_policy
from bot.app.help.views import foot
from bot.app.operations.views import unarrived_blocks
from bot.app.overview.look_ahead import hold_rows_ahead
from bot.app.overview.recent import recent_blocks
from bot.app.overview.today import today_blocks
from bot.app.reports.views import subject
from bot.app.reviews.views import review_rows
from bot.app.risk.views import holds_first, my_alerts, open_holds
from bot.app.rounds.views import open_rounds
from bot.app.second_look.views import open_looks
from bot.app.series.views import closures_action, series_rows
from bot.app.steps.first_report import latest_quarter
from bot.domain.frequency import Kind, State
from bot.domain.person import Role
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Facts,
    Heading,
    Line,
    Notice,
    Text,
    Tone,
    line,
    strong,
)


async def home_card(ctx: Context) -> Card:
    """Everything that concerns this person, what needs them today first; no text of a case."""
    reads = Remembering(ctx.uow)
    ctx = replace(ctx, uow=reads.unit)
    w, (holds, more) = ctx.words, await holds_first(ctx)
    await hold_rows_ahead(ctx, reads, holds)
    blocks: list[CardBlock] = [*await my_alerts(ctx), *await open_holds(ctx, holds, more), *await open_looks(ctx)]
    drafts = await draft_blocks(ctx)
    blocks += [*await setup_blocks(ctx), *await today_blocks(ctx, above=bool(blocks or drafts)), *drafts]
    blocks += await recent_blocks(ctx)
    if ctx.me.has(Role.SUPERVISOR):
        blocks += await unarrived_blocks(ctx)
        blocks += [Heading(w("home.supervisor")), *await open_rounds(ctx), *await series_rows(ctx)]
    if ctx.me.has(Role.THERAPIST):
        blocks += [Heading(w("home.reviews")), *await review_rows(ctx)]
        blocks += [Heading(w("home.cases")), *await case_rows(ctx)]
        blocks += await _me(ctx)
    if ctx.me.has(Role.DPO):
        officer = Action("officer.open", w("officer.title"), opens=True)
        blocks += [Heading(w("home.dpo")), Buttons((officer, Action("audit.open", w("audit.open"), opens=True)))]
    if ctx.me.has(Role.MANAGER):
        latest = await latest_quarter(ctx)
        offered = (Buttons((Action("report.show", w("quarter.open"), subject(latest), opens=True),)),) if latest else ()
        about = w("quarter.about") if latest else w("quarter.none_yet")
        blocks += [Heading(w("report.title")), Text(line(about)), *offered]
    if not blocks and not ctx.me.has(Role.ADMIN):  # an administrator's places stand below
        blocks.append(Text(line(w("home.no_roles"))))
    if ctx.me.leaves_on and ctx.me.has(Role.THERAPIST, Role.SUPERVISOR):
        take = Action("leaving.open", w("leaving.take"), opens=True)
        last = w("leaving.last_day", day=w.day(ctx.me.leaves_on, year=True))
        blocks += [Notice(Tone.INFO, line(last)), Buttons((take,))]
    blocks += [
        Heading(w("home.more")),
        *(Buttons(row) for row in (*_more(ctx), await reading_places(ctx)) if row),
        foot(w),
    ]
    return Card("home", w("home.title", name=ctx.me.name), tuple(blocks), summary=w("app.name"))


def _more(ctx: Context) -> Iterator[tuple[Action, ...]]:
    """Every other place of the person's roles; pages have them in their navigation, chats have them here."""
    w = ctx.words
    operations = Action("operations.show", w("operations.title"), opens=True)
    if ctx.me.has(Role.SUPERVISOR):
        yield (
            Action("supervision.overview", w("overview.open"), opens=True),
            Action("round.new", w("round.new"), opens=True),
            Action("series.new", w("series.new"), opens=True),
            closures_action(w),
            operations,
        )
    elif ctx.me.has(Role.ADMIN):
        yield (closures_action(w), operations)
    if ctx.me.has(Role.ADMIN):
        every = Action("administration.open", w("administration.title"), opens=True)
        yield (Action("staff.list", w("menu.staff"), opens=True), every)
    log = (Action("log.open", w("log.open"), opens=True),) if ctx.me.has(Role.THERAPIST, Role.SUPERVISOR) else ()
    apart = (Action("apart.open", w("apart.open"), opens=True),) if ctx.me.has(Role.THERAPIST) else ()
    settings = Action("settings.open", w("settings.title"), opens=True)
    yield (
        *log,
        settings,
        Action("privacy.mine", w("privacy.mine")),
        Action("privacy.looked", w("looked.title"), opens=True),
        *apart,
    )


async def _me(ctx: Context) -> list[CardBlock]:
    w = ctx.words
    caseload = await caseload_of(ctx, ctx.me)
    mode = caseload.mode_on(ctx.my_today)
    rhythm = await rhythm_of(ctx, ctx.me, await person_policy(ctx, ctx.me), for_others=False)
    rows: list[tuple[str, Line]] = [(w("caseload.mode"), line(strong(w(f"mode.{mode.value}"))))]
    for kind in Kind:
        rows.append((w(f"rhythm.{kind.value}"), line(whole_rhythm_line(w, rhythm[kind]))))
    for period in coming_leave(caseload, ctx.my_today):
        rows.append((w("caseload.leave"), line(leave_words(ctx, period.first, period.last))))
    actions = (*mode_actions(ctx, caseload), Action("caseload.status", w("switch.open"), opens=True))
    blocks: list[CardBlock] = [Heading(w("home.rhythm")), Facts(tuple(rows)), Buttons(actions)]
    late = {Kind.ANY_EVENT: "rhythm.overdue_notice", Kind.OWN_CASE: "rhythm.overdue_notice.own_case"}
    told = [Notice(Tone.WARN, line(w(late[kind]))) for kind in Kind if rhythm[kind].state is State.OVERDUE]
    blocks[1:1] = told
    return blocks
