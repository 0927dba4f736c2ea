"""Exports of the supervision log, rule sets, the quarterly report, charts: facts in, documents out."""
