# Copied by `make generated` from functions/batch_processor/__init__.py:
# change that, not this file.
"""A CSV in, the same CSV with an agent's answers out: every row accounted for."""
