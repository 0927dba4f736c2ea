"""The anonymity budget: how many people each side could be, whatever the others do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.anonymity_budget import Colleague, Rules, budget


def group(size: int, **fields: Any) -> list[Colleague]:
    return [Colleague(f"p{n}", languages=frozenset({"en"}), **fields) for n in range(size)]


def test_eight_colleagues_with_two_reviewers() -> None:
    members = [*group(7), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    found = budget(members, "p0", "en", Rules())
    assert (found.by_reviewers, found.by_supervisors, found.by_presenters, found.of) == (5, 5, 5, 8)


def test_language_leave_clinic_pairs_and_lists_count() -> None:
    members = group(6)
    members[1] = Colleague("p1", languages=frozenset({"sv"}))
    members[2] = Colleague("p2", languages=frozenset({"en"}), away=True)
    assert budget(members, "p0", "en", Rules(private=0)).by_reviewers == 3
    assert budget(members, "p0", "en", Rules(private=1)).by_reviewers == 2
    halves = [Colleague(f"p{n}", clinic="ab"[n % 2], languages=frozenset({"en"})) for n in range(6)]
    assert budget(halves, "p0", "en", Rules(private=0, within_clinic=False)).by_reviewers == 3
    apart = frozenset({frozenset(("p3", "p4"))})
    assert budget(group(6), "p0", "en", Rules(private=0, pairs=apart)).by_reviewers == 4


def test_whoever_is_alone_with_a_language_is_known() -> None:
    members = [*group(5), Colleague("dk", languages=frozenset({"da", "en"}))]
    assert budget(members, "dk", "da", Rules()).least <= 1


def test_twenty_four_members_take_less_than_fifty_milliseconds() -> None:
    members = [*group(23), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    pairs = frozenset(frozenset((f"p{n}", f"p{n + 1}")) for n in range(0, 10, 2))
    begun = process_time()
    budget(members, "p0", "en", Rules(wanted=2, pairs=pairs))
    assert process_time() - begun < 0.05


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_reviewer_and_no_supervisor_narrows_further_than_the_number(data: st.DataObject) -> None:
    """Every reviewer with every list they may have, every set of reviewers a supervisor may read."""
    size = data.draw(st.integers(4, 8))
    members = [
        Colleague(
            f"p{n}",
            clinic=data.draw(st.sampled_from("ab")),
            languages=frozenset(data.draw(st.sets(st.sampled_from(["en", "sv"]), min_size=1))) | {"en"},
            away=data.draw(st.booleans()) and n > 0,
            supervisor=data.draw(st.booleans()),
        )
        for n in range(size)
    ]
    pair = frozenset(data.draw(st.lists(st.sampled_from([m.id for m in members]), min_size=2, max_size=2, unique=True)))
    private = data.draw(st.integers(0, 2))
    rules = Rules(wanted=2, private=private, within_clinic=data.draw(st.booleans()), pairs=frozenset({pair}))
    found = budget(members, "p0", "en", rules)
    who = members[0]
    here = [m for m in members if m is who or not m.away]

    def meets(one: Colleague, other: Colleague) -> bool:
        apart = frozenset((one.id, other.id)) in rules.pairs
        return one is not other and not apart and (rules.within_clinic or one.clinic != other.clinic)

    reviewers = [m for m in here if meets(who, m)]
    for reviewer in reviewers:
        could = [m for m in here if meets(m, reviewer)]
        for named in combinations([m for m in could if m is not who], min(private, len(could) - 1)):
            assert len([m for m in could if m not in named]) >= found.by_reviewers
    for both in combinations(reviewers, min(2, len(reviewers))):
        left = {m.id for m in here if all(meets(m, each) for each in both)}
        for supervisor in (m for m in members if m.supervisor and m is not who):
            assert found.by_supervisors is not None
            assert max(1, len(left - {supervisor.id})) >= found.by_supervisors


def test_the_table_of_the_privacy_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
    for size, private in ((4, 0), (6, 1), (8, 2), (12, 2)):
        members = [*group(size - 1), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
        found = budget(members, "p0", "en", Rules(private=private))
        row = f"| {size} | {found.by_reviewers} | {found.by_supervisors} | {found.by_presenters} |"
        assert row in page, row
