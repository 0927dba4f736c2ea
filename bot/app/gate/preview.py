"""The preview of a text: what the gate found, what may be kept or masked more broadly, and what is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.anonymise import Examined
from bot.anonymise.finding import Segment
from bot.app.blocks.tags import tag_said
from bot.app.context import Context
from bot.app.gate.text_language import language_field, other_language
from bot.app.steps import drafts
from bot.domain.risk_words import speaks_of_a_plan
from bot.ports.records import Draft
from bot.ui.forms.case import labels as case_labels
from bot.ui.forms.case import risk_field
from bot.ui.model import Action, Form, FormBlock, ManyField, Mark, Notice, Option, Preview, Text, TextField, Tone, line
from bot.ui.strings import Words


def _mark(segment: Segment, language: str) -> Mark:
    """A run of the text as it is told to its author, masked words by their tag in the text's language."""
    if segment.kind == "masked":
        return Mark(tag_said(segment.text, language), "masked")
    return Mark(segment.text, "doubtful" if segment.kind == "check" else segment.kind)


async def preview(ctx: Context, draft: Draft, examined: Examined, errors: Mapping[str, str] | None = None) -> Form:
    """The whole text as peers will read it, doubtful words marked, with the choice to keep or mask more."""
    w = ctx.words
    owner = draft.state.get("owner", "")
    labels = _labels(w, draft.kind)
    said = draft.state.get("language", "")
    body: list[FormBlock] = [Text(line(w("gate.intro")))]
    for name in examined.fields:
        marks = tuple(_mark(segment, said) for segment in examined.segments(name))
        if marks:
            body.append(Preview(labels.get(name, w("question.answer")), marks, said))
    again = await asks_again(draft, examined)
    if again:
        body.append(Notice(Tone.WARN, line(w("risk.prompt" if draft.kind == "case" else "risk.prompt.peer"))))
    kinds_told = dict.fromkeys(flag.suggestion_key for flag in examined.flags)
    body += [Notice(Tone.WARN, line(w(key) if w.has(key) else w("gate.flag.other"))) for key in kinds_told]
    doubtful = doubtful_options(ctx, examined)
    other = other_language(draft, examined)
    if other:
        body.append(Notice(Tone.WARN, line(w("gate.language.notice", language=w(f"language.{other}")))))
    keep = ManyField("keep", w("gate.keep"), doubtful, hint=w("gate.keep.hint")) if doubtful else None
    mask = TextField("mask", w("gate.mask"), hint=w("gate.mask.hint"), max_length=300)
    return Form(
        key="text.confirm",
        title=w("gate.title"),
        subject=draft.id,
        body=tuple(body),
        fields=tuple(
            field
            for field in (
                keep,
                _broaden_field(w, examined),
                mask,
                language_field(w, draft, other) if other else None,
                risk_field(w) if again and draft.kind == "case" else None,
            )
            if field
        ),
        submit=w("gate.submit"),
        actions=(
            Action("text.edit", w("gate.edit"), subject=draft.id, opens=True),
            Action("text.discard", w("gate.discard"), draft.id, look="danger", confirm=drafts.ask_discard(w)),
            *((Action("risk.raise", w("risk.raise"), owner, look="danger", opens=True),) if again and owner else ()),
        ),
        errors=errors or {},
    )


async def asks_again(draft: Draft, examined: Examined) -> bool:
    """Whether the author is asked the risk question again: words prompt, they alert nobody and are kept nowhere."""
    raw = [result.text.reveal() for result in examined.fields.values()]
    return await asyncio.to_thread(speaks_of_a_plan, raw, draft.state.get("language", ""))


def _broaden_field(w: Words, examined: Examined) -> ManyField | None:
    """Telling words, each with the broader one that may stand instead."""
    options = []
    for flag in examined.flags:
        broader = examined.broader(flag)
        if broader:
            words = examined.fields[flag.field].text.reveal()[flag.start : flag.end]
            options.append(Option(flag.key, words[:60], f"→ {broader}"))
    return ManyField("broaden", w("gate.broaden"), tuple(options), hint=w("gate.broaden.hint")) if options else None


def _labels(w: Words, kind: str) -> dict[str, str]:
    """What each text of a draft is called; answers are known by their question's id and called answers."""
    match kind:
        case "case":
            return case_labels(w)
        case "review":
            return {part: w(f"review.field.{part}") for part in ("reflection", "suggestion")}
        case _:
            return {
                "question": w("question.field"),
                "takeaway": w("takeaway.field"),
                "ask_back": w("ask_back.field"),
                "excerpt": w("library.excerpt"),
                "why": w("library.why"),
                "programme": w("library.programme"),
                "follow_up": w("follow_up.field"),
            }


def doubtful_options(ctx: Context, examined: Examined) -> tuple[Option, ...]:
    """One choice a tag of the check tier: the author's own word and what peers would see instead."""
    options: dict[str, Option] = {}
    for result in examined.fields.values():
        raw = result.text.reveal()
        for found in result.findings:
            if found.tier == "check" and not found.hard and found.tag not in options:
                word = raw[found.start : found.end]
                options[found.tag] = Option(found.tag, word[:60], f"→ {found.tag}")
    return tuple(options.values())
