"""One page for doctors who refer patients: how this service's peer supervision works, by its own settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.reports.pdf import Pdf
from bot.reports.words import Words

PARAGRAPHS = ("method.what", "method.patient", "method.risk", "method.not")


def method_pdf(
    rows: Sequence[tuple[str, str]], *, organisation: str, printed: date, words: Words, language: str
) -> bytes:
    """The page; `rows` say a setting in words each. It names nobody and holds no number of people."""
    from babel.dates import format_date

    title = words["method.title"]
    pdf = Pdf(title, words=words, language=language, footer=f"{organisation} · {title}")
    day = str(format_date(printed, "medium", locale=language))
    pdf.paragraph(f"{organisation} · {words['report.year.printed'].format(day=day)}")
    what, *more = PARAGRAPHS
    pdf.paragraph(words[what])
    pdf.table([words["method.setting"], words["method.here"]], rows, (3, 2))
    for key in more:
        pdf.paragraph(words[key])
    return pdf.bytes()
