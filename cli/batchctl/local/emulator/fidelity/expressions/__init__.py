"""JSONata and variables as Step Functions evaluates them."""
