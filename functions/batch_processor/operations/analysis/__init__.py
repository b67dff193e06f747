"""What a CSV holds, as far as its bytes tell: its form, its columns, and how many rows."""
