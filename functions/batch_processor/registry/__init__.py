"""The registries of agents, tools, templates and extraction rules, and what they tell a batch of its target."""
