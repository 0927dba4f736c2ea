"""Charts that read in black and white, each with its numbers as a table and a sentence for those who cannot see it.

Shades of grey, hatching and marks carry every difference; no chart needs a colour. The same numbers give the same
bytes. matplotlib is loaded only when a chart is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.domain.frequency import Gap
from bot.reports.scores import ScoreSeries
from bot.reports.words import Words
from bot.ui.theme import CHART_POINTS, LARGE, LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["png", "svg"]
_INK, _MIDDLE, _PALE, _WHITE = (LIGHT[name] for name in ("ink", "edge-strong", "sunken", "surface"))
_NARROW = 4.1  # inches: shrunk to a phone's width its letters can still be read
_LONGEST_LABEL = 28
_LETTERS, _TITLE = CHART_POINTS, CHART_POINTS * LARGE


@dataclass(frozen=True)
class Chart:
    """A drawn chart: the picture, what it says in a sentence, and its numbers (`head` over `rows`)."""

    image: bytes
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def gaps_chart(gaps: Sequence[Gap], *, words: Words, language: str, image_format: Format = "svg") -> Chart:
    """One person's rhythm: a bar per gap against its target, late ones hatched, the open one outlined."""
    head = tuple(words[f"chart.{key}"] for key in ("until", "gap", "allowed", "result"))
    rows = tuple((_day(g.until, language), str(g.days), _allowed(g), words[_result(g)]) for g in gaps)
    if not gaps:
        return _nothing(words, head, image_format)
    figure, axes = _figure(max(_NARROW, 1.2 + 0.34 * len(gaps)), 3.1)
    for at, gap in enumerate(gaps):
        hatch = "" if gap.within else "////"
        face = _WHITE if gap.is_open or not gap.within else _MIDDLE
        style = "--" if gap.is_open else "-"
        axes.bar(at, gap.days, 0.66, facecolor=face, edgecolor=_INK, hatch=hatch, linestyle=style, linewidth=1)
        axes.plot([at - 0.5, at + 0.5], [gap.target] * 2, color=_INK, linewidth=2.2, solid_capstyle="butt")
        if gap.window:
            axes.plot([at - 0.5, at + 0.5], [gap.allowed] * 2, color=_INK, linewidth=0.8, linestyle=":")
    axes.set_xlim(-0.6, len(gaps) - 0.4)
    axes.set_ylim(0, max(max(g.days, g.allowed) for g in gaps) * 1.12)
    axes.set_xticks(range(len(gaps)), [row[0] for row in rows], rotation=55, ha="right", rotation_mode="anchor")
    axes.set_ylabel(words["chart.days"])
    _name(axes, words["chart.gaps"])
    _legend_of_gaps(axes, words)
    alt = words["chart.gaps_alt"].format(
        count=len(gaps), late=sum(not g.within for g in gaps), last=gaps[-1].days, allowed=gaps[-1].allowed
    )
    return Chart(_image(figure, image_format), alt, head, rows)


def _allowed(gap: Gap) -> str:
    """The days allowed, with what they are made of where a round gives some."""
    return f"{gap.allowed} ({gap.target} + {gap.window})" if gap.window else str(gap.target)


def _result(gap: Gap) -> str:
    """The word for a gap: one that still runs is not one that ended, and one without a round is nobody's fault."""
    if not gap.within:
        return "chart.late.open" if gap.is_open else "chart.late"
    if gap.is_open:
        return "chart.running"
    return "chart.spared" if gap.days > gap.allowed else "chart.within"


def scores_chart(series: ScoreSeries, *, words: Words, image_format: Format = "svg") -> Chart:
    """One instrument over the weeks, its published bands as named strips behind the line."""
    instrument = series.instrument
    figure, axes = _figure(_NARROW, 2.9)
    first = instrument.low
    for number, (last, key) in enumerate(instrument.bands):
        axes.axhspan(
            first, last + 1 if last < instrument.high else last, facecolor=(_WHITE, _PALE)[number % 2], zorder=0
        )
        middle = (first + min(last + 1, instrument.high)) / 2
        axes.text(
            1.015, middle, words[f"band.{key}"], transform=axes.get_yaxis_transform(), va="center", fontsize=_LETTERS
        )
        first = last + 1
    axes.plot(series.weeks, series.scores, color=_INK, marker="o", markersize=5, linewidth=1.4, zorder=3)
    for week, score in zip(series.weeks, series.scores, strict=True):
        axes.annotate(
            str(score), (week, score), textcoords="offset points", xytext=(0, 7), ha="center", fontsize=_LETTERS
        )
    axes.set_ylim(instrument.low, instrument.high)
    axes.set_xticks(series.weeks)
    axes.margins(x=0.08)
    axes.set_xlabel(words["chart.week"])
    _name(axes, words["chart.scores"].format(name=instrument.name))
    scores = series.scores
    alt = words["chart.scores_alt"].format(
        name=instrument.name, count=len(scores), first=scores[0], last=scores[-1], low=min(scores), high=max(scores)
    )
    rows = tuple(
        (str(w), str(s), words[f"band.{instrument.band(s)}"]) for w, s in zip(series.weeks, scores, strict=True)
    )
    return Chart(
        _image(figure, image_format), alt, (words["chart.week"], words["chart.score"], words["chart.band"]), rows
    )


def bars_chart(
    title: str,
    bars: Sequence[tuple[str, int]],
    *,
    head: tuple[str, str],
    alt: str,
    words: Words,
    image_format: Format = "svg",
) -> Chart:
    """Lying bars with their numbers: themes of cases, on-time share by clinic."""
    if not bars:
        return _nothing(words, head, image_format)
    figure, axes = _figure(_NARROW, 0.9 + 0.32 * len(bars))
    axes.barh(range(len(bars)), [n for _, n in bars], 0.62, facecolor=_MIDDLE, edgecolor=_INK, linewidth=1)
    for at, (_, number) in enumerate(bars):
        axes.annotate(
            repr(number), (number, at), textcoords="offset points", xytext=(4, 0), va="center", fontsize=_LETTERS
        )
    axes.set_yticks(range(len(bars)), [_short(label) for label, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, max(1, *(n for _, n in bars)) * 1.1)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    _name(axes, title)
    return Chart(_image(figure, image_format), alt, head, tuple((label, repr(n)) for label, n in bars))


def _short(label: str) -> str:
    """A label that leaves room for the drawing; the table beside the chart has it whole."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure in inches, without the global state of pyplot."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_color(_MIDDLE)
    axes.tick_params(labelsize=_LETTERS, color=_MIDDLE, labelcolor=_INK)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(fontsize=_LETTERS, color=_INK)
    return figure, axes


def _name(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=_TITLE, color=_INK)


def _image(figure: Figure, image_format: Format) -> bytes:
    import matplotlib as mpl

    out = io.BytesIO()
    metadata = {"Date": None} if image_format == "svg" else {"Software": None}
    with mpl.rc_context({"svg.hashsalt": "intervision", "hatch.linewidth": 0.7}):
        figure.savefig(out, format=image_format, dpi=144, metadata=metadata)
    return out.getvalue()


def _legend_of_gaps(axes: Axes, words: Words) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=_MIDDLE, edgecolor=_INK, label=words["chart.within"]),
        Patch(facecolor=_WHITE, edgecolor=_INK, hatch="////", label=words["chart.late"]),
        Patch(facecolor=_WHITE, edgecolor=_INK, linestyle="--", label=words["chart.open_gap"]),
        Line2D([], [], color=_INK, linewidth=2.2, label=words["chart.target"]),
        Line2D([], [], color=_INK, linewidth=0.8, linestyle=":", label=words["chart.allowed"]),
    ]
    axes.legend(handles=handles, fontsize=_LETTERS, frameon=False, ncols=2, loc="upper left", bbox_to_anchor=(0, -0.28))


def _nothing(words: Words, head: tuple[str, ...], image_format: Format) -> Chart:
    figure, axes = _figure(_NARROW, 0.8)
    axes.set_axis_off()
    axes.text(0.02, 0.5, words["chart.none"], va="center", fontsize=10)
    return Chart(_image(figure, image_format), words["chart.none"], head, ())


def _day(day: date, language: str) -> str:
    from babel.dates import format_skeleton

    return str(format_skeleton("MMMd", day, locale=language))
