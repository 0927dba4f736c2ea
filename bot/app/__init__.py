"""Use-cases: one event in, one unit of work, one outcome out."""
