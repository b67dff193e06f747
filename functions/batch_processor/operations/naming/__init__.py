"""What the names of columns and fields mean, as far as names tell."""
