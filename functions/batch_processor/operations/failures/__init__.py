"""Why rows failed, and what to do about it."""
