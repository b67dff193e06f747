"""Task states: how they call, what fails in them and what their role may do."""
