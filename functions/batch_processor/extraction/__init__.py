"""Finds fields in answers that have no structured output, or have it somewhere else, by rules alone. docs/extraction.md."""

from .methods import Extracted, NothingExtracted, extract

__all__ = ["Extracted", "NothingExtracted", "extract"]
