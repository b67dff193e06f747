"""Definitions of state machines, refused where AWS refuses them."""
