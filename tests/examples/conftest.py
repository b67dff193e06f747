"""The examples are packages of their own: each directory is a Lambda function's root."""

import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
# Behind all others: a directory may have links to modules of the batch processor.
FOLDERS = ("contact_tool", "ticket_agent", "address_agent", "customer_agent", "agents/llm_agent")
sys.path += [str(EXAMPLES / name) for name in FOLDERS]
