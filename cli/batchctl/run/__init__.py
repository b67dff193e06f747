"""Runs of the user's own CSVs on a stack that stands."""
