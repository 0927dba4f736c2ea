"""Named rule sets as data files; `reader.py` explains the format and refuses a faulty file with its lines."""

from bot.reports.rule_sets.goals import REPEATED, YEARS, Goal, GoalKind, GoalResult, Which, Window
from bot.reports.rule_sets.reader import InvalidRuleSet, RuleSetMistake, built_in, read_folder, read_text
from bot.reports.rule_sets.rules import Counted, Reason, RuleSet, apply, goal_results

__all__ = [
    "REPEATED",
    "YEARS",
    "Counted",
    "Goal",
    "GoalKind",
    "GoalResult",
    "InvalidRuleSet",
    "Reason",
    "RuleSet",
    "RuleSetMistake",
    "Which",
    "Window",
    "apply",
    "built_in",
    "goal_results",
    "read_folder",
    "read_text",
]
