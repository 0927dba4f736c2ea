"""How much of a person is there for reviews: the share of a full post, the days present, the groups they review in."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bot.domain.caseload import Caseload, decimal


def review_weight(caseload: Caseload, first: date, last: date, *, groups: int = 1) -> Fraction:
    """A person's part in the reviews of a round that goes out on `first` and whose reviews are due on `last`.

    The share of a full post on `first`, times the days of first..last that are no leave, divided by the `groups` that
    share the person at that time; of all this the part that a limit of their own leaves. 0 for who is away throughout.
    """
    days = (last - first).days + 1
    present = days - caseload.days_of_leave(first, last)
    own = caseload.limit_on(first)
    part = Fraction(own.percent, 100) if own and own.percent is not None else Fraction(1)
    share = decimal(caseload.fte_on(first)) * part / groups
    return share if present == days else share * Fraction(present, days)
