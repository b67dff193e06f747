"""Finds fields in answers that have no structured output, or have it somewhere else, by rules alone. docs/extraction.md."""
