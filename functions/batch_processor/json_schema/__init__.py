"""JSON Schema as answers are checked by it: the dialect, its formats, and what is told of a violation."""
