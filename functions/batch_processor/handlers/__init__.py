"""One handler per Task state: parse, one domain call, a typed result. Nothing imports them."""
