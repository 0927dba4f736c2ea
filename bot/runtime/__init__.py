"""What runs: the ticker, the dispatcher, the real clock, ids and chance."""
