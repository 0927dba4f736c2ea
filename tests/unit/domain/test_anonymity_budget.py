"""The anonymity budget: how many people each side could be, whatever the others do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.anonymity_budget import Budget, Colleague, Rules, budget, left_to_supervisors, takers_whoever_presents


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
    assert budget(members, "dk", "da", Rules()).least == 1
    clinics = [*group(3, clinic="a"), Colleague("b", clinic="b", languages=frozenset({"en"}))]
    abroad = budget(clinics, "b", "en", Rules(private=0, within_clinic=False))
    assert (abroad.by_reviewers, abroad.by_presenters) == (1, 1), "nobody else is of another clinic than the reviewer"
    two = budget(group(2), "p0", "en", Rules())
    assert (two.by_reviewers, two.by_presenters) == (1, 1), "somebody it always was"


def test_who_may_present_for_a_supervisor_who_reads_the_reviewers() -> None:
    """Nobody who has a review, is on leave, lacks the language, is apart from a reviewer or shares their clinic."""
    six = [*group(5), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    assert left_to_supervisors(six, ["p0"], "en", Rules()) == 4, "nor the supervisor, who knows"
    assert left_to_supervisors(group(6), ["p0", "p1"], "en", Rules()) == 4
    assert left_to_supervisors(group(6), ["p0"], "sv", Rules()) == 0
    assert left_to_supervisors(group(6), ["p0"], "", Rules()) == 5, "no language asked for"
    away = [*group(5), Colleague("p5", languages=frozenset({"en"}), away=True)]
    assert left_to_supervisors(away, ["p0"], "en", Rules()) == 4
    apart = Rules(pairs=frozenset({frozenset(("p0", "p3"))}))
    assert left_to_supervisors(group(6), ["p0"], "en", apart) == 4
    assert left_to_supervisors(group(6), ["p0", "p1"], "en", apart) == 3, "one of two reviewers is enough"
    halves = [Colleague(f"p{n}", clinic="ab"[n % 2], languages=frozenset({"en"})) for n in range(6)]
    assert left_to_supervisors(halves, ["p0"], "en", Rules(within_clinic=False)) == 3


def test_who_could_take_a_review_over_whoever_presents() -> None:
    """The least over everybody who may present it, who uses their whole private list against those who are free."""
    six = group(6)
    free = ["p2", "p3", "p4"]
    assert takers_whoever_presents(six, ["p0"], free, Rules(private=0)) == 2, "one of the three may present it"
    assert takers_whoever_presents(six, ["p0"], free, Rules(private=1)) == 1
    assert takers_whoever_presents(six, ["p0"], free, Rules(private=5)) == 0
    assert takers_whoever_presents(six, ["p0", *free], free, Rules(private=0)) == 3, "the free have had it"
    assert takers_whoever_presents(six, [m.id for m in six], free, Rules()) == 0, "nobody is left who may present"


def test_twenty_four_members_take_less_than_fifty_milliseconds() -> None:
    members = [*group(23), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    pairs = frozenset(frozenset((f"p{n}", f"p{n + 1}")) for n in range(0, 10, 2))
    begun = process_time()
    budget(members, "p0", "en", Rules(wanted=2, pairs=pairs))
    assert process_time() - begun < 0.05


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_number_is_the_least_that_any_reviewer_or_supervisor_can_narrow_down_to(data: st.DataObject) -> None:
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

    def left_of(one: Colleague, could: list[Colleague]) -> int:
        """With every list this colleague may have."""
        choices = combinations([m for m in could if m is not one], min(private, len(could)))
        return max(1, min((len([m for m in could if m not in named]) for named in choices), default=1))

    reviewers = [m for m in here if meets(who, m)]
    least = [left_of(reviewer, [m for m in here if meets(m, reviewer)]) for reviewer in reviewers]
    assert found.by_reviewers == found.by_presenters == min(least, default=len(here))
    told = [
        len({m.id for m in here if all(meets(m, each) for each in both)} - {supervisor.id})
        for both in combinations(reviewers, min(2, len(reviewers)))
        for supervisor in members
        if supervisor.supervisor and supervisor is not who
    ]
    assert found.by_supervisors == (max(1, min(told)) if told else None)


def test_only_who_reads_the_language_counts_and_the_presenter_always_does() -> None:
    members = [*group(4), *(Colleague(f"q{n}", languages=frozenset({"sv"})) for n in range(3))]
    assert budget(members, "p0", "en", Rules(private=0)).by_reviewers == 3
    assert budget(members, "p0", "sv", Rules(private=0)).by_reviewers == 3, "three readers of Swedish and the presenter"
    assert budget(members, "p0", "", Rules(private=0)).by_reviewers == 6


def test_a_presenter_on_leave_still_counts_for_their_own_case() -> None:
    members = [Colleague("p0", languages=frozenset({"en"}), away=True), *group(5)[1:]]
    assert budget(members, "p0", "en", Rules(private=0)).by_reviewers == 4


def test_a_supervisor_who_presents_does_not_look_at_their_own_case() -> None:
    members = [*group(5), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    assert budget(members, "s", "en", Rules()).by_supervisors is None
    assert budget(group(6), "p0", "en", Rules()).by_supervisors is None
    assert budget([*group(5, supervisor=True)], "p0", "en", Rules()).by_supervisors == 2


def test_a_supervisor_who_may_not_read_the_language_still_leaves_nobody_else_out() -> None:
    members = [*group(5), Colleague("s", supervisor=True)]
    assert budget(members, "p0", "en", Rules()).by_supervisors == 3


def test_the_least_is_the_smaller_number_about_ones_own_case() -> None:
    assert Budget(5, 3, 1, 8).least == 3
    assert Budget(2, 3, 1, 8).least == 2
    assert Budget(2, None, 1, 8).least == 2


def test_up_to_twenty_four_every_choice_is_looked_at_and_beyond_the_group_less_those_who_know() -> None:
    apart = frozenset(frozenset((f"p{n}", f"p{n + 1}")) for n in range(2, 20, 2))
    for size, expected in ((24, 24 - 3 - 2), (25, 25 - 3), (40, 40 - 3)):
        members = [*group(size - 1), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
        assert budget(members, "p0", "en", Rules(pairs=apart)).by_supervisors == expected
    many = [*group(29), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
    nobody = frozenset(frozenset(("p0", m.id)) for m in many[1:])
    assert budget(many, "p0", "en", Rules(pairs=nobody)).by_supervisors == 29, "nobody may review it, so nobody does"
    assert budget(many, "p0", "en", Rules(wanted=40)).by_supervisors == 1


def test_nobody_can_be_narrowed_down_by_whoever_cannot_be_met() -> None:
    alone = [Colleague("p0", clinic="a"), Colleague("p1", clinic="a"), Colleague("p2", clinic="b")]
    found = budget(alone, "p0", "", Rules(private=0, within_clinic=False))
    assert (found.by_reviewers, found.by_presenters) == (2, 2)
    pairs = frozenset({frozenset(("p0", "p1")), frozenset(("p0", "p2"))})
    found = budget(alone, "p0", "", Rules(private=0, pairs=pairs))
    assert (found.by_reviewers, found.by_presenters) == (3, 3), "nobody sees the case, so nobody narrows it down"


def test_the_table_of_the_privacy_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
    for size, private in ((4, 0), (6, 1), (8, 2), (12, 2)):
        members = [*group(size - 1), Colleague("s", languages=frozenset({"en"}), supervisor=True)]
        found = budget(members, "p0", "en", Rules(private=private))
        row = f"| {size} | {found.by_reviewers} | {found.by_supervisors} | {found.by_presenters} |"
        assert row in page, row
