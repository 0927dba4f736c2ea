"""A published report comes back equal, also after somebody was erased."""

from __future__ import annotations

import json

from bot.domain.policy import Policy
from bot.reports.published import dump, forget, load
from bot.reports.quarterly import quarterly
from tests.unit.reports.quarters import AFTER, Q, shown_report, therapist


def test_a_report_comes_back_equal_from_json() -> None:
    report = shown_report()
    again = load(json.loads(json.dumps(dump(report))))
    assert again == report
    assert again.check_sum == report.check_sum


def test_an_erased_person_leaves_no_id_and_the_published_numbers_stay() -> None:
    people = [therapist(n, "AB"[n % 2]) for n in range(12)]
    first = quarterly(people, Q, today=AFTER, policy=Policy())
    kept = forget(first, "p0", mark="gone-1")
    assert "p0" not in json.dumps(dump(kept))
    second = quarterly(people[1:], Q, today=AFTER, policy=Policy(), published=kept)
    assert [row.numbers for row in second.rows] == [row.numbers for row in first.rows]
    assert forget(kept, "p0", mark="gone-2") == kept


def test_a_report_kept_under_the_earlier_names_of_its_columns_is_read_under_those_of_today() -> None:
    report = shown_report()
    earlier = json.dumps(dump(report)).replace("own_within", "own_on_time").replace("gap_within", "gap_on_time")
    assert load(json.loads(earlier)) == report
