"""The whole product on this machine: its stacks, deployed by the real SAM CLI to the embedded AWS."""
