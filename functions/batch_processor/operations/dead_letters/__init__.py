"""What the dead letter queue holds, and what may become of it."""
