"""Messages: an intent of the outbox becomes a card when it is sent, in the reader's language, from today's facts.

A card says that there is something to read and offers the button to read it; it never holds the text.
`None` means the intent lost its point (the case was withdrawn, the review is in): it is dropped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.app.blocks.notice import notice_card as _card
from bot.app.blocks.reachability import platform_name, reach_blocks
from bot.app.caseload.views import leave_words
from bot.app.context import OWN, Context
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.open_reviews import came_of
from bot.app.facts.permissions import my_case, person_policy
from bot.app.facts.under_way import is_out, merged_ids
from bot.app.notice_kinds import NoticeKind, Ring
from bot.app.people.welcome_views import welcome_card
from bot.app.reviews.swap_notices import SWAP_NOTICES
from bot.app.reviews.views import review_rows
from bot.app.risk.notices import RISK_NOTICES
from bot.app.rounds.views import cover_action, round_actions
from bot.app.second_look.notices import LOOK_NOTICES
from bot.app.steps.sign_in import SEALED_URL
from bot.delivery import notices_dates as dates
from bot.delivery.notices_drafts import draft_over, draft_waits
from bot.delivery.notices_people import (
    account_refused,
    data_request,
    first_round,
    leaving,
    left,
    out_of_reach,
    workspace_refused,
)
from bot.delivery.overtaken import is_overtaken, matter_of, pointer
from bot.domain.case import Assignment, Case, CaseStatus, EndReason, NotYourCase, Question
from bot.domain.frequency import State
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person
from bot.domain.round import Round, RoundStatus
from bot.ports.records import LeaveEntry, OutboxEntry, SignInLink, SignRequest
from bot.ports.unit_of_work import NotFound
from bot.ui.model import Action, Card, Text, line


async def card_for(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The card of an intent as of now."""
    try:
        return await NOTICES[entry.card].build(ctx, entry)
    except (NotFound, NotYourCase):
        return None


async def _round_open(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    if round_.status is not RoundStatus.COLLECTING or ctx.me.id in round_.asked or await _presents(ctx, round_):
        return None  # whose turn it is was asked in other words
    return await _room_for_a_case(ctx, round_)


async def _room_for_a_case(ctx: Context, round_: Round) -> Card:
    group = await ctx.uow.get(Group, round_.group)
    new = Action("case.new", ctx.words("case.new"), look="primary", opens=True)
    until = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    return _card(ctx, "round_open", new, group=group.name, moment=until)


async def _please_present(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Asked by name; once they said "not this time", that, and the way back while there is one."""
    round_ = await ctx.uow.get(Round, entry.subject)
    group = await ctx.uow.get(Group, round_.group)
    collecting = round_.status is RoundStatus.COLLECTING
    if ctx.me.id in round_.passed and not (round_.published_at or round_.cancelled_at) and is_out(entry):
        back = Action("round.pass.undo", ctx.words("round.after_all"), round_.id)
        return _card(ctx, "passed", *((back,) if collecting else ()), group=group.name)
    if round_.status is RoundStatus.ASSIGNED and is_out(entry) and not await _presents(ctx, round_):
        return await _room_for_a_case(ctx, round_)  # nobody is asked by name any more, and a case may still come
    if not collecting or ctx.me.id in round_.passed or await _presents(ctx, round_):
        return None
    actions = (
        Action("case.new", ctx.words("case.new"), look="primary", opens=True),
        Action("round.pass", ctx.words("round.pass"), round_.id),
    )
    until = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    return _card(ctx, "please_present", *actions, group=group.name, moment=until)


async def _presents(ctx: Context, round_: Round) -> bool:
    """Whether a case of the reader's is in the round: then nobody asks them for one, however late the message comes."""
    cases = await ctx.uow.find(Case, round=round_.id, withdrawn_at=None)
    return bool({case.id for case in cases} & set(await ctx.uow.cases_of(ctx.me.id))) if cases else False


async def _plan_ready(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    if round_.published_at or not round_.open:
        return None
    group = await ctx.uow.get(Group, round_.group)
    when = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    lost = tuple(await reach_blocks(ctx, group))
    return _card(ctx, "plan_ready", *await round_actions(ctx, round_), extra=lost, group=group.name, when=when)


async def _assigned(ctx: Context, entry: OutboxEntry) -> Card | None:
    return await _review_card(ctx, entry, "assigned")


async def _reminder(ctx: Context, entry: OutboxEntry) -> Card | None:
    """One message for everything a person still has to write."""
    rows = await review_rows(ctx, only_open=True)
    if not rows:
        return None
    text = ctx.words.count("notice.reminder.text", len(rows))
    return Card("notice.reminder", ctx.words("notice.reminder.title"), (Text(line(text)), *rows), (), text)


async def _answers_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Of several that wait for the same moment the last says it for all."""
    same = {"person": entry.person, "card": entry.card, "subject": entry.subject}
    if not entry.sent_at and await ctx.uow.count(OutboxEntry, created_at__gt=entry.created_at, **same):
        return None
    return await _review_card(ctx, entry, "answers_in")


async def _review_card(ctx: Context, entry: OutboxEntry, key: str) -> Card | None:
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if not assignment.pending or case.held_at or not case.open or assignment.due_at is None:
        return None
    day = ctx.words.day(assignment.due_at.astimezone(ctx.zone).date())
    actions = (
        Action("review.open", ctx.words("review.open"), assignment.id, look="primary", opens=True),
        Action("why", ctx.words("why.button"), assignment.id, opens=True),
    )
    return _card(ctx, key, *actions, code=case.code, day=day)


async def _assignment_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    taken = entry.card == "review_moved" and assignment.end_reason == EndReason.SWAPPED
    return _card(ctx, "review_taken" if taken else entry.card, code=case.code)


async def _text_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    """What could be opened there is erased."""
    case = await ctx.uow.get(Case, entry.subject)
    day = ctx.words.long_day((case.purged_at or case.withdrawn_at or ctx.now).astimezone(ctx.zone).date())
    return _card(ctx, "text_gone", code=case.code, day=day)


async def _review_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of what asked for the review: it is in, and nothing of it can be opened or missed there any more."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    return _card(ctx, "review_in", code=case.code) if assignment.submitted_at else None


async def _review_left(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of what asked for it: whoever stepped out did so themselves and needs no news of it."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    return _card(ctx, "review_moved", code=case.code) if assignment.ended_at else None


async def _reminder_now(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The last reminder, of what is still to be written."""
    return await _reminder(ctx, entry) or _card(ctx, "reminder_now")


async def _round_published(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    group = await ctx.uow.get(Group, round_.group)
    return _card(ctx, entry.card, group=group.name) if round_.published_at else None


async def _questions_answered(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await ctx.uow.get(Case, entry.subject)
    open_ = await ctx.uow.count(Question, case=case.id, answered_at=None)
    return None if open_ else _card(ctx, "questions_answered", code=case.code)


async def _takeaway_kept(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await my_case(ctx, entry.subject)
    if case.purged_at or not case.closed_at:
        return None
    return _card(
        ctx, "takeaway_kept", Action("case.reviews", ctx.words("case.reviews"), case.id, opens=True), code=case.code
    )


async def _overtaken(ctx: Context, entry: OutboxEntry) -> Card | None:
    newer = await ctx.uow.get(OutboxEntry, entry.args["by"])
    card = await card_for(ctx, newer)
    return pointer(ctx, card.title if card else "", matter_of(newer))


async def _shown_anew(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A message whose case is over, as of now; unless a newer one has taken its place."""
    older = await ctx.uow.get(OutboxEntry, entry.subject)
    if merged_ids(older):
        return pointer(ctx, "")  # every part of it is over, or it would be shown with what is left (`decide`)
    if await is_overtaken(ctx, older):
        return None
    return await card_for(ctx, older) or pointer(ctx, "")


async def _case_ended(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: closed without a takeaway, with so many of the reviews that were asked for."""
    case = await my_case(ctx, entry.subject)
    if case.purged_at or not case.closed_at:
        return None
    read = Action("case.reviews", ctx.words("case.reviews"), case.id, look="primary", opens=True)
    came, asked, _ = await came_of(ctx, case)
    actions = (read,) if case.released_at else ()
    return _card(ctx, "case_ended", *actions, code=case.code, came=came, asked=asked)


async def _takeaway_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    read = Action("review.open", ctx.words("review.read"), assignment.id, opens=True)
    return _card(ctx, "takeaway_in", read, code=case.code) if assignment.readable and not case.purged_at else None


async def _own_case(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await my_case(ctx, entry.subject)
    if not case.open:
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    if found := entry.args.get("found"):
        why = ctx.words(f"case.waits.{entry.args['why']}")
        return _card(ctx, "case_published_short", page, code=case.code, found=int(found), asked=case.reviewers, why=why)
    return _card(ctx, entry.card, page, code=case.code)


async def _case_in(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of the invitation, which asks nothing more of whoever presented."""
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at or not case.round:
        return None
    round_ = await ctx.uow.get(Round, case.round)
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    day = ctx.words.day(round_.publish_at.astimezone(ctx.zone).date())
    return _card(ctx, "case_in", page, code=case.code, day=day)


async def _case_redated(ctx: Context, entry: OutboxEntry) -> Card | None:
    """The days for questions moved with the clinic's closed days."""
    return await _own_case(ctx, replace(entry, card="case_published"))


async def _question_asked(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await my_case(ctx, entry.subject)
    waits = await ctx.uow.count(Question, case=case.id, answered_at=None)
    if not case.open or case.held_at or not waits:
        return None
    answer = Action("question.open", ctx.words("question.open_answers"), case.id, look="primary", opens=True)
    return _card(ctx, "question_asked", answer, code=case.code)


async def _reviews_released(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To the presenter: how many reviews have come of how many, and whether another may come."""
    case = await my_case(ctx, entry.subject)
    if case.purged_at or case.withdrawn_at:
        return None
    actions = [Action("case.reviews", ctx.words("case.reviews"), case.id, look="primary", opens=True)]
    if case.status(ctx.now) is CaseStatus.RELEASED:
        actions.append(Action("takeaway.open", ctx.words("takeaway.open"), case.id, opens=True))
    came, asked, coming = await came_of(ctx, case)
    whole = came >= asked or not case.open
    key = entry.card if whole else _PARTLY[entry.card][0 if coming else 1]
    return _card(ctx, key, *actions, code=case.code, came=came, asked=asked)


_PARTLY = {
    "reviews_released": ("reviews_partly", "reviews_partly_last"),
    "late_review": ("late_review_partly", "late_review_partly_last"),
}
"""What the presenter reads instead while reviews are missing: another may come, or none is on its way."""


async def _for_supervisor(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await ctx.uow.get(Case, entry.subject)
    if not case.open:
        return None
    show = (Action("round.show", ctx.words("round.show"), case.round, opens=True),) if case.round else ()
    return _card(ctx, entry.card, *show, code=case.code)


async def _seat_empty(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await ctx.uow.get(Case, entry.subject)
    left = await ctx.uow.find(Assignment, case=case.id, ended_at__not=None, order=("-ended_at",), limit=1)
    active = await ctx.uow.count(Assignment, case=case.id, ended_at=None)
    if not case.open or active >= case.reviewers:
        return None
    show = (Action("round.show", ctx.words("round.show"), case.round, opens=True),) if case.round else ()
    return _card(ctx, entry.card, *(cover_action(ctx, each) for each in left), *show, code=case.code)


async def _leave_entered(ctx: Context, entry: OutboxEntry) -> Card | None:
    leave = await ctx.uow.get(LeaveEntry, entry.subject)
    if leave.cancelled_at:
        return None
    end = Action("caseload.back", ctx.words("leave.end"), leave.id)
    return _card(ctx, "leave_entered", end, period=leave_words(ctx, leave.first_day, leave.last_day))


async def _member_left(ctx: Context, entry: OutboxEntry) -> Card | None:
    person, group = await ctx.uow.get(Person, entry.subject), await ctx.uow.get(Group, entry.args["group"])
    overview = Action("supervision.overview", ctx.words("overview.open"), opens=True)
    return _card(ctx, "member_left", overview, name=person.name, group=group.name)


async def _sheet_ready(ctx: Context, entry: OutboxEntry) -> Card | None:
    round_ = await ctx.uow.get(Round, entry.subject)
    group = await ctx.uow.get(Group, round_.group)
    sheet = Action("round.sheet", ctx.words("sheet.title"), round_.id, look="primary")
    return _card(ctx, "sheet_ready", sheet, name=ctx.words("round.number", group=group.name, number=round_.number))


async def _own_case_waits(ctx: Context, entry: OutboxEntry) -> Card | None:
    case = await my_case(ctx, entry.subject)
    if not case.open or case.published_at:
        return None
    page = Action("case.page", ctx.words("case.open"), case.id, opens=True)
    why = ctx.words(f"case.waits.{entry.args.get('why', 'nobody')}")
    return _card(ctx, "own_case_waits", page, code=case.code, why=why)


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


async def _sign_request(ctx: Context, entry: OutboxEntry) -> Card | None:
    request = await ctx.uow.get(SignRequest, entry.subject)
    if request.answered_at:
        return None
    person = await ctx.uow.get(Person, request.person)
    look = Action("log.sign.look", ctx.words("sign.look"), request.id, look="primary", opens=True)
    return _card(ctx, "sign_request", look, name=person.name)


async def _entries_signed(ctx: Context, entry: OutboxEntry) -> Card | None:
    text = ctx.words.count("notice.entries_signed.text", int(entry.args["count"]))
    title = ctx.words("notice.entries_signed.title")
    return Card(
        "notice.entries_signed",
        title,
        (Text(line(text)),),
        (Action("log.open", ctx.words("log.open"), opens=True),),
        text,
    )


async def _signature_gone(ctx: Context, entry: OutboxEntry) -> Card | None:
    day = ctx.words.day(date.fromisoformat(entry.args["day"]), year=True)
    text, title = ctx.words("notice.signature_gone.text", day=day), ctx.words("notice.signature_gone.title")
    return Card(
        "notice.signature_gone",
        title,
        (Text(line(text)),),
        (Action("log.open", ctx.words("log.open"), opens=True),),
        text,
    )


async def _nudge(ctx: Context, entry: OutboxEntry) -> Card | None:
    """A supervisor's word; it lost its point when nothing is due any more."""
    rhythm = await rhythm_of(ctx, ctx.me, await person_policy(ctx, ctx.me))
    rows = await review_rows(ctx, only_open=True)
    due = [ctx.words(f"rhythm.{kind}") for kind, at in rhythm.items() if at.state in {State.OVERDUE, State.DUE_SOON}]
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
    "round_open": NoticeKind(_round_open, Ring.ASKS),
    "please_present": NoticeKind(_please_present, Ring.ASKS),
    "round_published": NoticeKind(_round_published, Ring.STATE, only_edit=True),
    "round_spared": NoticeKind(_round_published, Ring.AWAITED),
    "plan_ready": NoticeKind(_plan_ready, Ring.ASKS),
    "assigned": NoticeKind(_assigned, Ring.ASKS),
    "redated": NoticeKind(_assigned, Ring.STATE),
    "review_in": NoticeKind(_review_in, Ring.STATE, only_edit=True),
    "review_left": NoticeKind(_review_left, Ring.STATE, only_edit=True),
    "reminder": NoticeKind(_reminder, Ring.ASKS),
    "reminder_now": NoticeKind(_reminder_now, Ring.STATE, only_edit=True),
    "answers_in": NoticeKind(_answers_in, Ring.AWAITED),
    "review_moved": NoticeKind(_assignment_gone, Ring.FREES),
    "case_gone": NoticeKind(_assignment_gone, Ring.FREES),
    "case_closed": NoticeKind(_assignment_gone, Ring.FREES),
    "case_ended": NoticeKind(_case_ended, Ring.AWAITED),
    "case_in": NoticeKind(_case_in, Ring.STATE, only_edit=True),
    "case_published": NoticeKind(_own_case, Ring.AWAITED),
    "case_redated": NoticeKind(_case_redated, Ring.STATE),
    "question_asked": NoticeKind(_question_asked, Ring.ASKS),
    "questions_answered": NoticeKind(_questions_answered, Ring.STATE, only_edit=True),
    "reviews_released": NoticeKind(_reviews_released, Ring.AWAITED),
    "takeaway_kept": NoticeKind(_takeaway_kept, Ring.STATE, only_edit=True),
    "late_review": NoticeKind(_reviews_released, Ring.AWAITED),
    "takeaway_in": NoticeKind(_takeaway_in, Ring.AWAITED),
    "text_gone": NoticeKind(_text_gone, Ring.STATE, only_edit=True),
    "case_waits": NoticeKind(_for_supervisor, Ring.ASKS),
    "own_case_waits": NoticeKind(_own_case_waits, Ring.AWAITED),
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
    "passkey_added": NoticeKind(_plain, Ring.AWAITED),
    "passkey_removed": NoticeKind(_plain, Ring.AWAITED),
    "workspace_refused": NoticeKind(workspace_refused, Ring.ASKS),
    "first_round": NoticeKind(first_round, Ring.ASKS),
    "account_refused": NoticeKind(account_refused, Ring.ASKS),
    "data_request": NoticeKind(data_request, Ring.ASKS),
    "connected": NoticeKind(_connected, Ring.AWAITED, any_hour=True),
    "case_gone_agreement": NoticeKind(_plain, Ring.AWAITED),
    "look_withdrawn": NoticeKind(_plain, Ring.AWAITED),
    "not_reached": NoticeKind(_plain, Ring.ASKS),
    "leave_entered": NoticeKind(_leave_entered, Ring.AWAITED),
    "nudge": NoticeKind(_nudge, Ring.ASKS),
    "sign_request": NoticeKind(_sign_request, Ring.ASKS),
    "entries_signed": NoticeKind(_entries_signed, Ring.AWAITED),
    "signature_gone": NoticeKind(_signature_gone, Ring.AWAITED),
    "absences_changed": NoticeKind(dates.absences_changed, Ring.ASKS),
    "absences_unread": NoticeKind(dates.absences_unread, Ring.ASKS),
    "leave_ended": NoticeKind(_plain, Ring.AWAITED),
    "leave_undone": NoticeKind(_plain, Ring.AWAITED),
    "leaving": NoticeKind(leaving, Ring.ASKS),
    "left": NoticeKind(left, Ring.ASKS, any_hour=True),
    "person_left": NoticeKind(dates.about_person, Ring.ASKS),
    "member_left": NoticeKind(_member_left, Ring.AWAITED),
    "sheet_ready": NoticeKind(_sheet_ready, Ring.AWAITED),
    "mode_entered": NoticeKind(_plain, Ring.AWAITED),
    "welcome": NoticeKind(welcome_card, Ring.AWAITED),
    "out_of_reach": NoticeKind(out_of_reach, Ring.ASKS),
    "draft_waits": NoticeKind(draft_waits, Ring.ASKS),
    "draft_over": NoticeKind(draft_over, Ring.STATE, only_edit=True),
    "cover_over": NoticeKind(_cover_over, Ring.FREES),
    "case_covered": NoticeKind(_own_case, Ring.ASKS),
    "cover_impossible": NoticeKind(_own_case, Ring.ASKS),
}


def rings(entry: OutboxEntry) -> bool:
    """Whether a notice is a new message; of what its reader did themselves it never is."""
    return entry.card in NOTICES and NOTICES[entry.card].rings and OWN not in entry.args


def only_edit(entry: OutboxEntry) -> bool:
    """Whether a notice is nothing but the update of a message."""
    return NOTICES[entry.card].only_edit or OWN in entry.args


TO_LEAVERS = frozenset({"left"})
"""What is sent to somebody who has no access any more."""
