"""The ledger: fair shares only while available, nothing carried over, neither debt nor reward for absence."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.rotation.fairness import PastRound, ahead, balances, standings

PEOPLE = "abcdef"


def past(available: str, **reviews: int) -> PastRound:
    return PastRound(frozenset(available), reviews)


def test_more_than_the_share_is_positive_in_tenths_of_a_review() -> None:
    assert balances([past("abc", a=2, b=1)]) == {"a": 10, "b": 0, "c": -10}


def test_a_round_is_shared_by_how_much_of_each_is_there() -> None:
    """Half a post owes half as many reviews: three of six full posts' worth, one and a half, one and a half."""
    half = {"b": Fraction(1, 2), "c": Fraction(1, 2)}
    log = [PastRound(frozenset("abc"), {"a": 2, "b": 2, "c": 2}, half)]
    assert balances(log) == {"a": -10, "b": 5, "c": 5}


def test_the_coming_round_moves_only_who_is_there_for_less_or_more_than_others() -> None:
    assert ahead("abc", {}, 6) == {"a": 0, "b": 0, "c": 0}
    assert ahead("ab", {"b": Fraction(1, 3)}, 4) == {"a": -10, "b": 10}
    assert ahead("", {}, 4) == {}


def test_an_empty_log_owes_nobody_anything() -> None:
    assert balances([]) == {}


def test_whoever_was_away_is_neither_behind_nor_ahead() -> None:
    log = [past("ab", a=1, b=1)] * 10
    assert balances([*log, past("abc", a=1, b=1, c=1)])["c"] == 0


def test_returning_people_are_not_owed_the_turns_they_missed() -> None:
    """c did one review too many, then was away for long: the credit stands still and grows no further."""
    before = [past("abc", a=0, b=1, c=2)]
    assert balances(before)["c"] == balances([*before, *[past("ab", a=3, b=3)] * 8])["c"] == 10


def test_a_declined_review_counts_for_the_one_who_did_it() -> None:
    """b declined and a took over: the balance says who did how much, nothing else."""
    assert balances([past("ab", a=1, b=0)]) == {"a": 5, "b": -5}


def test_a_balance_never_exceeds_three_reviews() -> None:
    assert balances([past("ab", a=9)] * 5) == {"a": 30, "b": -30}


def test_a_clamped_balance_is_still_computed_from_everything() -> None:
    """Evened out again, the balance is back at nought: the clamp hides, it does not forget."""
    assert balances([past("ab", a=9)] * 2 + [past("ab", b=9)] * 2) == {"a": 0, "b": 0}


logs = st.lists(
    st.builds(
        lambda available, counts: PastRound(available, {m: n for m, n in counts.items() if m in available}),
        st.frozensets(st.sampled_from(PEOPLE)),
        st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 3)),
    ),
    max_size=12,
)


@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_rounds_does_not_matter_and_the_books_balance(log: list[PastRound], chance) -> None:  # type: ignore[no-untyped-def]  # hypothesis's own type is not exported
    shuffled = list(log)
    chance.shuffle(shuffled)
    accounts = standings(log)
    assert accounts == standings(shuffled)
    assert sum((s.done - s.fair for s in accounts.values()), Fraction(0)) == 0
