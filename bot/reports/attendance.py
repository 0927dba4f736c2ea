"""The attendance sheet of a round that is over: dates, themes as agenda, who took part, and room for minutes and names.

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
    from babel.dates import format_date

    first, last = (str(format_date(day, "medium", locale=language)) for day in (sheet.first, sheet.last))
    title = words["round.number"].format(group=sheet.group, number=sheet.number)
    pdf = Pdf(words["sheet.title"], words=words, language=language, footer=f"{sheet.organisation} · {title}")
    pdf.paragraph(f"{sheet.organisation} · {title}")
    pdf.paragraph(words["log.period"].format(first=first, last=last))
    pdf.paragraph(words["sheet.agenda"], "heading")
    themes = ", ".join(sheet.themes) or words["sheet.no_themes"]
    pdf.paragraph(f"{words['report.cases']}: {sheet.cases} · {themes}")
    head = [words["sheet.name"], words["log.minutes"], words["sheet.signature"]]
    pdf.paragraph(words["sheet.present"].format(n=len(sheet.people)), "heading")
    pdf.table(head, [[name, "", ""] for name in sheet.people], (5, 2, 5))
    pdf.paragraph(words["sheet.note"], "small")
    pdf.signature_lines([words["sheet.leader"]])
    return pdf.bytes()
