"""Kills under load against a copy of an installation: what is lost, what is doubled (`intervision soak`)."""
