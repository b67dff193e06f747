"""Checks answers by a JSON Schema: the dialect, its formats, and violations in words."""
