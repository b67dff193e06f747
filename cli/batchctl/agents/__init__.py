"""The agents and tools that batches can use."""
