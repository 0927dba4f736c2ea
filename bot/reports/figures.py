"""Every figure of a report with its sentence: what was counted, of how many, in words that need no legend."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bot.reports.quarterly import Numbers, RoundsOut
from bot.reports.ranges import Over, is_range
from bot.reports.words import Words
from bot.reports.yearly import Board


@dataclass(frozen=True)
class Figure:
    """A label, the value as shown, and the sentence that says what it means."""

    label: str
    value: str
    sentence: str


def quarter_sentences(numbers: Numbers, *, words: Words, language: str) -> list[str]:
    """What a line of the quarterly report says, one sentence a figure; nothing about what was not measured."""
    say = _Say(words, language)
    return [
        *say("say.therapists", numbers.therapists, n=numbers.therapists),
        *say("say.coverage", numbers.coverage, n=numbers.coverage),
        *say(on_time_key(numbers.met), numbers.on_time, n=numbers.on_time, asked=numbers.asked, met=numbers.met),
        *say("say.own", numbers.own_within, n=numbers.own_within),
        *say(
            gaps_key(numbers.gap_within),
            numbers.gap_p90,
            median=numbers.gap_median,
            p90=numbers.gap_p90,
            n=numbers.gap_within,
        ),
        *say(
            "say.work",
            numbers.cases if numbers.reviews is not None else None,
            cases=numbers.cases,
            reviews=numbers.reviews,
        ),
        *say("say.turnaround", numbers.turnaround, days=numbers.turnaround),
    ]


def rounds_sentence(out: RoundsOut | None, *, words: Words, language: str) -> list[str]:
    """How many rounds went out in a quarter and when the last one did; nothing where it was not counted."""
    from babel.dates import format_date

    if out is None:
        return []
    if out.last is None:
        return [words["say.rounds.never"]]
    say, day = _Say(words, language), str(format_date(out.last, "medium", locale=language))
    key = "say.rounds" if out.number else "say.rounds.none"
    return [words[key].format(n=say.number(out.number), day=day, days=say.number(out.days_before_end))]


def year_figures(page: Board, *, words: Words, language: str) -> list[Figure]:
    """The year for the board, most telling first; empty where the year is hidden."""
    n = page.numbers
    if n is None:
        return []
    say = _Say(words, language)
    rows: list[tuple[str, str, list[str]]] = []
    if n.coverage is not None:
        rows.append(("report.year.coverage", say.percent(n.coverage), say("say.year.coverage", 1, n=n.coverage)))
    if n.on_time is not None:
        about = {"n": n.on_time, "asked": n.asked, "met": n.met}
        rows.append(("report.year.on_time", say.percent(n.on_time), say(on_time_key(n.met), 1, **about)))
    if n.own_within is not None:
        rows.append(("report.year.own", say.percent(n.own_within), say("say.year.own", 1, n=n.own_within)))
    if n.gap_p90 is not None:
        days = {"median": n.gap_median, "p90": n.gap_p90, "n": n.gap_within}
        key = "say.year.gaps" if n.gap_within is not None else "say.year.gaps.days"
        rows.append(("report.year.gaps", say.number(n.gap_p90), say(key, 1, **days)))
    if n.cases is not None and n.reviews is not None:
        rows.append(("report.year.work", say.number(n.cases), say("say.work", 1, cases=n.cases, reviews=n.reviews)))
    minutes = {"hours": n.hours, "n": n.estimated}
    key = "say.hours" if n.estimated else "say.hours.declared"
    rows.append(("report.year.hours", say.number(n.hours), say(key, 1, **minutes)))
    if n.hours_per_post is not None:
        rows.append(("report.year.per_post", say.number(n.hours_per_post), say("say.per_post", 1, n=n.hours_per_post)))
    if n.waiting is not None:
        rows.append(("report.year.waiting", say.number(n.waiting), say("say.waiting", 1, n=n.waiting)))
    if n.used is not None:
        rows.append(("report.year.used", say.percent(n.used), say("say.used", 1, n=n.used)))
    if n.told is not None:
        rows.append(("report.year.told", say.percent(n.told), say("say.told", 1, n=n.told)))
    rows += _of_risk(page, say)
    marked = {label for label, names in _FIGURES.items() if page.year_revised & names}
    return [
        Figure(words[label], f"{value}*" if label in marked else value, sentence) for label, value, (sentence,) in rows
    ]


_FIGURES = {
    "report.year.coverage": {"coverage"},
    "report.year.on_time": {"on_time", "asked", "met"},
    "report.year.own": {"own_within"},
    "report.year.gaps": {"gap_p90", "gap_median", "gap_within"},
    "report.year.work": {"cases", "reviews"},
    "report.year.hours": {"hours", "estimated"},
    "report.year.per_post": {"hours_per_post"},
    "report.year.waiting": {"waiting"},
    "report.year.used": {"used"},
    "report.year.told": {"told"},
    "report.year.risk": {"risks", "risk_minutes"},
}
"""The numbers that each figure of the year's page says."""


def on_time_key(met: int | None) -> str:
    """The sentence with how often a round was met, or without where that would say too much."""
    return "say.on_time" if met is not None else "say.on_time.range"


def gaps_key(within: int | None) -> str:
    """The sentence with the share within the target, or without where that would say too much."""
    return "say.gaps" if within is not None else "say.gaps.days"


def _of_risk(page: Board, say: _Say) -> list[tuple[str, str, list[str]]]:
    n = page.numbers
    if n is None or not page.risks_shown:
        return []
    label = "report.year.risk"
    if n.risks is None:
        return [(label, f"< {page.minimum}", say("say.risk.few", 1, minimum=page.minimum))]
    if n.risks == 0:
        return [(label, "0", say("say.risk.none", 1))]
    if n.risk_minutes is None:
        return [(label, say.number(n.risks), say("say.risk.count", 1, n=n.risks))]
    return [(label, say.number(n.risks), say("say.risk", 1, n=n.risks, minutes=n.risk_minutes))]


class _Say:
    """Fills sentences with numbers in the reader's form."""

    def __init__(self, words: Words, language: str) -> None:
        self._words, self._language = words, language

    def __call__(self, key: str, known: int | Fraction | None, **values: int | Fraction | None) -> list[str]:
        """The sentence, or none where its figure was not measured."""
        if known is None:
            return []
        text = self._words[key].format(**{name: self.number(value) for name, value in values.items()})
        return [". ".join(part[:1].upper() + part[1:] for part in text.split(". "))]

    def percent(self, value: int) -> str:
        """With the sign as the language sets it: "80%", in German "80 %"."""
        from babel.numbers import format_percent

        exact = str(format_percent(value / 100, locale=self._language))
        return self._bound(value, exact) if is_range(value) else exact

    def number(self, value: int | Fraction | None) -> str:
        """At most one decimal."""
        from babel.numbers import format_decimal

        if value is None:
            return "–"
        exact = str(format_decimal(float(value), format="#,##0.#", locale=self._language))
        return self._bound(value, exact) if is_range(value) else exact

    def _bound(self, value: object, exact: str) -> str:
        """In words: "over 90", "under 5"."""
        key = "say.over" if isinstance(value, Over) else "say.under"
        return self._words[key].format(n=exact)
