"""The language of a case's text, where it is clearly not the one its author named: then its author is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.anonymise import Examined
from bot.anonymise.language import another_language
from bot.ports.records import Draft
from bot.ui.inbound import FormSubmitted, chosen
from bot.ui.model import ChoiceField, Option
from bot.ui.strings import LANGUAGES, Words


def other_language(draft: Draft, examined: Examined) -> str:
    """The language a case is clearly written in, if it is another one: the wrong people would be asked to review it."""
    if draft.kind != "case":
        return ""
    text = "\n".join(result.text.reveal() for result in examined.fields.values())
    return another_language(text, draft.state.get("language", ""))


def language_field(w: Words, draft: Draft, other: str) -> ChoiceField:
    """The question, never answered beforehand."""
    options = tuple(Option(each, w(f"language.{each}")) for each in (other, draft.state["language"]))
    return ChoiceField("language", w("gate.language"), options, None)


def in_language(draft: Draft, event: FormSubmitted) -> Draft:
    """The draft in the language that its author chose in the preview."""
    language = (chosen(event, "language") or ("",))[0]
    if draft.kind != "case" or language not in LANGUAGES or language == draft.state.get("language"):
        return draft
    return replace(draft, state={**draft.state, "language": language})
