"""State machines from their source: YAML with comments, from which the deployed JSON is made."""
