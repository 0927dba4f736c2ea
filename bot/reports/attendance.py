"""The attendance sheet of a round that is over, and that of a group over a span of days: dates, themes as
agenda, who took part, and room for minutes and names.

Nobody's part stands on it: who presented and who reviewed are one list in order of names, and minutes, which would
tell the two apart, are left to be written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.reports.pdf import Pdf
from bot.reports.words import Words


@dataclass(frozen=True)
class Attendance:
    """One round: its group and number, first and last day, how many cases, their themes in words, who took part."""

    organisation: str
    group: str
    number: int
    first: date
    last: date
    cases: int
    themes: Sequence[str]
    people: Sequence[str]


def attendance_pdf(sheet: Attendance, *, words: Words, language: str) -> bytes:
    """The sheet as PDF in a language (a CLDR code)."""
    first, last = _days(sheet.first, sheet.last, language)
    title = words["round.number"].format(group=sheet.group, number=sheet.number)
    pdf = Pdf(words["sheet.title"], words=words, language=language, footer=f"{sheet.organisation} · {title}")
    pdf.paragraph(f"{sheet.organisation} · {title}")
    pdf.paragraph(words["log.period"].format(first=first, last=last))
    pdf.paragraph(words["sheet.agenda"], "heading")
    themes = ", ".join(sheet.themes) or words["sheet.no_themes"]
    pdf.paragraph(f"{words['report.cases']}: {sheet.cases} · {themes}")
    head = [words["sheet.name"], words["log.minutes"], words["sheet.signature"]]
    pdf.paragraph(words["sheet.present"].format(n=len(sheet.people)), "heading")
    pdf.table(head, [[name, "", ""] for name in sheet.people], (5, 2, 5), to_sign=True)
    pdf.paragraph(words["sheet.note"], "small")
    pdf.signature_lines([words["sheet.leader"]])
    return pdf.bytes()


def group_attendance_pdf(
    sheets: Sequence[Attendance], first: date, last: date, *, words: Words, language: str
) -> bytes:
    """The rounds of one group that ended between two days, in order, and beside each person in which they took part."""
    organisation, group = sheets[0].organisation, sheets[0].group
    begin, end = _days(first, last, language)
    title = f"{organisation} · {group}"
    pdf = Pdf(words["sheet.title"], words=words, language=language, footer=title)
    pdf.paragraph(title)
    pdf.paragraph(words["log.period"].format(first=begin, last=end))
    pdf.paragraph(words["sheet.agenda"], "heading")
    rounds = []
    for sheet in sheets:
        opened, closed = _days(sheet.first, sheet.last, language)
        days = words["log.period"].format(first=opened, last=closed)
        themes = ", ".join(sheet.themes) or words["sheet.no_themes"]
        rounds.append([str(sheet.number), days, str(sheet.cases), themes])
    head = [words["sheet.round"], words["log.date"], words["report.cases"], words["log.themes"]]
    pdf.table(head, rounds, (2, 4, 2, 5))
    attended: dict[str, list[str]] = {}
    for sheet in sheets:
        for name in sheet.people:
            attended.setdefault(name, []).append(str(sheet.number))
    pdf.paragraph(words["sheet.present"].format(n=len(attended)), "heading")
    rows = [[name, ", ".join(numbers), "", ""] for name, numbers in sorted(attended.items())]
    head = [words["sheet.name"], words["sheet.round"], words["log.minutes"], words["sheet.signature"]]
    pdf.table(head, rows, (4, 3, 2, 4), to_sign=True)
    pdf.paragraph(words["sheet.note"], "small")
    pdf.signature_lines([words["sheet.leader"]])
    return pdf.bytes()


def _days(first: date, last: date, language: str) -> tuple[str, str]:
    from babel.dates import format_date

    return str(format_date(first, "medium", locale=language)), str(format_date(last, "medium", locale=language))
