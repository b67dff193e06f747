"""`batchctl erase`: removes what a batch has left."""
