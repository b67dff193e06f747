"""The output: the CSV with its parts and pieces, its summary and its metrics, published complete or not at all."""
