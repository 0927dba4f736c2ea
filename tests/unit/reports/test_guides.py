"""What the guides say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.policy import Mode, Policy, Target
from bot.reports.instruments import INSTRUMENTS
from bot.reports.rule_sets import built_in, read_text

DOCS = Path(__file__).parents[3] / "docs"
LOG = (DOCS / "supervision-log.md").read_text(encoding="utf-8")
REPORTS = (DOCS / "reports.md").read_text(encoding="utf-8")


def test_the_example_of_a_rule_set_is_one() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", LOG, re.DOTALL)
    assert read_text(example, file="ours.toml").share_of(9) == 0


def test_every_rule_set_and_instrument_is_listed() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", LOG, re.MULTILINE) != []
    assert set(re.findall(r"^\| `([\w-]+)` \|", LOG, re.MULTILINE)) == set(built_in())
    assert all(name in REPORTS for name in INSTRUMENTS)


def test_the_table_of_targets_holds_the_defaults() -> None:
    rows = [tuple(map(int, row)) for row in re.findall(r"^\| [^|`]+ \| (\d+) \| (\d+) \|$", LOG, re.MULTILINE)]
    policy = Policy()
    wanted = [policy.target(Mode.ICBT, novice=False), policy.target(Mode.ICBT, novice=True)]
    assert [Target(*row) for row in rows] == [*wanted, policy.target(Mode.F2F, novice=False)]
