"""What a form asks for: text, one option, several, a day, a number. Part of the model (`model.py`), checked like it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.anonymise.text import Sensitive
from bot.ui import limits


class _Input:
    """What every input needs: a name to come back under, a label to be read out, a hint that fits."""

    name: str
    label: str
    hint: str

    def __post_init__(self) -> None:
        limits.words(self.name, "a field's name")
        limits.words(self.label, f"the label of the field {self.name}")
        limits.unless(len(self.hint) <= limits.HINT, f"the hint of the field {self.name} is too long")


Picks = Literal["accounts", "account", "channel"]


@dataclass(frozen=True)
class TextField(_Input):
    """One line or many; `max_length` in characters is counted before sending."""

    name: str
    label: str
    hint: str = ""
    value: Sensitive = field(default_factory=Sensitive)
    required: bool = False
    multiline: bool = False
    max_length: int = 3000
    accept: str = ""
    """Ending of a file (".ics") whose text may fill the field, where a browser can read one."""
    picks: Picks | None = None
    """What is picked from the platform's own list, where it has one; the ids come back with blanks between."""

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.unless(self.max_length >= 1, f"the field {self.name} takes no text")


@dataclass(frozen=True)
class Option:
    """One choice; `value` is opaque to adapters."""

    value: str
    label: str
    hint: str = ""

    def __post_init__(self) -> None:
        limits.unless(1 <= len(self.value) <= limits.OPTION_VALUE, "an option's value is empty or too long")
        limits.words(self.label, "an option's label")


_FEW, _EXPLAINED = 5, 15


@dataclass(frozen=True)
class ChoiceField(_Input):
    """Exactly one of the options."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str | None = None
    hint: str = ""
    required: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.distinct((option.value for option in self.options), f"the field {self.name}")
        limits.unless(self.value != "", f"the field {self.name} has an empty value; None is nothing chosen")

    @property
    def spread(self) -> bool:
        """Whether all options are shown at once: few, or such as need their explanation to choose by; else a list."""
        explained = any(option.hint for option in self.options)
        return len(self.options) <= (_EXPLAINED if explained else _FEW)


@dataclass(frozen=True)
class ManyField(_Input):
    """Any of the options."""

    name: str
    label: str
    options: tuple[Option, ...]
    values: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.distinct((option.value for option in self.options), f"the field {self.name}")


@dataclass(frozen=True)
class DateField(_Input):
    """A calendar day."""

    name: str
    label: str
    value: date | None = None
    hint: str = ""
    required: bool = False


@dataclass(frozen=True)
class NumberField(_Input):
    """A whole number within bounds."""

    name: str
    label: str
    value: int | None = None
    minimum: int = 0
    maximum: int = 10_000
    hint: str = ""
    required: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.unless(self.minimum <= self.maximum, f"the field {self.name} takes no number")


Field = TextField | ChoiceField | ManyField | DateField | NumberField
