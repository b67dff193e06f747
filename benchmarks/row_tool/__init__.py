"""The trivial tool of the benchmarks, which run no model and no service: what is left is what running rows costs."""
