"""Starts batches, tells how far they are and what came out, and stops them."""
