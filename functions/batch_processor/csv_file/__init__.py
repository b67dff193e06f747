"""The input CSV: how it is read, how its columns are called, and what a cell may be."""
