"""What a CSV holds, and what a batch of it would cost."""
