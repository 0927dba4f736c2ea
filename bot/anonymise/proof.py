"""Whether the gate works on this machine: every part is loaded, and a text of its own is read."""

from __future__ import annotations

from collections.abc import Callable

from bot.anonymise import models
from bot.anonymise.finding import GateClosed
from bot.anonymise.gate import Gate
from bot.anonymise.settings import GateSettings
from bot.anonymise.tagger import model
from bot.anonymise.text import Sensitive
from bot.errors import SetupError

OWN_TEXT = "Please call +49 431 8801234."
"""Invented, so that what is wrong may be told in full."""


def fault_of(settings: GateSettings, gate: Callable[[], Gate]) -> str:
    """What keeps the gate from working, as a sentence for an administrator; "" when it works."""
    try:
        if settings.name_model:
            models.rampart(settings.name_model)
        if settings.tagger:
            model.tagger()
        found = gate().examine({"text": Sensitive(OWN_TEXT)}, lang="en").fields["text"].findings
    except SetupError as wrong:
        return str(wrong)
    except GateClosed as closed:
        return f"its recogniser {closed.values.get('recogniser')} failed"
    except Exception as error:  # whatever a library says about this machine
        return f"{type(error).__name__}: {error}"
    return "" if found else "it finds nothing"
