"""Tags are kept the same in every language and shown in the words of the text's language."""

from __future__ import annotations

import pytest

from bot.anonymise.tags import LABELS as KEPT
from bot.app.blocks.tags import LABELS, tag_said

TEXTS = {
    "da": (
        "Søsteren [PERSON 1, søster] ringede fra [PLACE 2], [AGE 30-39]. [PERSON 1, søster] skrev [DATE 2, +12 d].",
        "Søsteren [Person 1] ringede fra [Sted 2], [Alder 30-39]. [Person 1, søster] skrev [Dato 2, +12 d.].",
    ),
    "de": (
        "Ihre Mutter [PERSON 1, mutter] rief an. Dann kam [PERSON 1, mutter], [DATE 1, week 3].",
        "Ihre Mutter [Person 1] rief an. Dann kam [Person 1, Mutter], [Datum 1, Woche 3].",
    ),
    "nb": ("[MASKED 1] bor i [PLACE 1], [DATE 3, 2 w before].", "[Skjult 1] bor i [Sted 1], [Dato 3, 2 u. før]."),
    "nl": ("Bij [ORGANISATION 1], [ADDRESS 2].", "Bij [Organisatie 1], [Adres 2]."),
    "sv": ("[E-MAIL 1] och [PHONE 12], [AGE 90+].", "[E-post 1] och [Telefon 12], [Ålder 90+]."),
    "en": (
        "Her sister [PERSON 1, sister] rang. [PERSON 1, sister] is worried.",
        "Her sister [PERSON 1] rang. [PERSON 1, sister] is worried.",
    ),
    "": ("[PERSON 1, sister] rang.", "[PERSON 1, sister] rang."),
}


@pytest.mark.parametrize("language", TEXTS)
def test_tags_are_in_the_language_of_the_text_and_a_role_is_said_once(language: str) -> None:
    kept, shown = TEXTS[language]
    assert tag_said(kept, language) == shown


def test_every_label_has_a_word() -> None:
    assert set(KEPT.values()) <= set(LABELS)


def test_other_brackets_stay() -> None:
    assert tag_said("[sic] [A 1] [see module 3] [PERSON]", "de") == "[sic] [A 1] [see module 3] [PERSON]"
