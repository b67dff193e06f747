"""docs/batchctl.md, made of what the commands say of themselves."""
