"""The log entry: true or refused, signed once, corrected by appending."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.policy import Mode, Policy
from bot.domain.supervision import (
    CannotSignOwnEntry,
    CannotTakeBackSignature,
    EntryAlreadySigned,
    Facts,
    InvalidEntry,
    MaySignOnlyWhenPresent,
    NotYourEntry,
    Role,
    RoundsFactsStay,
    SupervisionEvent,
    correct,
    current,
    estimated_minutes,
    history,
    sign,
    take_back,
)

T0 = datetime(2027, 1, 10, 12, tzinfo=UTC)
ENTRY = SupervisionEvent(
    id="e1",
    person="p1",
    clinic="c1",
    role=Role.REVIEWER,
    mode=Mode.ICBT,
    days=(date(2027, 1, 5), date(2027, 1, 9)),
    minutes=20,
    minutes_estimated=True,
    group_size=4,
    members=("p2", "p3", "p4"),
    recorded_at=T0,
    learning_point="ask for feedback earlier",
)


def fixed(entry: SupervisionEvent = ENTRY, *, days: int = 1, **kwargs: Any) -> SupervisionEvent:
    return correct(entry, new_id=f"x{days}", by="p1", at=T0 + timedelta(days=days), **kwargs)


def test_an_entry_counts_on_its_last_day_and_keeps_its_words_out_of_reprs() -> None:
    assert ENTRY.day == date(2027, 1, 9)
    assert "feedback" not in repr(ENTRY)


def test_a_correction_of_something_else_keeps_every_day() -> None:
    assert fixed(minutes=30).days == ENTRY.days


def test_every_impossible_field_is_named() -> None:
    with pytest.raises(InvalidEntry) as refused:
        dataclasses.replace(ENTRY, days=(), minutes=0, group_size=0)
    assert refused.value.fields == ("days", "minutes", "group_size", "members")
    with pytest.raises(InvalidEntry) as refused:
        dataclasses.replace(ENTRY, days=(date(2027, 1, 9), date(2027, 1, 5)), minutes=1441)
    assert refused.value.fields == ("days", "minutes")


def test_a_supervisor_or_somebody_present_signs_once() -> None:
    signed = sign(ENTRY, by="p2", at=T0, is_supervisor=False)
    assert signed.is_signed
    assert sign(ENTRY, by="p9", at=T0, is_supervisor=True).signed_by == "p9"
    with pytest.raises(EntryAlreadySigned):
        sign(signed, by="p3", at=T0, is_supervisor=True)
    with pytest.raises(CannotSignOwnEntry):
        sign(ENTRY, by="p1", at=T0, is_supervisor=True)
    with pytest.raises(MaySignOnlyWhenPresent):
        sign(ENTRY, by="p9", at=T0, is_supervisor=False)


def test_a_correction_appends_and_needs_a_new_signature() -> None:
    signed = sign(ENTRY, by="p2", at=T0, is_supervisor=False)
    longer = fixed(signed, minutes=35)
    assert (longer.minutes, longer.minutes_estimated, longer.is_signed) == (35, False, False)
    assert current([signed, longer]) == (longer,)
    assert current([longer, signed], known_at=T0) == (signed,)
    again = fixed(longer, days=2, learning_point="shorter")
    assert again.chain == "e1"
    other = dataclasses.replace(ENTRY, id="e0")
    assert history([again, other, signed, longer], "e1") == (signed, longer, again)
    at_once = correct(signed, new_id="e2", by="p1", at=T0, minutes=40)
    assert history([at_once, signed], "e1") == (signed, at_once), "behind what it corrects, in the same moment"
    assert current([at_once, signed]) == (at_once,)


def test_a_withdrawn_entry_counts_no_more_but_stays_in_the_history() -> None:
    gone = fixed(withdrawn=True)
    assert current([ENTRY, gone]) == ()
    assert len(history([ENTRY, gone], "e1")) == 2


def test_nobody_corrects_the_entry_of_another() -> None:
    with pytest.raises(NotYourEntry):
        correct(ENTRY, new_id="x", by="p2", at=T0, minutes=5)


def test_estimates_by_role() -> None:
    assert estimated_minutes(Role.REVIEWER, 2, Policy()) == 40
    assert estimated_minutes(Role.PRESENTER, 1, Policy()) == 30


@pytest.mark.parametrize(("field", "at", "beyond"), [("minutes", 1, 0), ("minutes", 1440, 1441), ("group_size", 1, 0)])
def test_an_entry_has_minutes_of_one_day_and_somebody_present(field: str, at: int, beyond: int) -> None:
    changed: dict[str, Any] = {"members": (), field: at}
    assert getattr(dataclasses.replace(ENTRY, **changed), field) == at
    with pytest.raises(InvalidEntry) as refused:
        dataclasses.replace(ENTRY, **(changed | {field: beyond}))
    assert field in refused.value.fields


def test_an_entry_counts_in_the_rhythm_on_its_rounds_own_day_if_it_has_one() -> None:
    assert ENTRY.rhythm_day == date(2027, 1, 9)
    assert dataclasses.replace(ENTRY, counts_on=date(2027, 1, 4)).rhythm_day == date(2027, 1, 4)


def test_a_correction_keeps_what_it_does_not_name() -> None:
    full = dataclasses.replace(ENTRY, themes=("ending",))
    assert (fixed(full).themes, fixed(full).learning_point, fixed(full).minutes_estimated) == (
        ("ending",),
        "ask for feedback earlier",
        True,
    )
    named = fixed(full, themes=(), learning_point="", minutes=25)
    assert (named.themes, named.learning_point, named.minutes, named.minutes_estimated) == ((), "", 25, False)
    assert not fixed(dataclasses.replace(full, minutes_estimated=False)).minutes_estimated


def test_a_signature_is_taken_back_by_whoever_gave_it() -> None:
    signed = dataclasses.replace(ENTRY, signed_by="s1", signed_at=T0)
    with pytest.raises(CannotTakeBackSignature):
        take_back(signed, by="s2")
    back = take_back(signed, by="s1")
    assert (back.signed_by, back.signed_at) == (None, None)


def test_the_day_of_a_round_stays_and_the_first_day_of_an_entry_is_remembered() -> None:
    other = Facts(ENTRY.day + timedelta(days=1), ENTRY.type, ENTRY.medium, ENTRY.group_size)
    with pytest.raises(RoundsFactsStay):
        correct(dataclasses.replace(ENTRY, round="rnd_1"), new_id="e2", by="p1", at=T0, facts=other)
    assert fixed(dataclasses.replace(ENTRY, round="rnd_1"), minutes=30).minutes == 30
    by_hand = dataclasses.replace(ENTRY, round=None)
    assert correct(by_hand, new_id="e2", by="p1", at=T0, minutes=30).moved_from is None, "no day was changed"
    once = correct(by_hand, new_id="e2", by="p1", at=T0, facts=other)
    twice = correct(once, new_id="e3", by="p1", at=T0, facts=dataclasses.replace(other, day=ENTRY.day))
    assert (once.moved_from, twice.moved_from) == (ENTRY.day, ENTRY.day)
    assert (once.days, twice.days) == ((other.day,), (ENTRY.day,))
    stays = correct(by_hand, new_id="e2", by="p1", at=T0, facts=dataclasses.replace(other, day=ENTRY.day, group_size=9))
    assert (stays.days, stays.group_size) == (ENTRY.days, 9)
