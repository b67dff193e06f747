"""Lambda handler of the ticket classifier: the ticket agent's model, with the labels of the specification."""

from collections.abc import Mapping
from typing import Any

from suggested_reply import compose_reply, sign_reply
from ticket_facts import find_facts
from ticket_model import Label, load_model

MODEL = load_model()
# What the model tells apart, put together as a help desk's queues usually are.
CATEGORIES = {
    "Technical": ("technical",),
    "Billing": ("billing",),
    "Account": ("account",),
    "Orders": ("delivery", "returns", "cancellation"),
    "General": ("product_question", "feedback"),
}
PRIORITIES = {"Low": ("low",), "Medium": ("normal",), "High": ("high", "urgent")}


class EmptyTicket(ValueError):
    """The ticket has no text, and a label for no text would be invented."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer `{description, subject, ticket_id}`, the last two optional, with the entry's output fields."""
    text = "\n\n".join(part for part in (_text(event, "subject"), _text(event, "description")) if part)
    if not text:
        raise EmptyTicket("The ticket has no text to read.")
    tasks = MODEL.probabilities(text)
    category, priority = grouped(CATEGORIES, tasks["category"]), grouped(PRIORITIES, tasks["priority"])
    finest, urgency = (_likeliest(tasks[task]) for task in ("category", "priority"))
    reply = compose_reply(finest, urgency.name, _likeliest(tasks["sentiment"]).name, find_facts(text))
    return {
        "category": category.name,
        "priority": priority.name,
        "suggested_response": sign_reply(reply, None, _text(event, "ticket_id")),
        "confidence": round(category.probability, 3),
        "priority_confidence": round(priority.probability, 3),
    }


def grouped(groups: Mapping[str, tuple[str, ...]], probabilities: Mapping[str, float]) -> Label:
    """Return the likeliest group; its probability is the sum of its labels'."""
    return _likeliest({name: sum(probabilities[label] for label in labels) for name, labels in groups.items()})


def _likeliest(probabilities: Mapping[str, float]) -> Label:
    name = max(probabilities, key=probabilities.__getitem__)
    return Label(name, min(probabilities[name], 1.0))


def _text(event: dict[str, Any], field: str) -> str:
    value = event.get(field)
    return "" if value is None else str(value).strip()
