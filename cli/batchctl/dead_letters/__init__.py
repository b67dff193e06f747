"""The dead letters of a stack."""
