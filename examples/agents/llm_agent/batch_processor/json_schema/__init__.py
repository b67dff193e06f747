# Copied by `make generated` from functions/batch_processor/json_schema/__init__.py:
# change that, not this file.
"""Checks answers by a JSON Schema: the dialect, its formats, and violations in words."""
