"""Inline and Distributed Maps and Parallel states, with all that reads, batches and writes their items."""
