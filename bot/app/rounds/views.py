"""What a supervisor sees of a round: the plan with its reasons before publication, the state of each case after it.

Case codes and reviewers' names, never a presenter's name and never a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.app.blocks.assignments import assignment_state
from bot.app.blocks.tables import Entry, Listing
from bot.app.context import Context
from bot.app.facts.arrivals import by_this_morning
from bot.app.facts.groups import first_only
from bot.app.facts.permissions import MOST_GROUPS, may_read, planned_only
from bot.app.facts.round_planning import Situation, situation
from bot.app.facts.takers import EmptyPlace, can_cover, empty_place
from bot.app.steps.publication import WAITS_FOR, pending_publication, told_of_publication
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round, RoundStatus
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Confirm,
    Facts,
    Line,
    Notice,
    Row,
    Text,
    Tone,
    code,
    line,
    muted,
    plain,
    strong,
)

PLACE = "place"
"""The argument of *Take it over myself* that names the case whose empty place it is offered for."""


async def rounds_card(ctx: Context) -> Card:
    """Every open round of the supervisor's groups and the way to a new one."""
    w = ctx.words
    blocks = await open_rounds(ctx)
    if not blocks:
        blocks.append(Text(line(w("round.none"))))
    new = Action("round.new", w("round.new"), look="primary", opens=True)
    pairs = Action("pairs.open", w("pairs.open"), opens=True)
    return Card("round.list", w("round.list.title"), tuple(blocks), (new, pairs), summary=w("round.list.title"))


async def open_rounds(ctx: Context) -> list[CardBlock]:
    """A row for each open round of the supervisor's groups, group by group."""
    order = ("opened_at",)
    rounds = await ctx.uow.find(
        Round, closed_at=None, cancelled_at=None, order=order, limit=MOST_GROUPS, **await planned_only(ctx)
    )
    groups = {g.id: g for g in await ctx.uow.find(Group, id__in=sorted({r.group for r in rounds}))}
    rounds.sort(key=lambda r: groups[r.group].name)
    return [*[await round_row(ctx, r, groups[r.group]) for r in rounds], *first_only(ctx, len(rounds))]


async def round_row(ctx: Context, round_: Round, group: Group) -> Row:
    """One open round with what can be done next."""
    w = ctx.words
    cases = by_this_morning(ctx, group, await ctx.uow.find(Case, round=round_.id))
    done = sum(c.closed_at is not None for c in cases)
    at = w.moment(round_.publish_at, ctx.me.timezone)
    pending = await pending_publication(ctx, round_)
    detail = {
        RoundStatus.COLLECTING: w("round.detail.collecting", moment=at),
        RoundStatus.ASSIGNED: w("round.detail.assigned", moment=at),
        RoundStatus.REVIEWING: w("round.detail.reviewing", done=done, cases=len(cases)),
    }.get(round_.status, w(f"round.status.{round_.status.value}"))
    count = w.count("round.cases" if round_.published_at else "round.cases_by_morning", len(cases))
    title = line(w("round.number", group=group.name, number=round_.number), " — ", count)
    detail = w("plan.pending", moment=w.moment(pending, ctx.me.timezone)) if pending else detail
    return Row(title, line(detail), await round_actions(ctx, round_))


async def round_actions(ctx: Context, round_: Round) -> tuple[Action, ...]:
    """What a supervisor may do with a round now."""
    w = ctx.words
    status = round_.status
    if pending := await pending_publication(ctx, round_):
        return publication_actions(ctx, round_, pending)
    if status in {RoundStatus.COLLECTING, RoundStatus.ASSIGNED}:
        ask = Confirm(w("round.cancel.title"), w("round.cancel.text"), w("round.cancel"), w("keep"))
        return (
            Action("round.preview", w("round.preview"), round_.id, look="primary", opens=True),
            Action("round.cancel", w("round.cancel"), round_.id, look="danger", confirm=ask),
        )
    if status is RoundStatus.REVIEWING:
        ask = Confirm(w("round.close.title"), w("round.close.text"), w("round.close"), w("back"))
        return (
            Action("round.show", w("round.show"), round_.id, opens=True),
            Action("round.close", w("round.close"), round_.id, confirm=ask),
        )
    return (Action("round.show", w("round.show"), round_.id, opens=True),)


def publication_actions(ctx: Context, round_: Round, at: datetime) -> tuple[Action, ...]:
    """What can be done while a publication waits for `at`: take it back, or wait no longer."""
    w = ctx.words
    return (
        Action("round.publish.back", w("plan.take_back"), round_.id, look="primary"),
        Action("round.publish", w("plan.publish_now"), round_.id, args={WAITS_FOR: at.isoformat()}),
    )


async def publication_notice(ctx: Context, round_: Round, group: Group) -> list[Notice]:
    """That a round is published in a moment, and who hears of it when."""
    at = await pending_publication(ctx, round_)
    if at is None:
        return []
    waits = ctx.words("plan.pending", moment=ctx.words.moment(at, ctx.me.timezone))
    return [Notice(Tone.INFO, line(waits, " ", await told_words(ctx, group, at)))]


async def told_words(ctx: Context, group: Group, at: datetime) -> str:
    """How many people hear of a publication at a moment, and when."""
    w, told = ctx.words, await told_of_publication(ctx, group, at)
    moment, last = (w.moment(each, ctx.me.timezone) for each in (at, told.last))
    if told.at_once == told.people:
        return w.count("plan.tells", told.people, moment=moment)
    if told.at_once == 0:
        return w.count("plan.tells_hours", told.people, last=last)
    return w.count("plan.tells_later", told.people, now=told.at_once, moment=moment, last=last)


PARTS = ("overdue", "empty", "open", "not_reached", "not_written", "hold", "in")
"""What the table of a round can be narrowed down to."""


async def round_card(ctx: Context, id: str, args: Mapping[str, str] | None = None) -> Card:
    """Where a round stands, as a table of cases and their reviewers; `args` say how it is looked at."""
    w = ctx.words
    round_ = await ctx.uow.get(Round, id)
    group = await ctx.uow.get(Group, round_.group)
    blocks: list[CardBlock] = [
        Facts(((w("round.state"), line(w(f"round.status.{round_.status.value}"))),)),
        *await publication_notice(ctx, round_, group),
    ]
    # Before publication nobody sees who reviews which case: plan after plan, it would tell who presents.
    assignments = await ctx.uow.find(Assignment, round=id, published_at__not=None)
    reviewers = sorted({assignment.reviewer for assignment in assignments})
    people = {p.id: p for p in await ctx.uow.find(Person, id__in=reviewers)} if reviewers else {}
    cases = await ctx.uow.find(Case, round=id, order=("code",))
    cases = cases if round_.published_at else by_this_morning(ctx, group, cases)
    readable = await may_read(ctx, cases)
    own = set(await ctx.uow.cases_of(ctx.me.id)) | {
        assignment.case for assignment in assignments if assignment.reviewer == ctx.me.id
    }
    entries: list[Entry] = []
    facts: Situation | None = None
    for case in cases:
        mine = [assignment for assignment in assignments if assignment.case == case.id]
        place = None
        if sum(each.active for each in mine) < case.reviewers and case.open and round_.published_at:
            facts = facts or await situation(ctx, group, round_)
            place = await empty_place(ctx, case, facts)
        rows = await _case_rows(ctx, place, case, mine, people, inside=case.id in own)
        if case.withdrawn_at is None and case.id in readable:
            read = Action("case.read", w("case.read"), case.id, opens=True)
            concern = Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True)
            first = rows[0]
            steps = (concern,) if case.purged_at else (read, concern)
            rows[0] = replace(first, row=replace(first.row, actions=(*first.row.actions, *steps)))
        entries += rows
    late = {each.row.choice for each in entries if "overdue" in each.shows} - {ctx.me.id, ""}
    if late:
        label = w.count("overview.remind_all", len(late))
        blocks.append(Buttons((Action("round.remind", label, round_.id),)))
    columns = [("case", w("case.word")), ("phase", w("round.phase")), ("reviewer", w("round.reviewer"))]
    columns += [("state", w("round.review")), ("due", w("round.due"))]
    parts = [(part, w("round.seat_open" if part == "empty" else f"assignment.{part}")) for part in PARTS]
    if entries:
        blocks += Listing("round.show", round_.id, columns, parts, None, args or {}).blocks(w, entries)
    title = w("round.number", group=group.name, number=round_.number)
    actions = await round_actions(ctx, round_) if round_.open else ()
    if round_.status is RoundStatus.CLOSED and round_.published_at:
        actions = (Action("round.sheet", w("sheet.title"), round_.id),)
    return Card("round.card", title, tuple(blocks), actions, summary=title)


async def _case_rows(
    ctx: Context,
    place: EmptyPlace | None,
    case: Case,
    mine: Sequence[Assignment],
    people: Mapping[str, Person],
    *,
    inside: bool,
) -> list[Entry]:
    """A case with each of its reviewers, a place that stayed open, and who had a review before."""
    w = ctx.words
    # By name: in the order of the letters it would tell a supervisor who takes part whose letter is whose.
    active = sorted((each for each in mine if each.active), key=lambda each: people[each.reviewer].name)
    entries = [_assignment_entry(ctx, each, case, people[each.reviewer], inside=inside) for each in active]
    if place is not None:
        known = place.why in {"free", "narrow", "released"}
        why = w(f"round.empty.{place.why}") if known else w(f"case.waits.{place.why}")
        empty = line(strong(w("round.seat_empty")), " ", why)
        actions = await _place_actions(ctx, place, case, mine)
        entries.append(_entry(ctx, case, "empty", line(w("round.seat_open")), empty, actions=actions))
    gone = sorted((each for each in mine if each.ended_at and each.end_reason), key=lambda each: str(each.ended_at))
    entries += [_gone_entry(ctx, each, case, people[each.reviewer]) for each in gone]
    return entries or [_entry(ctx, case, "", (), ())]


def _entry(
    ctx: Context,
    case: Case,
    part: str,
    who: Line,
    state: Line,
    *,
    due: datetime | None = None,
    actions: tuple[Action, ...] = (),
    person: str = "",
) -> Entry:
    """One line of the table of a round."""
    w = ctx.words
    phase = line(w(f"case.status.{case.status(ctx.now).value}"))
    day = line(w.day(due.astimezone(ctx.zone).date())) if due else ()
    told = [plain(each) for each in (state, phase) if each] + ([w("due", day=plain(day))] if day else [])
    title = line(w("plan.case", code=case.code), " · " if who else "", *who)
    cells = (line(code(case.code)), phase, who, state, day)
    urgency = PARTS.index(part) if part else len(PARTS)
    keys = {"case": case.code, "phase": plain(phase), "reviewer": plain(who), "state": urgency, "due": str(due or "~")}
    row = Row(title, line(" · ".join(told)), actions, cells, person)
    return Entry(row, keys, frozenset({part} if part else ()))


def _assignment_entry(ctx: Context, assignment: Assignment, case: Case, person: Person, *, inside: bool) -> Entry:
    """A reviewer and where the review stands.

    To who takes part in the case (`inside`) not whether another review came late, as reviews say which one was.
    """
    w = ctx.words
    state = assignment_state(assignment, case, ctx)
    state = "in" if inside and state == "late" and person.id != ctx.me.id else state
    told = w(f"assignment.{state}")
    actions: tuple[Action, ...] = ()
    if assignment.pending and case.under_review(ctx.now):
        actions = (Action("review.reassign", w("review.reassign"), assignment.id, opens=True),)
    shown = line(strong(told) if state in {"overdue", "not_reached"} else told)
    due = assignment.due_at if assignment.pending else None
    part = "in" if state == "late" else state
    return _entry(ctx, case, part, line(person.name), shown, due=due, actions=actions, person=person.id)


async def _place_actions(ctx: Context, place: EmptyPlace, case: Case, mine: Sequence[Assignment]) -> tuple[Action, ...]:
    """What can be done about a place without a reviewer: find somebody, take it over, or ask for fewer.

    Once reviews are with the presenter only the last is left.
    """
    if case.round is None or not (case.under_review(ctx.now) or case.status(ctx.now) is CaseStatus.RELEASED):
        return ()
    w, of = ctx.words, {"case": case.id}
    find = (Action("round.fill", w("round.fill"), case.round, of, look="primary"),) if place.can_be_filled else ()
    gone = max((each for each in mine if each.ended_at), key=lambda each: str(each.ended_at), default=None)
    take = await cover_actions(ctx, gone, case) if gone else ()
    left = sum(each.active for each in mine)
    fewer = (Action("round.fewer", w.count("round.fewer", left), case.round, of),) if left else ()
    return (*find, *take, *fewer)


def _gone_entry(ctx: Context, assignment: Assignment, case: Case, person: Person) -> Entry:
    """Who had a published review before, and why it went to somebody else; never a reason that stays confidential."""
    w = ctx.words
    assert assignment.ended_at and assignment.end_reason
    day = w.day(assignment.ended_at.astimezone(ctx.zone).date())
    why = muted(f"{w(f'assignment.ended.{EndReason(assignment.end_reason).shown}')} · {day}")
    return _entry(ctx, case, "", line(muted(person.name)), line(why))


async def cover_actions(ctx: Context, assignment: Assignment, case: Case) -> tuple[Action, ...]:
    """A supervisor takes a review over, where they may; asked once more, as they read the case as its reviewer then."""
    if not await can_cover(ctx, assignment, case):
        return ()
    w = ctx.words
    ask = Confirm(w("cover"), w("cover.ask"), w("cover.yes"), w("back"))
    place = {PLACE: case.id} if assignment.ended_at else {}
    return (Action("review.cover", w("cover"), assignment.id, place, confirm=ask),)
