"""What agents, tools, templates and extraction rules are registered as, and what a batch gets to know of its target."""
