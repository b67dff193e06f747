"""What AWS asks for what a batch does, estimated and counted."""
