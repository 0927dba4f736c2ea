"""Sentences about how therapist and patient write to each other: about a tone, a length, an hour, not about danger.

The second reader, which was trained on letters of words, is sometimes sure of danger in "he always writes at night, and
I am not sure about my tone". Where a sentence speaks of the writing itself it does not prompt by that reader alone; a
sentence with a word of danger, a means, a preparation or a farewell in it is left to both readers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WRITING: Mapping[str, str] = {
    "en": r"(?:my|our|the|his|her|their) (?:own )?(?:tone|wording|phrasing|style of writing)|tone of \w+",
    "de": r"(?:mein\w*|unser\w*|ihr\w*|sein\w*|der|dem|den) (?:ton|tonfall|formulierung\w*|wortwahl|schreibstil)",
    "nl": r"(?:mijn|onze|zijn|haar|hun|de) (?:toon|formulering\w*|woordkeus|schrijfstijl)",
    "da": r"(?:min|vores|hans|hendes|deres|mine) (?:tone|formulering\w*|ordvalg|skrivestil)|tonen",
    "nb": r"(?:min|vår|hans|hennes|deres|mine) (?:tone|formulering\w*|ordvalg|skrivestil)|tonen",
    "sv": r"(?:min|vår|hans|hennes|deras|mina) (?:ton|formulering\w*|ordval|skrivstil)|tonen",
}
_PATTERNS = {language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _WRITING.items()}


def is_about_the_writing(sentence: str, language: str) -> bool:
    """Whether a sentence names a tone or a wording of the correspondence."""
    known = _PATTERNS.get(language)
    return bool(known and known.search(sentence))
