"""The rules of peer supervision: pure, synchronous, standard library only."""
