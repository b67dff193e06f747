"""What `batchctl help` knows besides the commands."""
