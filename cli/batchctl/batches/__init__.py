"""Batches that ran or run: listed, explained, run again, stopped."""
