"""Score series of a case: told to their author by field when they cannot be read, drawn for those who read the case."""

from __future__ import annotations

from bot.anonymise import AnonText, Sensitive
from bot.app.context import Context
from bot.app.steps.render_worker import picture
from bot.reports.charts import scores_chart
from bot.reports.instruments import INSTRUMENTS, ONLY_SCALES
from bot.reports.scores import (
    InvalidScores,
    Problem,
    ScoreMistake,
    holds_dates,
    in_weeks,
    parse_scores,
    weeks_are_assumed,
)
from bot.ui.model import FormBlock, Heading, Passage
from bot.ui.strings import Words

TOLD = 3
"""Mistakes named at once; the rest follow when these are mended."""


def scores_problem(w: Words, typed: Sensitive) -> str:
    """What is wrong with typed scores, with the instruments that are known; empty when they can be read."""
    try:
        parse_scores(typed.reveal())
    except InvalidScores as wrong:
        told = dict.fromkeys(_sentence(w, mistake) for mistake in wrong.mistakes)
        return " ".join(list(told)[:TOLD])
    return ""


def weeks_said(w: Words, typed: Sensitive, longest: int | None = None) -> Sensitive:
    """Scores with dates, or without a week, as "week 1: 18, week 2: 15"; anything else as it was typed.

    So nothing is kept by a week that its author did not see; what would be longer than the field stays as typed.
    """
    try:
        if not (holds_dates(typed.reveal()) or weeks_unsaid(typed)):
            return typed
        said = Sensitive(in_weeks(parse_scores(typed.reveal()), w("scores.week")))
        return typed if longest is not None and len(said) > longest and not holds_dates(typed.reveal()) else said
    except InvalidScores:
        return typed


def weeks_unsaid(typed: Sensitive) -> bool:
    """Whether scores that can be read were typed without weeks, and would count from week 1 on."""
    try:
        return bool(typed) and weeks_are_assumed(typed.reveal())
    except InvalidScores:
        return False


async def score_blocks(ctx: Context, label: str, text: AnonText) -> list[FormBlock]:
    """One chart an instrument with its published bands and its numbers; what cannot be read is shown as it stands."""
    try:
        found = parse_scores(text.text)
    except InvalidScores:
        return [Passage(label, text)]
    sentences = ctx.words.sentences()
    blocks: list[FormBlock] = [Heading(label)]
    for series in found:
        chart, table = await picture(
            lambda series=series: scores_chart(series, words=sentences, image_format="png"),  # type: ignore[misc]  # bound now
            passing=True,
        )
        blocks += [chart, table]
    return blocks


def _sentence(w: Words, mistake: ScoreMistake) -> str:
    name = mistake.instrument or w("scores.this")
    if mistake.problem is Problem.NO_INSTRUMENT:
        return w("scores.no_instrument", known=", ".join(INSTRUMENTS))
    if mistake.problem is Problem.OUT_OF_RANGE:
        known = INSTRUMENTS[mistake.instrument]
        return w("scores.out_of_range", name=name, low=known.low, high=known.high)
    if mistake.problem is Problem.WHICH_SCALE:
        known_scales = w.listing([scale for scales in ONLY_SCALES.values() for scale in scales])
        return w("scores.which_scale", line=mistake.line, known=known_scales)
    if mistake.problem is Problem.STEP:
        return w("scores.step", name=name, step=INSTRUMENTS[mistake.instrument].step)
    return w(f"scores.{mistake.problem}", name=name, line=mistake.line)
