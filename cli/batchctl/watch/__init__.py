"""The live display of a batch, and the block that it ends with."""
