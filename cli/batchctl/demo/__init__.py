"""The demonstration: one of the examples, or your own CSV and config, run on the embedded AWS."""
