"""Resuming an earlier batch: what it left, what has changed since, and which of its rows are to be run."""
