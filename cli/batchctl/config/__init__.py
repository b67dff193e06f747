"""Configurations: made, checked, shown."""
