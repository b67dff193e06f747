"""From the pinned CSV to rows that can be run: which fit, how many at once, in which mode, and where they lie."""
