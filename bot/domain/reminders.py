"""Which reminders are due to one person, and when to look again: a pure decision from dated facts.

Two working days before the due day, on it, and the day after, at the policy's time in the person's own zone; the
supervisor hears of it on the third working day after. Working days here leave out weekends, holidays, closures and
leave; a reminder for such a day waits for the next working one. Everything due by then is one message.
What this file may not know: how a message is written or sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.calendar import NoWorkingDays, WorkCalendar, wall_time, zone_of
from bot.domain.policy import Policy


@dataclass(frozen=True)
class OpenReview:
    """A review that is not in yet. Moments are aware UTC; `due_day` is a day of the reviewer's own zone.

    `reminded_at` and `supervisor_told_at` are the facts of what was sent. Of a case on hold, and of one whose
    reviewer was never reached, nothing is sent and nothing is overdue.
    """

    id: str
    due_day: date
    published_at: datetime
    on_hold: bool = False
    reached: bool = True
    reminded_at: datetime | None = None
    supervisor_told_at: datetime | None = None

    @property
    def quiet(self) -> bool:
        """Whether the clocks of this review stand still."""
        return self.on_hold or not self.reached


@dataclass(frozen=True)
class Recipient:
    """Whom it is about: their IANA zone, their clinic's working days, their leave, when reminders went to them."""

    zone: str
    calendar: WorkCalendar
    on_leave: Callable[[date], bool]
    messages_sent: tuple[datetime, ...] = ()

    @property
    def own_days(self) -> WorkCalendar:
        """The clinic's working days without the person's leave."""
        return self.calendar.without(self.on_leave)


@dataclass(frozen=True)
class Decision:
    """What to do now: one message about `remind`, tell the supervisor of `tell_supervisor` (ids of reviews).

    `look_again_at` is the next moment at which this could change, None if none is known.
    """

    remind: tuple[str, ...] = ()
    tell_supervisor: tuple[str, ...] = ()
    look_again_at: datetime | None = None


def decide(reviews: Sequence[OpenReview], person: Recipient, policy: Policy, now: datetime) -> Decision:
    """What is due at `now` (aware UTC); missed moments of any number count as one.

    With an open-ended leave nothing is due and nothing is planned: ask again when the leave ends.
    """
    try:
        return _decide([r for r in reviews if not r.quiet], person, policy, now)
    except NoWorkingDays:
        return Decision()


def reminder_moments(due_day: date, person: Recipient, policy: Policy) -> tuple[datetime, ...]:
    """When a review due on that day is reminded of, ascending, aware UTC."""
    days = []
    if policy.reminder_before_working_days:
        days.append(person.own_days.add_working_days(due_day, -policy.reminder_before_working_days))
    if policy.reminder_on_due_day:
        days.append(due_day)
    if policy.reminder_after_days:
        days.append(due_day + timedelta(days=policy.reminder_after_days))
    return tuple(sorted({_at(person.own_days.next_working_day(day), person, policy) for day in days}))


def supervisor_moment(due_day: date, person: Recipient, policy: Policy) -> datetime:
    """When the supervisor is told: so many working days of the reviewer after the due day."""
    return _at(person.own_days.add_working_days(due_day, policy.supervisor_told_after_days), person, policy)


def _decide(reviews: Sequence[OpenReview], person: Recipient, policy: Policy, now: datetime) -> Decision:
    due, late, coming = [], [], []
    for review in reviews:
        # A clock that jumped back finds the reminder already sent, in what is now the future.
        since = max(review.published_at, review.reminded_at or review.published_at)
        moments = reminder_moments(review.due_day, person, policy)
        if any(since < at <= now for at in moments):
            due.append(review.id)
        coming += [at for at in moments if at > now]
        told = supervisor_moment(review.due_day, person, policy)
        if told > now:
            coming.append(told)
        elif review.supervisor_told_at is None:
            late.append(review.id)
    if due and not _may_send(person, policy, now):
        coming.append(_next_window(person, policy, now))
        due = []
    return Decision(tuple(due), tuple(late), min(coming, default=None))


def _may_send(person: Recipient, policy: Policy, now: datetime) -> bool:
    """Inside the hours of a working day of theirs, from the reminder's time on, and not yet written to that day."""
    zone = zone_of(person.zone)
    local = now.astimezone(zone)
    sent = sum(at.astimezone(zone).date() >= local.date() for at in person.messages_sent)
    return (
        person.own_days.is_working(local.date())
        and policy.reminders_at <= local.time() < policy.messages_until
        and sent < policy.reminders_per_day
    )


def _next_window(person: Recipient, policy: Policy, now: datetime) -> datetime:
    day = person.own_days.next_working_day(now.astimezone(zone_of(person.zone)).date())
    at = _at(day, person, policy)
    return at if at > now else _at(person.own_days.add_working_days(day, 1), person, policy)


def _at(day: date, person: Recipient, policy: Policy) -> datetime:
    return wall_time(day, policy.reminders_at, person.zone)
