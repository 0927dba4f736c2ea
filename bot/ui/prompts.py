"""Prompts a reviewer may tick: what the therapist's writing already does, and what to look out for.

The behaviours are those named by the ICBT Therapist Rating Scale (Hadjistavropoulos 2018), in our own
words (`prompt.*`, `lookout.*` in the catalogues). Never a score, a total or a ranking; skipping is free.
"""

from __future__ import annotations

from bot.domain.message_review import BEHAVIOURS

_F2F = ("agenda", "collaboration", "pacing", "key_cognitions", "guided_discovery", "change_methods", "homework")
_LOOK_OUT = ("little_detail", "unaddressed", "tone", "missed_message", "self_disclosure", "unmanaged_risk")


def prompt_keys(mode: str) -> tuple[str, ...]:
    """The prompts of a caseload mode; a blended case has both lists."""
    return {"icbt": BEHAVIOURS, "f2f": _F2F}.get(mode, BEHAVIOURS + _F2F)


def look_out_keys(mode: str) -> tuple[str, ...]:
    """What to look out for in writing; nothing for face-to-face work."""
    return () if mode == "f2f" else _LOOK_OUT
