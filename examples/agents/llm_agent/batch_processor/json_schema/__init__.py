# Copied by `make generated` from functions/batch_processor/json_schema/__init__.py:
# change that, not this file.
"""JSON Schema as answers are checked by it: the dialect, its formats, and what is told of a violation."""
