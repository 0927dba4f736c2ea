"""Therapists and reports of a quarter."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.caseload import Caseload, Mode, ModeChange
from bot.domain.chances import Asked, Chances
from bot.domain.policy import Policy
from bot.reports.periods import Quarter
from bot.reports.quarterly import Report, quarterly
from bot.reports.sheets import CaseFact, Followed

P = Policy()


Q = Quarter(2027, 1)


AFTER = date(2027, 4, 10)


T0 = datetime(2020, 1, 1, tzinfo=UTC)


def day(offset: int) -> date:
    return date(2027, 1, 1) + timedelta(days=offset)


def therapist(n: int, clinic: str = "A", *, every: int = 14, **changes: Any) -> Followed:
    days = tuple(day(offset) for offset in range(-28, 100, every))
    made = Followed(f"p{n}", clinic, Caseload(), since=date(2026, 12, 1), event_days=days, own_case_days=days[::2])
    return dataclasses.replace(made, **changes)


def asked(*rounds: tuple[int, bool], offered: tuple[int, ...] = ()) -> Chances:
    """One review a round, published on a day and due a week later, met or not."""
    reviews = tuple(Asked(f"r{n}", day(n), day(n + 7), done=done) for n, done in rounds)
    return Chances(reviews, tuple(day(n) for n in offered), window=7)


def shown_report() -> Report:
    switch = ModeChange("p", Mode.F2F, day(-100), "", T0)
    met = asked((0, True), (14, True), (28, False))
    cases = (CaseFact(day(5), day(12), ("sleep",)), CaseFact(day(40), day(45), ("worry", "drop_out")))
    people = [therapist(n, "Aarhus", chances=met, cases=cases, reviews=(day(3), day(17))) for n in range(9)]
    people += [therapist(n, "Malmö", every=16, chances=met, caseload=Caseload(modes=(switch,))) for n in range(20, 27)]
    people += [therapist(n, "Kiel", every=21, chances=met) for n in range(30, 42)]
    people += [therapist(n, "Kiel", chances=met, caseload=Caseload(modes=(switch,))) for n in range(50, 52)]
    first = quarterly(people, Q, today=AFTER, policy=P)
    people[0] = therapist(0, "Aarhus", chances=met, cases=(*cases, CaseFact(day(60))), reviews=(day(3), day(17)))
    return quarterly(people, Q, today=AFTER, policy=P, published=first)
