"""A CSV in, the same CSV with an agent's answers out: every row accounted for."""
