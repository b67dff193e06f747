"""Speed and memory, always beside a baseline measured in the same run."""
