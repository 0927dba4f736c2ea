"""Reminders: the moments of issue 5, and what is never done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import WorkCalendar
from bot.domain.policy import Policy
from bot.domain.reminders import Decision, OpenReview, Recipient, decide, reminder_moments, supervisor_moment

ZONE = ZoneInfo("Europe/Copenhagen")
EASTER = frozenset({date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 29)})
PERSON = Recipient("Europe/Copenhagen", WorkCalendar(EASTER.__contains__), lambda _: False)
POLICY = Policy()
REVIEW = OpenReview("r1", date(2027, 3, 29), datetime(2027, 3, 15, 8, tzinfo=UTC))


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_easter_monday_waits_for_tuesday_nine_summer_time() -> None:
    moments = reminder_moments(date(2027, 3, 29), PERSON, POLICY)
    assert moments == (local(3, 23, 9), datetime(2027, 3, 30, 7, tzinfo=UTC))  # due day and the day after are one
    monday = decide([replace(REVIEW, reminded_at=local(3, 23, 9))], PERSON, POLICY, local(3, 29, 9))
    assert monday == Decision(look_again_at=local(3, 30, 9))
    assert decide([REVIEW], PERSON, POLICY, local(3, 30, 9)).remind == ("r1",)


def test_the_supervisor_is_told_once_on_the_third_working_day() -> None:
    at = supervisor_moment(date(2027, 3, 29), PERSON, POLICY)
    assert at == local(4, 1, 9)
    assert decide([REVIEW], PERSON, POLICY, at - timedelta(minutes=1)).tell_supervisor == ()
    assert decide([REVIEW], PERSON, POLICY, at).tell_supervisor == ("r1",)
    assert decide([replace(REVIEW, supervisor_told_at=at)], PERSON, POLICY, at).tell_supervisor == ()


def test_what_was_missed_while_down_is_one_message() -> None:
    other = replace(REVIEW, id="r2", due_day=date(2027, 3, 24))
    assert decide([REVIEW, other], PERSON, POLICY, local(3, 31, 14)).remind == ("r1", "r2")
    evening = decide([REVIEW], PERSON, POLICY, local(3, 31, 17))
    assert evening.remind == ()
    assert evening.look_again_at == local(4, 1, 9)
    early = decide([REVIEW], PERSON, POLICY, local(3, 31, 7))
    assert early == Decision(look_again_at=local(3, 31, 9)), "the same morning"


def test_one_message_a_day() -> None:
    written = replace(PERSON, messages_sent=(local(3, 30, 9),))
    decision = decide([REVIEW], written, POLICY, local(3, 30, 11))
    assert decision == Decision(look_again_at=local(3, 31, 9))


def test_on_hold_and_not_reached_are_quiet() -> None:
    late = local(4, 20, 10)
    for quiet in (replace(REVIEW, on_hold=True), replace(REVIEW, reached=False)):
        assert decide([quiet], PERSON, POLICY, late) == Decision()


def test_leave_moves_reminders_and_lateness_and_an_open_end_stops_them() -> None:
    away = replace(PERSON, on_leave=lambda day: date(2027, 3, 30) <= day <= date(2027, 4, 9))
    assert reminder_moments(date(2027, 3, 29), away, POLICY)[-1] == local(4, 12, 9)
    assert supervisor_moment(date(2027, 3, 29), away, POLICY) == local(4, 14, 9)
    gone = replace(PERSON, on_leave=lambda day: day >= date(2027, 3, 20))
    assert decide([REVIEW], gone, POLICY, local(4, 20, 10)) == Decision()


@given(
    st.integers(0, 61 * 24 * 60).map(lambda minutes: local(3, 1, 0) + timedelta(minutes=minutes)),
    st.dates(date(2027, 3, 10), date(2027, 4, 20)),
)
def test_never_outside_hours_and_never_twice(now: datetime, due: date) -> None:
    review = replace(REVIEW, due_day=due)
    decision = decide([review], PERSON, POLICY, now)
    assert decision.look_again_at is None or decision.look_again_at > now
    if decision.remind:
        at = now.astimezone(ZONE)
        assert PERSON.calendar.is_working(at.date())
        assert 9 <= at.hour < 17
        again = replace(PERSON, messages_sent=(now,))
        sent = replace(review, reminded_at=now)
        for later in (now, now + timedelta(minutes=30), now - timedelta(days=2)):
            assert decide([sent], again, POLICY, later).remind == ()


FEBRUARY = date(2027, 2, 10)
"""A Wednesday, with no holiday near."""


def test_two_working_days_before_on_the_day_and_the_day_after() -> None:
    every = reminder_moments(FEBRUARY, PERSON, POLICY)
    assert every == (local(2, 8, 9), local(2, 10, 9), local(2, 11, 9))
    for left_out, moments in (
        ({"reminder_before_working_days": 0}, every[1:]),
        ({"reminder_on_due_day": False}, (every[0], every[2])),
        ({"reminder_after_days": 0}, every[:2]),
    ):
        assert reminder_moments(FEBRUARY, PERSON, POLICY.with_overrides(left_out)) == moments


def test_a_moment_before_the_review_was_given_or_the_last_reminder_is_no_reason_to_write() -> None:
    review = OpenReview("r1", FEBRUARY, local(2, 9, 12))
    assert decide([review], PERSON, POLICY, local(2, 9, 15)) == Decision(look_again_at=local(2, 10, 9))
    assert decide([review], PERSON, POLICY, local(2, 10, 9)).remind == ("r1",)
    told = replace(review, reminded_at=local(2, 10, 9))
    assert decide([told], PERSON, POLICY, local(2, 10, 10)) == Decision(look_again_at=local(2, 11, 9))
    earlier = replace(review, published_at=local(2, 1, 9), reminded_at=local(2, 1, 9))
    assert decide([earlier], PERSON, POLICY, local(2, 8, 9)).remind == ("r1",)


def test_the_next_look_is_at_the_supervisors_moment_when_nothing_comes_before() -> None:
    review = replace(REVIEW, due_day=FEBRUARY, published_at=local(2, 1, 9), reminded_at=local(2, 11, 9))
    assert decide([review], PERSON, POLICY, local(2, 12, 9)) == Decision(look_again_at=local(2, 15, 9))
    at = local(2, 15, 9)
    assert decide([review], PERSON, POLICY, at) == Decision(tell_supervisor=("r1",))


def test_what_comes_up_outside_the_hours_or_on_a_free_day_waits_for_the_next_morning() -> None:
    review = OpenReview("r1", FEBRUARY, local(2, 1, 9))
    for now, at in (
        (local(2, 10, 8, 59), local(2, 10, 9)),
        (local(2, 10, 17), local(2, 11, 9)),
        (local(2, 13, 12), local(2, 15, 9)),
    ):
        assert decide([review], PERSON, POLICY, now).remind == ()
        assert decide([review], PERSON, POLICY, now).look_again_at == at
    assert decide([], PERSON, POLICY, local(2, 13, 12)) == Decision(), "nothing is due, so no morning is waited for"


def test_a_reminders_time_outside_the_hours_is_the_first_of_them() -> None:
    early = POLICY.with_overrides({"reminder_time": "06:00", "messages_from": "10:00", "messages_until": "16:00"})
    assert reminder_moments(FEBRUARY, PERSON, early)[1] == local(2, 10, 10)
    last = early.with_overrides({"reminder_time": "16:00"})
    assert reminder_moments(FEBRUARY, PERSON, last)[1] == local(2, 10, 10)
    inside = early.with_overrides({"reminder_time": "10:30"})
    assert reminder_moments(FEBRUARY, PERSON, inside)[1] == local(2, 10, 10, 30)


def test_a_reminder_that_is_switched_off_is_none_on_the_due_day_either() -> None:
    none = POLICY.with_overrides(
        {"reminder_before_working_days": 0, "reminder_on_due_day": False, "reminder_after_days": 0}
    )
    assert reminder_moments(date(2027, 3, 24), PERSON, none) == ()


def test_the_window_after_todays_message_is_tomorrows_and_after_a_free_day_the_next_working_day() -> None:
    """One message a day; what waits over Easter comes on Tuesday, not on Wednesday."""
    review = replace(REVIEW, due_day=date(2027, 3, 22), supervisor_told_at=local(3, 25, 9))
    wrote = replace(PERSON, messages_sent=(local(3, 22, 9),))
    assert decide([review], wrote, POLICY, local(3, 22, 9)).look_again_at == local(3, 23, 9)
    assert decide([review], PERSON, POLICY, local(3, 28, 12)).look_again_at == local(3, 30, 9)
