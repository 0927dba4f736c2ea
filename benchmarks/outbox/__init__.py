"""The parts of `benchmarks/delivery.py`: databases and people, senders, teams, size, start and end."""
