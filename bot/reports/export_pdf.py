"""A supervision log as a printable PDF in the person's language: entries, totals, corrections, lines to sign on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from bot.domain.supervision import Medium, SupervisionEvent
from bot.reports.goal_words import goal_sentence
from bot.reports.log import OwnLog, Totals, digest, role_key
from bot.reports.pdf import Pdf
from bot.reports.rule_sets import Counted
from bot.reports.words import Words

_COLUMNS = {"date": 10, "role": 9, "mode": 12, "type": 10, "medium": 8, "group": 6, "minutes": 7, "counted": 8,
            "why": 10, "learning_point": 18, "signed": 16}  # fmt: skip
_SHORT_DIGEST = 12


def log_pdf(log: OwnLog, *, name: str, names: Mapping[str, str], printed: date, words: Words, language: str) -> bytes:
    """The log as PDF; `name` is the person's, `names` those of signing people by id, `language` a CLDR code."""
    show = _Show(words, language, names)
    footer = words["log.of"].format(name=name)
    pdf = Pdf(words["log.title"], words=words, language=language, footer=footer, landscape=True)
    pdf.paragraph(footer)
    period = words["log.period"].format(first=show.day(log.first), last=show.day(log.last))
    pdf.paragraph(f"{period} · " + words["log.printed"].format(day=show.day(printed)))
    pdf.paragraph(words["log.rules"].format(name=log.rules.called(language.partition("_")[0])), "heading")
    pdf.paragraph(log.rules.statement(language.partition("_")[0]))
    pdf.paragraph(words["log.disclaimer"])
    _totals(pdf, log, show)
    _entries(pdf, log, show)
    _corrections(pdf, log, show)
    pdf.signature_lines([words["log.signature_person"], words["log.signature_supervisor"]])
    return pdf.bytes()


class _Show:
    """Values as the person's language writes them."""

    def __init__(self, words: Words, language: str, names: Mapping[str, str]) -> None:
        self.words, self.language, self._names = words, language, names

    def day(self, day: date) -> str:
        from babel.dates import format_date

        return str(format_date(day, "medium", locale=self.language))

    def day_of_year(self, day: date) -> str:
        """Without its year."""
        from babel.dates import format_skeleton

        return str(format_skeleton("MMMd", day, locale=self.language))

    def month(self, day: date) -> str:
        """Short, with its year."""
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMM", day, locale=self.language))

    def number(self, value: Fraction) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(round(float(value), 2), format="#,##0.##", locale=self.language))

    def days(self, entry: SupervisionEvent) -> str:
        first, last = self.day(entry.days[0]), self.day(entry.days[-1])
        return first if first == last else f"{first} – {last}"

    def minutes(self, entry: SupervisionEvent) -> str:
        return f"≈ {entry.minutes}" if entry.minutes_estimated else str(entry.minutes)

    def signed(self, entry: SupervisionEvent) -> str:
        if entry.signed_at is None or entry.signed_by is None:
            return self.words["log.not_signed"]
        outside = self.words["log.signed_by_link"].format(name=entry.signer) if entry.signer else ""
        who = outside or self._names.get(entry.signed_by, entry.signed_by)
        by = self.words["log.signed_by"].format(name=who, day=self.day(entry.signed_at.date()))
        return f"{by} · {digest(entry)[:_SHORT_DIGEST]}"

    def kind(self, entry: SupervisionEvent) -> str:
        """Type and method, who supervised, and the professions of who took part."""
        method = f", {self.words[f'log.method.{entry.method}']}" if entry.method else ""
        kind = f"{self.words[f'log.type.{entry.type}']}{method}"
        return " · ".join(part for part in (kind, entry.supervisor, entry.professions) if part)

    def row(self, line: Counted) -> list[str]:
        entry, words = line.entry, self.words
        return [
            self.days(entry),
            words[role_key(entry)],
            words[f"log.mode.{entry.mode}"],
            self.kind(entry),
            words[f"log.medium.{entry.medium}"],
            str(entry.group_size),
            self.minutes(entry),
            self.number(line.minutes),
            words[f"log.reason.{line.reason}"],
            entry.learning_point,
            self.signed(entry),
        ]


def _entries(pdf: Pdf, log: OwnLog, show: _Show) -> None:
    if not log.lines:
        pdf.paragraph(show.words["log.empty"])
        return
    head = [show.words[f"log.{column}"] for column in _COLUMNS]
    pdf.table(head, [show.row(line) for line in log.lines], list(_COLUMNS.values()), numbers=(5, 6, 7))
    if any(line.entry.minutes_estimated for line in log.lines):
        pdf.paragraph(show.words["log.estimate_note"], "small")
    if any(line.entry.is_signed and line.entry.round for line in log.lines):
        pdf.paragraph(show.words["log.signed_days_note"], "small")


def _totals(pdf: Pdf, log: OwnLog, show: _Show) -> None:
    words = show.words
    pdf.paragraph(words["log.totals"], "heading")
    counted = words["log.counted_hours"].format(minutes=log.rules.hour_minutes)
    head = [words["log.span"], words["log.events"], words["log.hours"], words["log.of_which_signed"],
            words["log.of_which_estimated"], counted]  # fmt: skip

    def row(label: str, totals: Totals) -> list[str]:
        hours = [Fraction(m, 60) for m in (totals.minutes, totals.signed_minutes, totals.estimated_minutes)]
        hours.append(log.rules.hours(totals.counted))
        return [label, str(totals.events), *map(show.number, hours)]

    def up_to(key: str, totals: Totals) -> str:
        return words[key].format(day=show.day(totals.last))

    rows = [
        row(words["log.this_period"], log.period),
        row(up_to("log.last_12_months", log.last_12_months), log.last_12_months),
        row(up_to("log.last_5_years", log.last_5_years), log.last_5_years),
    ]
    pdf.table(head, rows, [3, 2, 2, 2, 2, 3], numbers=(1, 2, 3, 4, 5))
    for result in log.goals:
        pdf.paragraph(f"{words['log.goal']}: {goal_sentence(result, words=words, show=show)}")
    if log.rules.source and any(line.minutes and line.entry.medium is Medium.WRITTEN for line in log.lines):
        pdf.paragraph(words["log.written_note"], "small")
    gaps = log.rules.gaps(show.language.partition("_")[0])
    if gaps:
        pdf.paragraph(words["log.not_compared"].format(text=gaps), "small")
    if log.rules.source and log.rules.read:
        pdf.paragraph(words["log.source"].format(source=log.rules.source, day=show.day(log.rules.read)), "small")


def _corrections(pdf: Pdf, log: OwnLog, show: _Show) -> None:
    if not log.earlier:
        return
    pdf.paragraph(show.words["log.history"], "heading")
    head = [show.words[f"log.{key}"] for key in ("date", "type", "group", "minutes", "learning_point", "signed")]
    rows = [
        [
            show.days(e),
            show.kind(e),
            str(e.group_size),
            show.minutes(e),
            e.learning_point,
            show.words["log.withdrawn"] if e.withdrawn else show.signed(e),
        ]
        for versions in log.earlier.values()
        for e in versions
    ]
    pdf.table(head, rows, [4, 5, 3, 2, 6, 7], numbers=(2, 3))
