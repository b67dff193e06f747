"""A small valid configuration, for tests that care about a part of it."""

from typing import Any

AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:support-triage"
TOOL = "arn:aws:lambda:eu-west-1:123456789012:function:tool-enrich"


def make_document(**keys: Any) -> dict[str, Any]:
    """The configuration as a user writes it; each keyword replaces a key."""
    return {
        "csv_s3_uri": "s3://data/inputs/people.csv",
        "target": AGENT,
        "input_mapping": {"column_mappings": {"email": "contact"}},
        "output_mapping": {"structured_output_fields": ["category", "score"]},
        **keys,
    }
