"""The examples are packages of their own: each directory is a Lambda function's root."""

import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path[:0] = [str(EXAMPLES / "contact_tool"), str(EXAMPLES / "ticket_agent")]
