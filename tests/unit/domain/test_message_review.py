"""Message reviews: the lot, marks as they are kept, shares that tell of a group and of nobody in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.message_review import (
    BEHAVIOURS,
    MESSAGES_A_WEEK,
    Marks,
    ReviewedMessage,
    Seen,
    Share,
    drawn_message,
    group_shares,
)

REVIEWERS = ("v", "w", "x", "y", "z")


def message(presenter: str, *said: Seen, name: str = "praise", by: tuple[str, ...] = REVIEWERS) -> ReviewedMessage:
    """Each review says this of one behaviour, and "not seen" of the others."""
    marks = [Marks({**dict.fromkeys(BEHAVIOURS, Seen.NOT_SEEN), name: each}) for each in said]
    return ReviewedMessage(presenter, tuple(zip(by, marks, strict=False)))


def quarter(seen: int, of: int, name: str = "praise") -> list[ReviewedMessage]:
    """So many messages of five presenters and five reviewers; the behaviour is seen in the first ones."""
    messages = []
    for number in range(of):
        by = (REVIEWERS[number % 5], REVIEWERS[(number + 1) % 5])
        said = Seen.SEEN if number < seen else Seen.NOT_SEEN
        messages.append(message("abcde"[number % 5], said, said, name=name, by=by))
    return messages


def test_the_lot_stays_and_falls_on_every_message() -> None:
    assert drawn_message("a", "round_1") == drawn_message("a", "round_1")
    drawn = Counter(drawn_message(f"person {n}", "round_1") for n in range(1_000))
    assert set(drawn) == set(range(1, MESSAGES_A_WEEK + 1))
    assert min(drawn.values()) > 150
    asked = [("a", "round_1"), ("b", "round_1"), ("a", "round_2"), ("c", "round_9")]
    assert [drawn_message(*each) for each in asked] == [3, 3, 4, 1], "an update draws no other one"


@given(st.dictionaries(st.sampled_from(BEHAVIOURS), st.sampled_from(Seen)), st.sets(st.sampled_from(("tone", "risk"))))
def test_marks_read_back_as_they_were_written(behaviours: dict[str, Seen], look_out: set[str]) -> None:
    marks = Marks(behaviours, tuple(sorted(look_out)))
    assert Marks.of(marks.written()) == marks


def test_prompts_of_a_case_are_no_marks() -> None:
    assert Marks.of(("rapport", "clear", "rapport=perhaps", "agenda=seen")) == Marks({})


def test_a_share_is_of_messages_and_not_of_reviews() -> None:
    shares = group_shares(quarter(14, 26))
    assert shares is not None
    assert (shares.messages, shares.seen["praise"]) == (26, Share(54, many=True))
    assert shares.seen["rapport"] == Share(None, many=False)
    half = [message(p, Seen.SEEN, Seen.GROW, by=(REVIEWERS[n], REVIEWERS[n - 1])) for n, p in enumerate("abcde")]
    counted = group_shares([*half, *quarter(0, 5)])
    assert counted is not None and counted.seen["praise"].percent == 50


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([], "none"),
        (quarter(3, 4), "four presenters"),
        ([replace(each, presenter=each.presenter.replace("e", "a")) for each in quarter(3, 20)], "four presenters"),
        ([message(p, Seen.SEEN, by=("v",)) for p in "abcdef"], "one reviewer"),
        ([*quarter(3, 5), *(message("a", Seen.SEEN) for _ in range(5))], "more than half are one person's"),
        ([ReviewedMessage(p, ()) for p in "abcdefgh"], "no reviews"),
    ],
)
def test_too_few_people_have_no_shares(messages: list[ReviewedMessage], why: str) -> None:
    assert group_shares(messages) is None, why


def test_a_policy_can_ask_for_more_people_and_never_for_fewer() -> None:
    assert group_shares(quarter(5, 10), fewest=6) is None
    assert group_shares(quarter(3, 4), fewest=3) is None
    assert group_shares(quarter(5, 10), fewest=3) is not None


@pytest.mark.parametrize(("seen", "share"), [(0, None), (1, None), (2, 20), (5, 50), (8, 80), (9, None), (10, None)])
def test_a_figure_that_would_tell_of_one_presenter_is_said_in_words(seen: int, share: int | None) -> None:
    shares = group_shares(quarter(seen, 10))
    assert shares is not None
    assert shares.seen["praise"] == Share(share, many=seen > 5)


def test_two_messages_of_one_presenter_are_one_person() -> None:
    messages = quarter(0, 10)
    for number in (0, 5):  # both are a's
        messages[number] = message("a", Seen.SEEN, by=("v",))
    shares = group_shares(messages)
    assert shares is not None and shares.seen["praise"].percent is None


def test_the_card_practises_the_three_that_could_grow_most_often() -> None:
    messages = quarter(0, 25)
    for name, count in (("clear", 9), ("rapport", 6), ("practice", 4), ("procedures", 3), ("praise", 1)):
        for number in range(count):
            presenter, reviews = messages[number].presenter, messages[number].reviews
            marked = tuple((who, Marks({**marks.behaviours, name: Seen.GROW})) for who, marks in reviews)
            messages[number] = ReviewedMessage(presenter, marked)
    shares = group_shares(messages)
    assert shares is not None and shares.card == ("clear", "rapport", "practice")


def test_what_could_grow_for_one_person_alone_is_on_no_card() -> None:
    messages = quarter(0, 10)
    messages[0] = message("a", Seen.GROW, by=("v",))
    shares = group_shares(messages)
    assert shares is not None and shares.card == ()
    messages[1] = message("b", Seen.GROW, by=("w",))
    shares = group_shares(messages)
    assert shares is not None and shares.card == ("praise",), "two people are a group"


def test_who_wrote_half_of_the_messages_is_one_of_a_group_and_a_message_without_a_review_is_none() -> None:
    half = [*quarter(3, 5), *(message("a", Seen.SEEN) for _ in range(3)), ReviewedMessage("b", ())]
    shares = group_shares(half)
    assert shares is not None and shares.messages == 8


def test_a_third_of_the_reviewers_does_not_speak_for_a_message() -> None:
    messages = quarter(0, 10)
    messages[:4] = [message(p, Seen.SEEN, Seen.NOT_SEEN, Seen.NOT_SEEN) for p in "abcd"]
    shares = group_shares(messages)
    assert shares is not None and shares.seen["praise"] == Share(None, many=False)
