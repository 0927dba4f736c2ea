"""Notes with known identifiers, fresh ones from a generator, and the scoring of what was masked."""
