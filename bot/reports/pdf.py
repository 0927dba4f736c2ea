"""The frame of every PDF: embedded fonts for all six languages, A4, page numbers, tables that break over pages.

The same content gives the same bytes (no creation time, no random ids). What it may not know: what it prints.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from bot.reports.words import Words
from bot.ui.theme import BODY, LARGE, LIGHT, SMALL, SPACE, TITLE, on_paper

_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_SIZES = (7.5, 7.0, 6.5, 6.0, 5.5)  # of a table's letters: wide tables have to fit
_CELL = _SIZES[0]
_MARGIN = 42.0  # points
_FRAME = 6.0  # reportlab's padding inside the margin
_PADDING = 4.0  # left and right of a cell
_UNDER_HEADING = 130.0  # a heading, a table's head and its first rows
_WITH_SIGNATURE = 2  # rows that stand on the page of the lines to sign on
_TO_SIGN = 13.5  # room above a line that somebody signs, which makes its row nine millimetres high


class Pdf:
    """Collects paragraphs, tables and pictures, then makes the file; landscape for wide tables."""

    def __init__(self, title: str, *, words: Words, language: str, footer: str = "", landscape: bool = False) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.pagesizes import landscape as turned
        from reportlab.lib.styles import ParagraphStyle

        _register_fonts()
        self._title, self._words, self._language, self._footer = title, words, language, footer
        self._size = turned(A4) if landscape else A4
        ink, accent = HexColor(LIGHT["ink"]), HexColor(LIGHT["accent"])
        body = ParagraphStyle(
            "body", fontName=_FONT, fontSize=on_paper(BODY), leading=on_paper(BODY) * 1.45, spaceAfter=5, textColor=ink
        )
        cell = ParagraphStyle("cell", parent=body, fontSize=_CELL, leading=10, spaceAfter=0)
        gap = on_paper(SPACE[3])

        def bold(name: str, size: float, leading: float, **more: Any) -> Any:
            height = on_paper(size)
            return ParagraphStyle(name, parent=body, fontName=_BOLD, fontSize=height, leading=height * leading, **more)

        self._styles = {
            "title": bold("title", TITLE, 1.25, spaceAfter=gap, textColor=accent),
            "heading": bold("heading", LARGE, 1.4, spaceBefore=gap),
            "body": body,
            "said": ParagraphStyle("said", parent=body, spaceAfter=1),
            "small": ParagraphStyle("small", parent=body, fontSize=on_paper(SMALL), leading=on_paper(SMALL) * 1.35),
            "cell": cell,
            "number": ParagraphStyle("number", parent=cell, alignment=2),
            "head": ParagraphStyle("head", parent=cell, fontName=_BOLD),
            "number_head": ParagraphStyle("number_head", parent=cell, fontName=_BOLD, alignment=2),
        }
        self._story: list[Any] = []
        self._last_table: tuple[int, list[list[Any]], list[float], bool] | None = None
        self.paragraph(title, "title")

    @property
    def width(self) -> float:
        """The printable width in points, inside the frame's own padding."""
        return float(self._size[0]) - 2 * _MARGIN - 2 * _FRAME

    def paragraph(self, text: str, style: str = "body") -> None:
        """Plain text; nothing in it is markup."""
        from reportlab.platypus import CondPageBreak, Paragraph

        if style == "heading":  # never alone at the foot; kept together, a long table would leave its page empty
            self._story.append(CondPageBreak(_UNDER_HEADING))
        self._story.append(Paragraph(escape(text), self._styles[style]))

    def together(self, texts: Sequence[str], style: str = "body") -> None:
        """Paragraphs that stand on one page."""
        from reportlab.platypus import KeepTogether, Paragraph

        self._story.append(KeepTogether([Paragraph(escape(text), self._styles[style]) for text in texts]))

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        *,
        numbers: Sequence[int] = (),
        width: float = 1.0,
        to_sign: bool = False,
    ) -> None:
        """A ruled table whose head repeats on every page.

        `shares` divide its width, a column growing to hold its longest word; columns in `numbers` are set flush
        right; `width` is the part of the page's width it takes; `to_sign`: its rows are high enough to write in.
        """
        from reportlab.platypus import Paragraph

        size, widths = fitting([head, *rows], shares, self.width * width)
        kinds = ["number" if column in numbers else "cell" for column in range(len(head))]
        heads = ["number_head" if kind == "number" else "head" for kind in kinds]
        styles = {name: self._in_size(name, size) for name in {*kinds, *heads}}
        cells = [
            [Paragraph(escape(text), styles[name]) for text, name in zip(row, names, strict=True)]
            for row, names in ((head, heads), *((row, kinds) for row in rows))
        ]
        self._story.append(self._ruled(cells, widths, to_sign=to_sign))
        self._last_table = (len(self._story) - 1, cells, widths, to_sign)
        self.space(6)

    def _ruled(
        self, cells: Sequence[Sequence[Any]], widths: Sequence[float], *, to_sign: bool, head: bool = True
    ) -> Any:
        """A table with a line under each row, and a strong one under its head."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table, TableStyle

        first = 1 if head else 0
        strong = [("LINEBELOW", (0, 0), (-1, 0), 1, HexColor(LIGHT["ink"])), ("TOPPADDING", (0, 0), (-1, 0), 2.5)]
        table = Table(list(cells), colWidths=widths, repeatRows=first, hAlign="LEFT")
        table.setStyle(
            TableStyle(
                [
                    *(strong if head else ()),
                    ("LINEBELOW", (0, first), (-1, -1), 0.4, HexColor(LIGHT["edge-strong"])),
                    ("VALIGN", (0, 0), (-1, -1), "BOTTOM" if to_sign else "TOP"),
                    ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
                    ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
                    ("TOPPADDING", (0, first), (-1, -1), _TO_SIGN if to_sign else 2.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
                ]
            )
        )
        return table

    def _in_size(self, style: str, size: float) -> Any:
        """A table's style in another size of letters."""
        from reportlab.lib.styles import ParagraphStyle

        return ParagraphStyle(f"{style}{size}", parent=self._styles[style], fontSize=size, leading=size * 4 / 3)

    def picture(self, png: bytes) -> None:
        """A chart in the size it was drawn for (144 dots an inch), at most as wide as the page."""
        from reportlab.lib.utils import ImageReader
        from reportlab.platypus import Image

        width, height = ImageReader(io.BytesIO(png)).getSize()
        shown = min(self.width, width / 2)
        image = Image(io.BytesIO(png), width=shown, height=shown * height / width, hAlign="LEFT")
        self._story.append(image)
        self.space(6)

    def signature_lines(self, labels: Sequence[str]) -> None:
        """Lines to sign on, side by side, never parted from their labels nor from the last rows of what is signed."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

        gap = 24.0
        width = (self.width - gap * (len(labels) - 1)) / len(labels)
        row: list[Any] = []
        widths: list[float] = []
        rules: list[Any] = []
        for number, label in enumerate(labels):
            if number:
                row.append("")
                widths.append(gap)
            rules.append(("LINEABOVE", (len(row), 0), (len(row), 0), 0.7, HexColor(LIGHT["ink"])))
            row.append(Paragraph(escape(label), self._styles["small"]))
            widths.append(width)
        table = Table([row], colWidths=widths)
        table.setStyle(TableStyle([*rules, ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
        self._close_with([Spacer(1, 42), table])

    def _close_with(self, closing: list[Any]) -> None:
        """Put `closing` at the end, on a page with the last rows of the last table and what is said below it."""
        from reportlab.platypus import KeepTogether

        if self._last_table is None:
            self._story.append(KeepTogether([*self._story[-1:], *closing]))
            return
        at, cells, widths, to_sign = self._last_table
        below, rows = self._story[at + 1 :], len(cells) - 1
        moved = min(_WITH_SIGNATURE, rows)
        kept, tail = cells[: len(cells) - moved], cells[len(cells) - moved :]
        over = [self._ruled([cells[0], *tail], widths, to_sign=to_sign), *below, *closing]
        del self._story[at:]
        if moved < rows:
            here = [self._ruled(tail, widths, to_sign=to_sign, head=False), *below, *closing]
            self._story.append(self._ruled(kept, widths, to_sign=to_sign))
            self._story.append(_here_or_over(here, over))
        else:
            self._story.append(KeepTogether(over))

    def space(self, points: float) -> None:
        """Vertical room."""
        from reportlab.platypus import Spacer

        self._story.append(Spacer(1, points))

    def bytes(self) -> bytes:
        """The finished file."""
        from reportlab.lib.colors import HexColor
        from reportlab.pdfgen.canvas import Canvas
        from reportlab.platypus import SimpleDocTemplate

        words, footer, size = self._words, self._footer, self._size

        class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
            """Knows the number of pages only at the end, so pages wait until then."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self._waiting: list[dict[str, Any]] = []

            def showPage(self) -> None:  # noqa: N802  # reportlab's name
                self._waiting.append(dict(self.__dict__))
                self._startPage()

            def save(self) -> None:
                for number, state in enumerate(self._waiting, start=1):
                    self.__dict__.update(state)
                    self.setFont(_FONT, on_paper(SMALL))
                    self.setFillColor(HexColor(LIGHT["quiet"]))
                    text = words["log.page"].format(page=number, pages=len(self._waiting))
                    self.drawRightString(size[0] - _MARGIN - _FRAME, _MARGIN * 0.6, text)
                    self.drawString(_MARGIN + _FRAME, _MARGIN * 0.6, footer)
                    Canvas.showPage(self)
                super().save()

        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=size,
            title=self._title,
            lang=self._language,
            author="Intervision",
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN * 1.2,
            invariant=1,
        )
        document.build(self._story, canvasmaker=Numbered)
        return out.getvalue()


def _here_or_over(here: list[Any], over: list[Any]) -> Any:
    """What stands `here` if there is room for all of it, else `over` on the next page, where a table needs its head."""
    from reportlab.platypus import KeepTogether

    class Closing(KeepTogether):  # type: ignore[misc]  # reportlab has no types
        def split(self, width: float, height: float) -> list[Any]:
            self.wrap(width, height)
            return [*here] if height >= self._H else [self.FrameBreak(), *over]

    return Closing(here)


def fitting(rows: Sequence[Sequence[str]], shares: Sequence[float], width: float) -> tuple[float, list[float]]:
    """The size of letters and the widths of columns with which a table is no wider than `width` and no word is cut.

    Columns are as wide as their share, but no narrower than their longest word (up to a quarter of the table). Where
    not even the smallest letters fit, words are cut rather than columns lost beyond the page.
    """
    for size in _SIZES:
        least = _least(rows, len(shares), width, size)
        if sum(least) <= width:
            break
    else:
        least = [each * width / sum(least) for each in least]
    wanted = [max(share / sum(shares) * width, low) for share, low in zip(shares, least, strict=True)]
    spare = [have - low for have, low in zip(wanted, least, strict=True)]
    taken = min(1.0, (sum(wanted) - width) / sum(spare)) if sum(spare) else 0.0
    return size, [have - taken * room for have, room in zip(wanted, spare, strict=True)]


def _least(rows: Sequence[Sequence[str]], columns: int, width: float, size: float) -> list[float]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    found = []
    for column in range(columns):
        words = {word for row in rows for word in row[column].split()}
        longest = max((stringWidth(word, _BOLD, size) for word in words), default=0.0)
        found.append(min(longest + 2 * _PADDING + 1, width / 4))
    return found


def _register_fonts() -> None:
    """DejaVu Sans comes with matplotlib and has every letter of the six languages."""
    from matplotlib import get_data_path
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(get_data_path()) / "fonts" / "ttf"
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
