"""Inline and Distributed Maps, with all that reads, batches and writes their items."""
