"""The registries of a deployed stack, from the command line and from files."""
