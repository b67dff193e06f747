"""A CSV from a Distributed Map of the user's own: its manifest and result files, matched to the rows of the CSV."""
