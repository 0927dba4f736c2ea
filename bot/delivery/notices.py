"""Messages: an intent of the outbox becomes a card when it is sent, in the reader's language, from today's facts.

A card says that there is something to read and offers the button to read it; it never holds the text.
`None` means the intent lost its point (the case was withdrawn, the review is in): it is dropped.
"""

from __future__ import annotations

from bot.app.blocks.notice import notice_card as _card
from bot.app.blocks.reachability import platform_name, reach_blocks
from bot.app.caseload.state_views import holds_now
from bot.app.caseload.views import leave_words
from bot.app.context import OWN, Context
from bot.app.exchange.notices import EXCHANGE_NOTICES
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.permissions import NotFoundHere, person_policy
from bot.app.facts.round_messages import has_part_in
from bot.app.facts.under_way import is_out, merged_ids
from bot.app.library.notices import LIBRARY_NOTICES
from bot.app.notice_kinds import LATE, NoticeKind, Ring
from bot.app.people.welcome_views import welcome_card
from bot.app.reviews.swap_notices import SWAP_NOTICES
from bot.app.reviews.views import review_rows
from bot.app.risk.notices import RISK_NOTICES
from bot.app.rounds.views import cover_actions, round_actions
from bot.app.second_look.notices import LOOK_NOTICES
from bot.app.steps.sign_in import SEALED_URL
from bot.delivery import notices_dates as dates
from bot.delivery import notices_presenter as presenter
from bot.delivery import notices_reviewer as reviewer
from bot.delivery import notices_signing as signing
from bot.delivery.notices_drafts import draft_over, draft_waits
from bot.delivery.notices_people import (
    account_refused,
    asked_in_your_name,
    data_request,
    first_round,
    leaving,
    left,
    out_of_reach,
    rule_weakened,
    workspace_refused,
)
from bot.delivery.overtaken import is_overtaken, matter_of, pointer
from bot.domain.assignment import Assignment
from bot.domain.case import Case, NotYourCase, NotYourReview
from bot.domain.frequency import State
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, OutboxEntry, SignInLink, UndoStep
from bot.ports.unit_of_work import NotFound
from bot.ui.model import Action, Card, Text, line


async def card_for(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The card of an intent as of now."""
    try:
        return await NOTICES[entry.card].build(ctx, entry)
    except (NotFound, NotFoundHere, NotYourCase, NotYourReview):
        return None


async def _plan_ready(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    if round_.published_at or not round_.open:
        return None
    group = await ctx.uow.get(Group, round_.group)
    when = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    lost = tuple(await reach_blocks(ctx, group))
    return _card(ctx, "plan_ready", *await round_actions(ctx, round_), extra=lost, group=group.name, when=when)


async def _text_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    """What could be opened there is erased."""
    case = await ctx.uow.get(Case, entry.subject)
    day = ctx.words.long_day((case.purged_at or case.withdrawn_at or ctx.now).astimezone(ctx.zone).date())
    return _card(ctx, "text_gone", code=case.code, day=day)


async def _round_published(ctx: Context, entry: OutboxEntry) -> Card | None:
    """That a round is out; that nothing of it is with its reader only as long as that holds."""
    round_ = await ctx.uow.get(Round, entry.subject)
    if entry.card == "round_spared" and await has_part_in(ctx, ctx.me, round_):
        return None
    group = await ctx.uow.get(Group, round_.group)
    return _card(ctx, entry.card, group=group.name) if round_.published_at else None


async def newest_of(ctx: Context, slot: str) -> Card | None:
    """The newest message of a matter that rang and still says something, as of now."""
    for each in await ctx.uow.find(OutboxEntry, slot=slot, order=("-created_at", "-id")):
        if each.card in NOTICES and is_out(each) and rings(each) and (card := await card_for(ctx, each)):
            return card
    return None


async def newest_pointer(ctx: Context, older: OutboxEntry) -> Card:
    """The line in place of an overtaken message, towards the newest one of its matter that still says something."""
    card = await newest_of(ctx, older.slot)
    return pointer(ctx, card.title if card else "", matter_of(older))


async def _overtaken(ctx: Context, entry: OutboxEntry) -> Card | None:
    return await newest_pointer(ctx, await ctx.uow.get(OutboxEntry, entry.args["by"]))


async def _shown_anew(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A message whose case is over, as of now; unless a newer one has taken its place."""
    older = await ctx.uow.get(OutboxEntry, entry.subject)
    if merged_ids(older):
        return pointer(ctx, "")  # every part of it is over, or it would be shown with what is left (`decide`)
    if await is_overtaken(ctx, older):
        return None
    return await card_for(ctx, older) or await outdated(ctx, older)


async def outdated(ctx: Context, older: OutboxEntry) -> Card:
    """The line in place of a message that says nothing any more; of leave, what holds instead."""
    now = await holds_now(ctx, ctx.me, "leave") if older.card == "leave_entered" else ""
    return pointer(ctx, "", now=now)


async def _not_reached(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A message about a review did not arrive; nothing once it did, or the review is over."""
    for assignment in await ctx.uow.find(Assignment, id=entry.subject):
        case = await ctx.uow.get(Case, assignment.case)
        if not (assignment.not_reached_at and assignment.pending and case.open):
            return None
    return await _plain(ctx, entry)


async def _case_waits(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To a supervisor: a case found nobody; nothing once it went out or is over."""
    case = await ctx.uow.get(Case, entry.subject)
    if not case.open or (case.published_at and case.round):
        return None
    show = (Action("round.show", ctx.words("round.show"), case.round, opens=True),) if case.round else ()
    return _card(ctx, entry.card, *show, code=case.code)


async def _seat_empty(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await ctx.uow.get(Case, entry.subject)
    left = await ctx.uow.find(Assignment, case=case.id, ended_at__not=None, order=("-ended_at",), limit=1)
    active = await ctx.uow.count(Assignment, case=case.id, ended_at=None)
    if not case.open or case.released_at or active >= case.reviewers:
        return None
    show = (Action("round.show", ctx.words("round.show"), case.round, opens=True),) if case.round else ()
    take = [each for gone in left for each in await cover_actions(ctx, gone, case)]
    return _card(ctx, entry.card, *take, *show, code=case.code)


async def _leave_entered(ctx: Context, entry: OutboxEntry) -> Card | None:
    leave = await ctx.uow.get(LeaveEntry, entry.subject)
    if leave.cancelled_at:
        return None
    key = "leave.end" if leave.first_day <= ctx.my_today else "leave.cancel"
    change = Action("caseload.leave.change", ctx.words("leave.change"), leave.id, opens=True)
    over = leave.last_day is not None and leave.last_day < ctx.my_today
    actions = () if over else (change, Action("caseload.back", ctx.words(key), leave.id))
    return _card(ctx, "leave_entered", *actions, period=leave_words(ctx, leave.first_day, leave.last_day))


async def _leave_ended(ctx: Context, entry: OutboxEntry) -> Card | None:
    """That a leave was given up; nothing where that was undone before anybody heard of it."""
    if await ctx.uow.count(LeaveEntry, id=entry.subject, cancelled_at=None):
        return None
    return await _leave_undone(ctx, entry)


async def _leave_undone(ctx: Context, entry: OutboxEntry) -> Card | None:
    """That leave was ended, given up or put back, with the leave that holds now."""
    return _card(ctx, entry.card, extra=(Text(line(await holds_now(ctx, ctx.me, "leave"))),))


async def _mode_entered(ctx: Context, entry: OutboxEntry) -> Card | None:
    """That a mode or the working time was changed, with what holds now and what is planned."""
    step = await ctx.uow.one(UndoStep, id=entry.subject)
    what = "work" if step and step.what == "work" else "mode"
    return _card(ctx, "mode_entered", extra=(Text(line(await holds_now(ctx, ctx.me, what))),))


async def _member_left(ctx: Context, entry: OutboxEntry) -> Card | None:
    person, group = await ctx.uow.get(Person, entry.subject), await ctx.uow.get(Group, entry.args["group"])
    overview = Action("supervision.overview", ctx.words("overview.open"), opens=True)
    return _card(ctx, "member_left", overview, name=person.name, group=group.name)


async def _sheet_ready(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    group = await ctx.uow.get(Group, round_.group)
    sheet = Action("round.sheet", ctx.words("sheet.title"), round_.id, look="primary")
    return _card(ctx, "sheet_ready", sheet, name=ctx.words("round.number", group=group.name, number=round_.number))


async def _cover_over(ctx: Context, entry: OutboxEntry) -> Card | None:
    return _card(ctx, "cover_over", code=(await ctx.uow.get(Case, entry.subject)).code)


async def _connected(ctx: Context, entry: OutboxEntry) -> Card | None:
    contact = await ctx.uow.get(Contact, entry.subject)
    if contact.ended_at:
        return None
    undo = Action("settings.disconnect", ctx.words("settings.disconnect"), contact.id, look="danger")
    return _card(ctx, "connected", undo, platform=platform_name(ctx.words, contact.platform))


async def _sign_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The link is opened from its seal only now; an expired or used one is not sent."""
    link = await ctx.uow.get(SignInLink, entry.subject)
    url = await ctx.uow.sealed(link.id, SEALED_URL)
    if url is None or link.used_at or link.expires_at <= ctx.now:
        return None
    return _card(ctx, "sign_in", extra=(Text(line(url.decode())),))


async def _nudge(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A supervisor's word; it lost its point when nothing is due any more, or late where it was meant for the late."""
    rhythm = await rhythm_of(ctx, ctx.me, await person_policy(ctx, ctx.me), for_others=False)
    late = LATE in entry.args
    states = {State.OVERDUE} if late else {State.OVERDUE, State.DUE_SOON}
    rows = await review_rows(ctx, only_open=True, only_late=late, asked_by=entry.sent_at)
    due = [ctx.words(f"rhythm.{kind}") for kind, at in rhythm.items() if at.state in states]
    if not due and not rows:
        return None
    new = Action("case.new", ctx.words("case.new"), look="primary", opens=True)
    if not due:
        return _card(ctx, "nudge_reviews", extra=tuple(rows))
    return _card(ctx, "nudge", new, extra=tuple(rows), what=ctx.words.listing(due))


async def _plain(ctx: Context, entry: OutboxEntry) -> Card | None:
    text = ctx.words(f"notice.{entry.card}.text", **entry.args)
    return Card(
        f"notice.{entry.card}", ctx.words(f"notice.{entry.card}.title", **entry.args), (Text(line(text)),), (), text
    )


NOTICES: dict[str, NoticeKind] = {
    **RISK_NOTICES,
    **LOOK_NOTICES,
    **SWAP_NOTICES,
    **EXCHANGE_NOTICES,
    **LIBRARY_NOTICES,
    "round_open": NoticeKind(presenter.round_open, Ring.ASKS),
    "please_present": NoticeKind(presenter.please_present, Ring.ASKS),
    "round_published": NoticeKind(_round_published, Ring.STATE, only_edit=True),
    "round_spared": NoticeKind(_round_published, Ring.AWAITED),
    "plan_ready": NoticeKind(_plan_ready, Ring.ASKS),
    "assigned": NoticeKind(reviewer.assigned, Ring.ASKS),
    "redated": NoticeKind(reviewer.assigned, Ring.STATE),
    "review_in": NoticeKind(reviewer.review_in, Ring.STATE, only_edit=True),
    "review_left": NoticeKind(reviewer.review_left, Ring.STATE, only_edit=True),
    "reminder": NoticeKind(reviewer.reminder, Ring.ASKS),
    "reminder_now": NoticeKind(reviewer.reminder_now, Ring.STATE, only_edit=True),
    "answers_in": NoticeKind(reviewer.answers_in, Ring.AWAITED),
    "review_moved": NoticeKind(reviewer.assignment_gone, Ring.FREES),
    "case_gone": NoticeKind(reviewer.assignment_gone, Ring.FREES),
    "case_closed": NoticeKind(reviewer.assignment_gone, Ring.FREES),
    "case_ended": NoticeKind(presenter.case_ended, Ring.AWAITED),
    "case_in": NoticeKind(presenter.case_in, Ring.STATE, only_edit=True),
    "case_published": NoticeKind(presenter.own_case, Ring.AWAITED),
    "case_redated": NoticeKind(presenter.case_redated, Ring.STATE),
    "question_asked": NoticeKind(presenter.question_asked, Ring.ASKS),
    "questions_answered": NoticeKind(reviewer.questions_answered, Ring.STATE, only_edit=True),
    "reviews_released": NoticeKind(presenter.reviews_released, Ring.AWAITED),
    "takeaway_kept": NoticeKind(presenter.takeaway_kept, Ring.STATE, only_edit=True),
    "late_review": NoticeKind(presenter.reviews_released, Ring.AWAITED),
    "takeaway_in": NoticeKind(reviewer.takeaway_in, Ring.AWAITED),
    "text_gone": NoticeKind(_text_gone, Ring.STATE, only_edit=True),
    "case_waits": NoticeKind(_case_waits, Ring.ASKS),
    "own_case_waits": NoticeKind(presenter.own_case_waits, Ring.AWAITED),
    "urgent_nobody": NoticeKind(presenter.urgent_nobody, Ring.AWAITED),
    "shared": NoticeKind(reviewer.shared, Ring.AWAITED),
    "seat_empty": NoticeKind(_seat_empty, Ring.ASKS),
    "reviewer_late": NoticeKind(dates.late_reviews, Ring.ASKS),
    "missed_question": NoticeKind(dates.missed_question, Ring.ASKS),
    "missed_supervisor": NoticeKind(dates.about_person, Ring.ASKS),
    "missed_help": NoticeKind(dates.about_person, Ring.ASKS),
    "returning": NoticeKind(dates.returning, Ring.ASKS),
    "round_moved": NoticeKind(dates.round_moved, Ring.AWAITED),
    "round_off": NoticeKind(dates.round_off, Ring.FREES),
    "due_moved": NoticeKind(dates.due_moved, Ring.AWAITED),
    "series_changed": NoticeKind(dates.series_changed, Ring.AWAITED),
    "occurrence_left_out": NoticeKind(dates.about_occurrence, Ring.ASKS),
    "occurrence_missed": NoticeKind(dates.about_occurrence, Ring.ASKS),
    "risk_acknowledged": NoticeKind(_plain, Ring.AWAITED, any_hour=True),
    "shown_anew": NoticeKind(_shown_anew, Ring.STATE, only_edit=True),
    "overtaken": NoticeKind(_overtaken, Ring.STATE, only_edit=True),
    "sign_in": NoticeKind(_sign_in, Ring.AWAITED, any_hour=True),
    "sign_in_quiet": NoticeKind(_sign_in, Ring.STATE, any_hour=True),
    "passkey_added": NoticeKind(_plain, Ring.AWAITED),
    "passkey_removed": NoticeKind(_plain, Ring.AWAITED),
    "workspace_refused": NoticeKind(workspace_refused, Ring.ASKS),
    "first_round": NoticeKind(first_round, Ring.ASKS),
    "account_refused": NoticeKind(account_refused, Ring.ASKS),
    "data_request": NoticeKind(data_request, Ring.ASKS),
    "asked_in_your_name": NoticeKind(asked_in_your_name, Ring.ASKS),
    "rule_weakened": NoticeKind(rule_weakened, Ring.ASKS),
    "connected": NoticeKind(_connected, Ring.AWAITED, any_hour=True),
    "case_gone_agreement": NoticeKind(_plain, Ring.AWAITED),
    "look_withdrawn": NoticeKind(_plain, Ring.AWAITED),
    "not_reached": NoticeKind(_not_reached, Ring.ASKS),
    "leave_entered": NoticeKind(_leave_entered, Ring.AWAITED, on_leave=True),
    "nudge": NoticeKind(_nudge, Ring.ASKS),
    "sign_request": NoticeKind(signing.sign_request, Ring.ASKS),
    "entries_signed": NoticeKind(signing.entries_signed, Ring.AWAITED),
    "signature_gone": NoticeKind(signing.signature_gone, Ring.AWAITED),
    "absences_changed": NoticeKind(dates.absences_changed, Ring.ASKS),
    "absences_unread": NoticeKind(dates.absences_unread, Ring.ASKS),
    "leave_ended": NoticeKind(_leave_ended, Ring.AWAITED, on_leave=True),
    "leave_undone": NoticeKind(_leave_undone, Ring.AWAITED, on_leave=True),
    "leaving": NoticeKind(leaving, Ring.ASKS),
    "left": NoticeKind(left, Ring.ASKS, any_hour=True),
    "person_left": NoticeKind(dates.about_person, Ring.ASKS),
    "member_left": NoticeKind(_member_left, Ring.AWAITED),
    "sheet_ready": NoticeKind(_sheet_ready, Ring.AWAITED),
    "mode_entered": NoticeKind(_mode_entered, Ring.AWAITED),
    "welcome": NoticeKind(welcome_card, Ring.AWAITED),
    "out_of_reach": NoticeKind(out_of_reach, Ring.ASKS),
    "draft_waits": NoticeKind(draft_waits, Ring.ASKS),
    "draft_over": NoticeKind(draft_over, Ring.STATE, only_edit=True),
    "cover_over": NoticeKind(_cover_over, Ring.FREES),
    "case_covered": NoticeKind(presenter.own_case, Ring.ASKS),
    "cover_impossible": NoticeKind(presenter.own_case, Ring.ASKS),
}


def rings(entry: OutboxEntry) -> bool:
    """Whether a notice is a new message; of what its reader did themselves it never is."""
    return entry.card in NOTICES and NOTICES[entry.card].rings and OWN not in entry.args


def only_edit(entry: OutboxEntry) -> bool:
    """Whether a notice is nothing but the update of a message."""
    return NOTICES[entry.card].only_edit or OWN in entry.args


TO_LEAVERS = frozenset({"left"})
"""What is sent to somebody who has no access any more."""
