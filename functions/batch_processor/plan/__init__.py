"""A configuration and a CSV become the plan, or the list of all that is wrong with them."""
