"""docs/session.svg: what the commands really printed on the local stack."""
