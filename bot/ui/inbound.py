"""Everything that can come in from a platform, and the closed set of answers.

The adapter has verified the sender before it builds one of these; the actor is taken from the
verified payload, never from a value that a form carries. Typed text is `Sensitive`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.anonymise.text import Sensitive
from bot.ui.model import Action, Card, Document, Form


@dataclass(frozen=True)
class Actor:
    """Who acts, as the platform knows them: platform name, workspace or tenant id, user id."""

    platform: str
    tenant: str
    user: str


@dataclass(frozen=True)
class Profile:
    """What the platform says of a person; empty where it does not. `timezone` is an IANA name, `language` BCP 47."""

    name: str = ""
    email: str = ""
    language: str = ""
    timezone: str = ""
    guest: bool = False


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What every event carries. `event_id` is the platform's own id of this delivery: seen twice, acted once.

    `private` is False in a channel or group chat, where nothing confidential may be answered. `language` (BCP 47, or
    empty) is what the platform says of the sender's: it answers whoever is not known here.
    """

    event_id: str
    actor: Actor
    private: bool = True
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandTyped(Inbound):
    """A slash command or its typed form; `name` without slash in any supported language, `text` what follows it."""

    name: str
    text: Sensitive = field(default_factory=Sensitive)


@dataclass(frozen=True, kw_only=True)
class ActionPressed(Inbound):
    """A button of a card or form. `message` is the platform's id of the message it stood in.

    It is empty for a button of a page or dialog, also of one that was opened from a message.
    """

    key: str
    subject: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSubmitted(Inbound):
    """A form sent. `values` holds one entry a field: text as `Sensitive`, chosen options as a tuple of their values.

    A date arrives as its ISO form in `Sensitive`, a number as its digits; an empty or unchosen field may be left out.
    `message` is the platform's id of the message from which it was opened, empty where it was none.
    """

    key: str
    subject: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Sensitive | tuple[str, ...]] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class FormTyped(Inbound):
    """What stands in a form that is not sent yet, to be kept; `look` asks what of it the gate would replace.

    Fields as in `FormSubmitted`. It is no `Event`: it has a door of its own (`Services.keep`), because nothing is done.
    """

    key: str
    subject: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Sensitive | tuple[str, ...]] = field(default_factory=dict)
    look: bool = False


@dataclass(frozen=True, kw_only=True)
class HomeOpened(Inbound):
    """The Home tab, personal tab or start page; the answer is `Say` with the home card."""


@dataclass(frozen=True, kw_only=True)
class Arrived(Inbound):
    """The person can be reached here now; `reference` is what the adapter needs to write to them, opaque to us.

    Empty `actor.user`: the app is installed in the tenant again, and whoever left with it is back. `met`: a directory
    or a roster named them; they did nothing themselves.
    """

    profile: Profile = field(default_factory=Profile)
    reference: Mapping[str, str] = field(default_factory=dict)
    met: bool = False


@dataclass(frozen=True, kw_only=True)
class Gone(Inbound):
    """The person can no longer be reached here (app removed, account closed). Empty `actor.user`: the whole tenant."""


Event = CommandTyped | ActionPressed | FormSubmitted | HomeOpened | Arrived | Gone


# ---- outcomes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Show:
    """Draw this form privately (open it, or replace the form that was just sent).

    `dry`: the step was taken only to show what it would do, and nothing of it is kept.
    """

    form: Form
    dry: bool = False


@dataclass(frozen=True)
class Say:
    """Answer with this card where only the actor reads it."""

    card: Card


@dataclass(frozen=True)
class Invalid:
    """The form again, with `errors` by field and the typed text kept; nothing was done."""

    form: Form


@dataclass(frozen=True)
class Refused:
    """A rule forbids it: `key` for logs and tests, `text` for the person; `audited`: the attempt itself is recorded.

    `way` is where the person can go instead, after a button.
    """

    key: str
    text: str
    audited: bool = False
    way: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Done:
    """It is done. `note` is one sentence to show briefly; `card` replaces the message whose button was pressed."""

    note: str = ""
    card: Card | None = None


@dataclass(frozen=True)
class Hand:
    """A file for the actor."""

    document: Document
    note: str = ""


@dataclass(frozen=True)
class Replaced:
    """Where the gate would replace words of a text, in characters, and by what; a doubtful one its author may keep."""

    start: int
    end: int
    tag: str
    doubtful: bool


@dataclass(frozen=True)
class Held:
    """A draft is kept: its `name` for the form's state, `said` for the person, `apart` when another is kept beside it.

    `replaced` is what the gate would replace, by field, when it was asked.
    """

    name: str
    said: str
    apart: bool = False
    replaced: Mapping[str, tuple[Replaced, ...]] = field(default_factory=dict)


Outcome = Show | Say | Invalid | Refused | Done | Hand


INVISIBLE = {"\u00a0": " ", "\u202f": " ", "\u200b": "", "\u2060": "", "\ufeff": ""}
"""Signs that some keyboards and platforms put in and a reader does not see, with what stands for them."""


def chosen(event: FormSubmitted, name: str) -> tuple[str, ...]:
    """The options chosen in a field; empty when none."""
    value = event.values.get(name, ())
    return value if isinstance(value, tuple) else ((value.reveal(),) if value else ())


def typed_text(event: FormSubmitted, name: str) -> Sensitive:
    """The text typed in a field, without surrounding white space; what was chosen where it may mean several things."""
    value = event.values.get(name)
    if isinstance(value, tuple):
        return Sensitive(value[0] if len(value) == 1 else "")
    return Sensitive(same_everywhere(value.reveal())) if value else Sensitive("")


def same_everywhere(text: str) -> str:
    """The text without what would tell on which platform it was typed: line ends, invisible signs, composed letters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(INVISIBLE.get(sign, sign) for sign in text).strip()
