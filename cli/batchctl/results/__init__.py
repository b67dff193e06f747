"""What came out of a batch."""
