"""Named rule sets as data files; `reader.py` explains the format and refuses a faulty file with its lines."""

from bot.reports.rule_sets.reader import InvalidRuleSet, RuleSetMistake, built_in, read_folder, read_text
from bot.reports.rule_sets.rules import Counted, Goal, GoalResult, Reason, RuleSet, apply, goal_results

__all__ = [
    "Counted",
    "Goal",
    "GoalResult",
    "InvalidRuleSet",
    "Reason",
    "RuleSet",
    "RuleSetMistake",
    "apply",
    "built_in",
    "goal_results",
    "read_folder",
    "read_text",
]
