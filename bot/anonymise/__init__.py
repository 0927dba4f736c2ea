"""The anonymisation gate: find identifiers, then replace them; knows no platform and no database."""
