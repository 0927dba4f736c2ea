"""Rounds: open, plan, preview, publish, close, cancel. Members see nothing of a plan before it is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import rotation
from bot.app.blocks.phases import typed_phases
from bot.app.context import Context, Work
from bot.app.facts.blind_plan import check_enough_left
from bot.app.facts.deadlines import group_deadline
from bot.app.facts.groups import group_error
from bot.app.facts.permissions import (
    MOST_GROUPS,
    members,
    planned_group,
    planned_only,
    planned_round,
    shown_round,
    supervisors_of,
)
from bot.app.facts.reasons import reasons_of
from bot.app.facts.round_planning import (
    Situation,
    WhatIf,
    gather_waiting,
    new_assignment,
    next_letter,
    situation,
    why_waiting,
)
from bot.app.facts.workdays import clinic_days, home_clinic
from bot.app.options import listing_options, option
from bot.app.rounds.new_form import COLLECT_DAYS, OWN_PHASES, new_form
from bot.app.rounds.plan_views import CAP, LARGEST_CAP, plan_form, trial_form
from bot.app.rounds.views import round_card, rounds_card
from bot.app.steps import second_look
from bot.app.steps.assignments import publish_assignment
from bot.app.steps.closing import end_case, settle_round
from bot.app.steps.open_round import TIMERS, cancel_round, open_round
from bot.app.steps.publication import WAITS_FOR, must_wait_for, publish_soon, take_publication_back
from bot.app.steps.round_news import tell_published
from bot.app.steps.shown_anew import changed
from bot.app.steps.swap_end import ask_only_who_can
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round, RoundNotAssigned, RoundStatus
from bot.domain.series import PhaseDays
from bot.errors import Refusal
from bot.ports.records import Audited
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)


class NoSuchRound(Refusal):
    """The group has no round in the state the command needs."""


OPTIONS = ("status", "new", "preview", "publish", "close")
"""What may follow `/round` about one round."""


async def typed(ctx: Context, event: CommandTyped, more: Sequence[str] = ()) -> Outcome:
    """`/round` and `/round status`, `new`, `preview`, `publish`, `close`; any other word lists what may be typed."""
    match option(ctx, event, OPTIONS):
        case "new":
            return Show(await new_form(ctx, {}))
        case "preview":
            return await _on_latest(ctx, (RoundStatus.COLLECTING, RoundStatus.ASSIGNED), show_plan)
        case "publish":
            return await _publish_or_look(ctx)
        case "close":
            return await _on_latest(ctx, (RoundStatus.REVIEWING,), close_round)
        case None:
            return Say(listing_options(ctx, await rounds_card(ctx), "round", (*OPTIONS, *more), event))
        case _:
            return Say(await rounds_card(ctx))


async def open_new(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a new round."""
    return Show(await new_form(ctx, {}))


async def send_new(ctx: Context, event: FormSubmitted) -> Outcome:
    """A round begins to collect cases; everyone in the group is invited to present.

    Where today's hour of publishing is over, nothing goes out unseen: what cases there are come as a plan to be
    published by its button, and by itself only on the next working day.
    """
    given = (chosen(event, "group") or ("",))[0].strip()
    group = await planned_group(ctx, given)
    if group is None:
        return Invalid(await new_form(ctx, {"group": group_error(ctx, given)}, {"group": given}))
    policy = await ctx.policy(group)
    errors: dict[str, str] = {}
    today = ctx.today(group.timezone)
    day = ctx.typed_day(typed_text(event, "publish_on"), "publish_on", errors) or today + timedelta(days=COLLECT_DAYS)
    if day < today:
        errors["publish_on"] = ctx.words("round.publish_past")
    values = {name: typed_text(event, name).reveal() for name in OWN_PHASES}
    phases = typed_phases(ctx, values, PhaseDays.of(policy), errors)
    if errors:
        return Invalid(await new_form(ctx, errors, values))
    publish_at = wall_time(day, policy.cadence_time, group.timezone)
    over = publish_at <= ctx.now
    if over:
        calendar = (await clinic_days(ctx, (await home_clinic(ctx, group)).id)).calendar
        publish_at = wall_time(calendar.add_working_days(day, 1), policy.cadence_time, group.timezone)
    asked = (chosen(event, "kind") or (CaseKind.CASE,))[0] == CaseKind.MESSAGE and policy.message_reviews
    kind = CaseKind.MESSAGE if asked else CaseKind.CASE
    round_ = await open_round(ctx, group, publish_at, phases=phases if any(values.values()) else None, kind=kind.value)
    if over and await ctx.uow.count(Case, round=round_.id):
        return await show_plan(ctx, round_)
    until = ctx.words.moment(publish_at, ctx.me.timezone)
    return Done(ctx.words("round.opened", group=group.name, moment=until))


# ---- plan and preview ------------------------------------------------------------------------


async def show_list(ctx: Context, event: ActionPressed) -> Outcome:
    """Every open round of my groups."""
    return Say(await rounds_card(ctx))


async def press_preview(ctx: Context, event: ActionPressed) -> Outcome:
    """Show the plan that today's facts give; a round that collects cases goes on collecting."""
    return await show_plan(ctx, ctx.subject(planned_round))


async def send_what_if(ctx: Context, event: FormSubmitted) -> Outcome:
    """The preview's try-out: other caps and absences, the plan beside it, nothing kept."""
    caps = _caps(event.state)
    person = (chosen(event, "cap_person") or ("",))[0]
    digits = typed_text(event, "cap").reveal().strip()
    if person and digits.isdecimal():
        caps[person] = min(int(digits), LARGEST_CAP) if len(digits) < 10 else LARGEST_CAP
    elif person and not digits:
        caps.pop(person, None)
    return await show_plan(ctx, ctx.subject(planned_round), WhatIf(caps, frozenset(chosen(event, "absent"))))


async def press_keep(ctx: Context, event: ActionPressed) -> Outcome:
    """What was tried holds for this round, and its plan is shown. Without anything: the usual caps again."""
    round_ = ctx.subject(planned_round)
    group = await ctx.uow.get(Group, round_.group)
    people = {p.id for p in await members(ctx, group)}
    out = people.intersection(event.args.get("absent", "").split())
    caps = {person: cap for person, cap in _caps(event.args).items() if person in people}
    changed = round_.keep(out, caps)
    bare = await situation(ctx, group, round_, WhatIf())
    kept = await situation(ctx, group, round_, WhatIf(caps, frozenset(out)))
    check_enough_left(bare.instance, kept.instance)
    return await show_plan(ctx, await ctx.uow.save(changed))


def _is_cap(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _caps(state: Mapping[str, str]) -> dict[str, int]:
    return {key.removeprefix(CAP): int(cap) for key, cap in state.items() if key.startswith(CAP) and _is_cap(cap)}


async def show_plan(ctx: Context, round_: Round, what_if: WhatIf | None = None) -> Outcome:
    """The plan a publication would follow. It is only a look: before the plan's day the call for cases goes on."""
    round_.must_be_unpublished()
    group = await ctx.uow.get(Group, round_.group)
    if what_if is None:
        facts, plan = await _best_plan(ctx, round_, group)
        return Show(await plan_form(ctx, round_, group, facts, plan))
    before, tried = await situation(ctx, group, round_), await situation(ctx, group, round_, what_if)
    return Show(await trial_form(ctx, round_, group, before, tried, what_if))


async def make_plan(work: Work, round_: Round) -> Round:
    """The plan's day, or the publication: the best plan from today's facts is kept, and the call for cases ends."""
    round_.must_be_unpublished()
    await _best_plan(work, round_, await work.uow.get(Group, round_.group))
    return await work.uow.save(round_.plan(work.now))


async def _best_plan(work: Work, round_: Round, group: Group) -> tuple[Situation, rotation.Plan]:
    """Throw an unpublished plan away and make the best one from today's facts; nobody sees its pairs."""
    await gather_waiting(work, group, round_)
    for old in await work.uow.find(Assignment, round=round_.id, published_at=None):
        await work.uow.remove(Assignment, old.id)
    return await add_assignments(work, round_, group)


async def add_assignments(work: Work, round_: Round, group: Group) -> tuple[Situation, rotation.Plan]:
    """Make the best plan of a round's cases from today's facts and keep it; letters come by lot."""
    facts = await situation(work, group, round_)
    plan = rotation.assign(facts.instance)
    why = reasons_of(facts, plan.assignments)
    letters: dict[str, set[str]] = {}
    for pair in _shuffled(work, plan.assignments):
        taken = letters.setdefault(pair.case, set())
        letter = next_letter(taken)
        taken.add(letter)
        await work.uow.add(new_assignment(work, round_, pair, letter, why[pair]))
    return facts, plan


async def _must_be_looked_at(ctx: Context, round_: Round) -> None:
    """By hand a round is published only after a look at its plan: it left its pairs, where anybody can review."""
    round_.must_be_unpublished()
    if round_.status is RoundStatus.ASSIGNED or await ctx.uow.count(Assignment, round=round_.id, published_at=None):
        return
    facts = await situation(ctx, await ctx.uow.get(Group, round_.group), round_)
    if rotation.assign(facts.instance).assignments:
        raise RoundNotAssigned


async def press_publish(ctx: Context, event: ActionPressed) -> Outcome:
    """The supervisor publishes a round at once; from a page of a publication that was taken back, nothing."""
    await must_wait_for(ctx, ctx.subject(planned_round), event.args.get(WAITS_FOR, ""))
    return await publish_round(ctx, ctx.subject(planned_round))


async def press_publish_soon(ctx: Context, event: ActionPressed) -> Outcome:
    """The supervisor publishes a round and has ten minutes to think again."""
    return await let_be_published(ctx, ctx.subject(planned_round))


async def let_be_published(ctx: Context, round_: Round) -> Outcome:
    """Publish in ten minutes, and say who hears of it when."""
    await _must_be_looked_at(ctx, round_)
    at = await publish_soon(ctx, round_, ctx.me.id)
    said = ctx.words("plan.pending", moment=ctx.words.moment(at, ctx.me.timezone))
    return Done(said, await round_card(ctx, round_.id))


async def press_take_back(ctx: Context, event: ActionPressed) -> Outcome:
    """The round waits for its own time again."""
    round_ = ctx.subject(planned_round)
    at = await take_publication_back(ctx, round_)
    said = ctx.words("plan.taken_back", moment=ctx.words.moment(at, ctx.me.timezone))
    return Done(said, await round_card(ctx, round_.id))


async def publish_round(ctx: Context, round_: Round) -> Outcome:
    """Plan from today's facts, with every case that came until now, make the plan real and say so."""
    await _must_be_looked_at(ctx, round_)
    await publish(ctx, await make_plan(ctx, round_))
    await ctx.uow.audit(Audited.ROUND_PUBLISHED, ctx.me.id, round_.id, ctx.now)
    return Done(ctx.words("round.published"), await round_card(ctx, round_.id))


async def publish(work: Work, round_: Round) -> None:
    """Reviewers get their cases and due dates; cases without anybody wait for the next round with priority."""
    round_ = await work.uow.save(round_.publish(work.now))
    group = await work.uow.get(Group, round_.group)
    policy = await work.policy(group)
    by_case: dict[str, list[Assignment]] = {}
    for assignment in await work.uow.find(Assignment, round=round_.id, ended_at=None):
        by_case.setdefault(assignment.case, []).append(assignment)
    cases = await work.uow.find(Case, round=round_.id, closed_at=None, withdrawn_at=None)
    short = any(len(by_case.get(case.id, [])) < case.reviewers for case in cases if not case.kept_back)
    why = await why_waiting(work, group, round_) if short else {}
    for case in cases:
        assignments = by_case.get(case.id, [])
        if not assignments or case.held_at or case.kept_back:
            await work.uow.save(replace(case, round=None))
            for assignment in assignments:
                await work.uow.remove(Assignment, assignment.id)
            if case.kept_back and not case.held_at:
                await second_look.left_out(work, case)
            elif not case.held_at:
                await _tell_waiting(work, group, case, why.get(case.id, "nobody"))
        else:
            await publish_case(work, case, assignments, round_.days(policy), why.get(case.id, "nobody"))
    await changed(work, round_.id, "plan_ready")
    await tell_published(work, group, round_)
    await ask_only_who_can(work)
    for what in TIMERS:
        await work.uow.wake(what, round_.id, None)
    await settle_round(work, round_.id)


async def publish_case(
    work: Work, case: Case, assignments: list[Assignment], days: PhaseDays, why: str = "nobody"
) -> None:
    """One case goes to its reviewers; its presenter hears where they are fewer than wanted, and `why`."""
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    group = await work.uow.get(Group, case.group)
    clarify_until = await group_deadline(work, group, days.clarify) if days.clarify else work.now
    case = await work.uow.save(case.publish(work.now, clarify_until))
    last = work.now
    for assignment in assignments:
        last = max(last, await publish_assignment(work, assignment, days.review))
    await work.uow.wake("case.release", case.id, last + timedelta(minutes=1))
    await changed(work, case.id, "case_waits")
    found = str(len(assignments)) if len(assignments) < case.reviewers else ""
    await work.tell(presenter.id, "case_published", case.id, slot=f"case:{case.id}", found=found, why=why)


# ---- the end ---------------------------------------------------------------------------------


async def press_close(ctx: Context, event: ActionPressed) -> Outcome:
    """The supervisor ends a round; what is in counts, what is missing can no longer be written."""
    return await close_round(ctx, ctx.subject(planned_round))


async def close_round(ctx: Context, round_: Round) -> Outcome:
    """Every case of the round ends with the reviews that are in; log entries are made once."""
    if not round_.published_at or not round_.open:
        raise NoSuchRound
    for case in await ctx.uow.find(Case, round=round_.id, closed_at=None, withdrawn_at=None):
        if not case.held_at:
            await end_case(ctx, case)
    await settle_round(ctx, round_.id)
    return Done(ctx.words("round.closed"), await round_card(ctx, round_.id))


async def press_cancel(ctx: Context, event: ActionPressed) -> Outcome:
    """A round that was not published does not take place; its cases wait for the next one."""
    round_ = await cancel_round(ctx, ctx.subject(planned_round))
    return Done(ctx.words("round.cancelled"), await round_card(ctx, round_.id))


async def press_show(ctx: Context, event: ActionPressed) -> Outcome:
    """Where a round stands, case by case."""
    return Say(await round_card(ctx, ctx.subject(shown_round).id, event.args))


async def _publish_or_look(ctx: Context) -> Outcome:
    """Publish the round whose plan is made; one that still collects shows its plan, with the button that publishes."""
    try:
        return await _on_latest(ctx, (RoundStatus.ASSIGNED,), let_be_published)
    except NoSuchRound:
        return await _on_latest(ctx, (RoundStatus.COLLECTING,), show_plan)


async def _on_latest(
    ctx: Context, wanted: tuple[RoundStatus, ...], then: Callable[[Context, Round], Awaitable[Outcome]]
) -> Outcome:
    order = ("-opened_at",)
    for round_ in await ctx.uow.find(
        Round, closed_at=None, cancelled_at=None, order=order, limit=MOST_GROUPS, **await planned_only(ctx)
    ):
        if round_.status in wanted:
            return await then(ctx, round_)
    raise NoSuchRound


async def _tell_waiting(work: Work, group: Group, case: Case, why: str) -> None:
    """Supervisors hear that a case waits; its presenter hears why, and later that it went out."""
    for supervisor in await supervisors_of(work, group):
        await work.tell(supervisor.id, "case_waits", case.id, key=f"{work.now:%Y-%m-%d}")
    presenter = await work.uow.presenter(case.id)
    await work.tell(presenter, "own_case_waits", case.id, key=f"{work.now:%Y-%m-%d}", slot=f"case:{case.id}", why=why)


def _shuffled(work: Work, pairs: tuple[rotation.Pair, ...]) -> list[rotation.Pair]:
    """In an order of chance, so that letters say nothing about ids."""
    left, order = list(pairs), []
    while left:
        order.append(left.pop(work.tools.rng.number(len(left))))
    return order
