"""`batchctl`, the operator's command line, and the embedded AWS that it runs the product on."""

__version__ = "0.1.0"
