"""Lambda functions: their code, processes and errors."""
