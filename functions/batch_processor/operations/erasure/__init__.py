"""Removes what a batch has left, wherever it can be reached, and names the rest."""
