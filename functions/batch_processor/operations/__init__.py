"""What can be done with batches, for every front end."""
