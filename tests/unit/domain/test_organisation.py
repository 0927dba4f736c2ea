"""Membership by day, and where people and clinics stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.organisation import Clinic, Membership, member_since
from bot.domain.person import Contact, Person, Reach, Role

START = date(2027, 1, 4)
NOW = datetime(2027, 1, 4, tzinfo=UTC)


def member(joined: int, left: int | None = None) -> Membership:
    last = None if left is None else START + timedelta(days=left)
    return Membership(f"m{joined}", "org", "grp", "per", START + timedelta(days=joined), last)


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (9, True), (10, False)])
def test_a_membership_holds_on_both_its_ends(day: int, holds: bool) -> None:
    assert member(0, 9).holds_on(START + timedelta(days=day)) is holds
    assert member(0).holds_on(START + timedelta(days=day)) is (day >= 0)


@pytest.mark.parametrize(
    ("memberships", "since"),
    [
        ([], None),
        ([member(0)], 0),
        ([member(50)], 50),
        ([member(51)], None),
        ([member(0, 9), member(10)], 0),
        ([member(0, 9), member(11)], 11),
        ([member(11), member(0, 9)], 11),
        ([member(0, 9), member(60)], 0),
        ([member(0, 30), member(5, 9), member(20, 40), member(41)], 0),
        ([member(0, 30), member(5, 9), member(32)], 32),
        ([member(0), member(20, 25), member(40)], 0),
        ([member(0, 9), member(5), member(40)], 0),
    ],
)
def test_whoever_comes_back_after_a_while_starts_anew(memberships: list[Membership], since: int | None) -> None:
    expected = None if since is None else START + timedelta(days=since)
    assert member_since(memberships, START + timedelta(days=50)) == expected


def test_a_clinic_writes_in_its_own_language_else_its_countrys() -> None:
    clinic = Clinic("c", "org", "Lund", "se", "Europe/Stockholm")
    assert (clinic.writes, replace(clinic, language="en").writes, replace(clinic, country="PL").writes) == (
        "sv",
        "en",
        "",
    )


def test_a_removed_person_is_not_active_and_has_any_of_the_roles_named() -> None:
    person = Person("p", "org", "A", "a@x.example", "c", frozenset({Role.THERAPIST}), NOW)
    assert person.active
    assert not replace(person, removed_at=NOW).active
    assert person.has(Role.THERAPIST, Role.ADMIN)
    assert not person.has(Role.SUPERVISOR, Role.ADMIN)


@pytest.mark.parametrize(
    ("failed", "shut", "reach"),
    [
        (None, "", Reach.REACHABLE),
        (None, "blocked", Reach.REACHABLE),
        (NOW, "blocked", Reach.BLOCKED),
        (NOW, "left", Reach.LEFT),
        (NOW, "", Reach.LEFT),
    ],
)
def test_an_address_is_reached_until_a_delivery_failed_for_good(
    failed: datetime | None, shut: str, reach: Reach
) -> None:
    assert Contact("c", "org", "p", "slack", "T", "U", failed_at=failed, shut=shut).reach is reach
