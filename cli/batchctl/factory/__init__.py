"""The schema factory: from one canonical schema to an agent that can be deployed, registered and used in batches."""
