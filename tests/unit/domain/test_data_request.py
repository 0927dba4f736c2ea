"""Who may agree to a request to export or erase, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.data_request import OPEN_FOR, DataAct, DataReason, DataRequest, RequestOver, SecondPersonNeeded
from bot.errors import Refusal

NOW = datetime(2027, 1, 18, 8, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
REQUEST = DataRequest("req", "org", DataAct.EXPORT, "about", DataReason.REQUEST, "asker", NOW, NOW + OPEN_FOR)


@pytest.mark.parametrize("at", [NOW, NOW + OPEN_FOR - MOMENT])
def test_a_second_person_agrees_while_the_request_is_open(at: datetime) -> None:
    assert REQUEST.agree("second", at) == replace(REQUEST, agreed_by="second", agreed_at=at)


@pytest.mark.parametrize(
    ("request_", "person", "at", "refusal"),
    [
        (REQUEST, "asker", NOW, SecondPersonNeeded),
        (REQUEST, "about", NOW, SecondPersonNeeded),
        (REQUEST, "second", NOW + OPEN_FOR, RequestOver),
        (REQUEST.agree("second", NOW), "third", NOW + MOMENT, RequestOver),
        (REQUEST.agree("second", NOW), "second", NOW + MOMENT, RequestOver),
    ],
    ids=["own", "about_oneself", "too_late", "agreed_already", "agreed_by_oneself"],
)
def test_nobody_else_agrees(request_: DataRequest, person: str, at: datetime, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        request_.agree(person, at)
