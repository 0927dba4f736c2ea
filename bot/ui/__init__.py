"""The neutral user interface, both directions: what can be shown and what can come in."""
