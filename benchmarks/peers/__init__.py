"""The same rows and the same function under other tools; each runs in .venv-comparison, as a process of its own."""
