"""A rule set of a professional body (docs/howto/rule-set.md)."""

from __future__ import annotations

import re

from bot.errors import SetupError
from bot.scaffold.changes import Changes, check_title

RULES = """# {title}: what its text says, in one line. Counts everything in full until you write its rules here.
format = 2
name = "{title}"
source = "https://example.org/where-the-text-stands"
read = {day}
hour_minutes = 60

[states]
en = "Counts supervision received in full. Compares a calendar year with 10 hours."
da = "Tæller modtaget supervision fuldt ud. Sammenligner et kalenderår med 10 timer."
de = "Zählt erhaltene Supervision voll. Vergleicht ein Kalenderjahr mit 10 Stunden."
nb = "Teller mottatt veiledning fullt ut. Sammenligner et kalenderår med 10 timer."
nl = "Telt ontvangen supervisie volledig. Vergelijkt een kalenderjaar met 10 uur."
sv = "Räknar mottagen handledning fullt ut. Jämför ett kalenderår med 10 timmar."

[[group]]
from = 1
counts = "1"

[[goal]]
kind = "hours"
amount = 10
window = "calendar_year"
"""


def add_rule_set(changes: Changes, name: str, title: str, day: str) -> None:
    """A rule set to fill in; `day` is when its body's text was read, as YYYY-MM-DD."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", name):
        raise SetupError("a rule set's name is small letters, digits and hyphens")
    check_title(title)
    changes.create(f"bot/reports/rule_sets/{name}.toml", RULES.format(title=title, day=day))
    changes.tell(f"Rule set `{name}`: {title}.")
