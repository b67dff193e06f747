"""Makes a configuration of a CSV and a target, and says what of it was guessed."""
