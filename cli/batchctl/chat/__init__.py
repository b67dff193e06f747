"""A conversation with the stack's own agent."""
