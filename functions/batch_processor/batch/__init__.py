"""One batch: its names, its folder in S3, and what it leaves there for itself."""
