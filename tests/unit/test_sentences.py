"""What is read is whole sentences, short enough for a tired reader on a phone, in every language.

Rules of docs/translating.md. LIX is words a sentence plus the per cent of words longer than six letters
(Björnsson 1968): below 35 is easy, below 45 is what a newspaper is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.ui import strings

ROOT = Path(__file__).parents[2]
TYPED = ("typed.", "command.", "caseload.example.")
MOST_WORDS = 20
EASY, LEGAL = 35, 45
NEVER_ONE = {
    "apart.too_many", "apart.most", "reassign.to.hint", "reassign.name_more",  # of at least two
    "refusal.too_few_presenters", "pairs.tells",  # at least two
    "cadence.window", "say.per_post", "say.waiting", "today.minutes",  # averages and estimates
    "say.risk", "say.risk.count",  # fewer than five are not counted
    "plan.other_load", "plan.other_gap", "plan.own_cap", "log.goal.each", "plan.found", "plan.could",  # no noun follows
    "question.too_long", "web.limit",  # characters, by the hundred
}  # fmt: skip
"""Keys whose number is never one, or stands alone."""


def shown(language: str) -> dict[str, tuple[str, ...]]:
    """Every form of every sentence that is read."""
    keys = strings.words(language).sentences()
    return {key: strings._forms(language, key) for key in keys if not key.startswith(TYPED)}


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_no_sentence_is_a_piece_to_be_glued(language: str) -> None:
    pieces = [
        f"{key}: {form!r}"
        for key, forms in shown(language).items()
        for form in forms
        if form != form.strip() or re.match(r"[:;,.)\]–-]", form) or re.search(r"[(\[–]$", form)
    ]
    assert pieces == []


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_a_number_before_its_noun_has_a_form_for_one_and_for_many(language: str) -> None:
    bare = [
        f"{key}: {forms[0]}"
        for key, forms in shown(language).items()
        if len(forms) == 1 and key not in NEVER_ONE and re.search(r"\{n\} [^\W\d_]{4,}", forms[0])
    ]
    assert bare == []


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_no_sentence_of_a_message_has_more_words_than_a_glance_takes(language: str) -> None:
    long = [
        f"{key} ({len(words)}): {sentence}"
        for key, forms in shown(language).items()
        if key.startswith("notice.")
        for form in forms
        for sentence in re.split(r"(?<=[.!?])\s+", form)
        if len(words := sentence.split()) > MOST_WORDS
    ]
    assert long == []


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_sentences_read_easily_and_legal_ones_as_a_newspaper(language: str) -> None:
    every = [(key, form) for key, forms in shown(language).items() for form in forms if re.search(r"[.?!]$", form)]
    for family in ("notice.", "refusal.", "risk.", "case.", "web.", "leave."):
        assert lix("\n".join(form for key, form in every if key.startswith(family))) < EASY, family
    assert lix("\n".join(form for key, form in every if not _legal(key))) < EASY
    assert lix("\n".join(form for key, form in every if _legal(key))) < LEGAL


GUIDES = ["guides/therapist.md", "guides/supervisor.md", "howto/risk-case.md", "risk.md"]
TRANSLATED = [
    f"{each}/{page}.md" for each in ("da", "de", "nb", "nl", "sv") for page in ("therapist", "supervisor", "risk")
]


@pytest.mark.parametrize("page", GUIDES + TRANSLATED)
def test_a_guide_reads_easily(page: str) -> None:
    text = re.sub(
        r"```.*?```|^\|[^\n]*$|^#[^\n]*$|<!--.*?-->", "", (ROOT / "docs" / page).read_text("utf-8"), flags=re.S | re.M
    )
    assert lix(text) < EASY


def lix(text: str) -> float:
    """Words a sentence, plus the per cent of long words; a placeholder is one short word."""
    plain = re.sub(r"`[^`]*`|https?://\S+", "x", re.sub(r"\{\w+\}", "x", text))
    words = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", plain)
    sentences = max(1, len(re.findall(r"[.!?:](?:\s|$)|\n+", plain.strip() + "\n")))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / max(1, len(words))


def _legal(key: str) -> bool:
    return key.startswith(("teams.privacy", "teams.terms"))


def test_german_sentences_name_both_and_only_tables_use_the_slash() -> None:
    """The style page: pairs in sentences, "/in" in tables and titles; a screen reader says the slash."""
    every = strings.words("de").sentences()
    assert [key for key, text in every.items() if text.endswith(".") and "/innen" in text] == []
