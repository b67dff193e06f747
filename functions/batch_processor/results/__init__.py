"""Row results: how they are stored, which one stands where there are several, and what became of a row that failed."""
