"""Which column of a CSV fills which input field of a target, and how sure that is."""
