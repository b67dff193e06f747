"""A language model for examples and tests: OpenAI's chat completions on this machine, from rules, and wrong at first."""

from batchctl.local.model.server import LocalModel

__all__ = ["LocalModel"]
