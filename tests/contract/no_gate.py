"""A gate that is never asked."""

from __future__ import annotations

from typing import cast

from bot.app.dependencies import Anonymiser

NO_GATE = cast("Anonymiser", None)
"""Nobody writes a text here."""
