"""The tags of one case."""

from bot.anonymise.gate import TagBook

__all__ = ["TagBook"]
