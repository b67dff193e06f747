"""Lambda handler of the ticket agent's one task."""

from typing import Any

from suggested_reply import compose_reply, sign_reply
from ticket_facts import find_facts
from ticket_model import load_model

MODEL = load_model()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer `{ticket, reference, signature}`, the last two optional, as output_schema.json says."""
    text = event["ticket"]
    labels = MODEL.classify(text)
    category, priority, sentiment = labels["category"], labels["priority"], labels["sentiment"]
    reply = compose_reply(category, priority.name, sentiment.name, find_facts(text))
    return {
        "category": category.name,
        "priority": priority.name,
        "sentiment": sentiment.name,
        "confidence": round(category.probability, 3),
        "suggested_reply": sign_reply(reply, event.get("signature"), event.get("reference")),
    }
