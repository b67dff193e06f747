"""A conversation with batch-orchestrator-agent: what is said in a turn, what the model is told, and where it is kept."""
