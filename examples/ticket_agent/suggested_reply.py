"""A reply to edit and send, composed of what the model says and what the ticket states."""

from ticket_facts import Facts
from ticket_model import Label

# Below this the category is wrong about as often as right, so the reply promises nothing about it.
CONFIDENT = 0.5

OPENINGS = {
    "negative": "I am sorry about the trouble this has caused you.",
    "neutral": "Thank you for your message.",
    "positive": "Thank you for your kind words.",
}
STEPS = {
    "account": "I will check your account{day} and write to you at the address we hold for it; "
    "please never send us your password.",
    "billing": "I will compare{amount} with what was ordered{order} and correct anything that does not match.",
    "cancellation": "I will look at the cancellation{order} and confirm in writing what ends and when{amount}.",
    "delivery": "I will ask the carrier where the parcel is{order}{day} and send you the answer with a new date.",
    "feedback": "I will pass on what you say{product} to the people it is about.",
    "product_question": "I will look up the answer{product} with our product team.",
    "returns": "I will look at the return{order}{product} and tell you whether a label, a replacement "
    "or a refund{amount} comes next.",
    "technical": "Please tell us the model and software version; meanwhile I will look for a known fault{product}{day}.",
}  # fmt: skip
UNSURE = "A colleague will read what you wrote{order}{product} and answer you in person."
PHRASES = {
    "amount": " ({})",
    "day": " (you mention {})",
    "order": " for order {}",
    "product": " about the {}",
}
CLOSINGS = {
    "low": "You will hear from us within a few days.",
    "normal": "You will hear from us within two working days.",
    "high": "You will hear from us by the end of the next working day.",
    "urgent": "I have put this at the top of our list, and somebody is looking at it now.",
}


def compose_reply(category: Label, priority: str, sentiment: str, facts: Facts) -> str:
    """Return the reply in three parts: how the customer feels, what is done, and until when."""
    step = STEPS[category.name] if category.probability >= CONFIDENT else UNSURE
    return " ".join([OPENINGS[sentiment], step.format(**_phrases(facts)), CLOSINGS[priority]])


def sign_reply(reply: str, signature: str | None, reference: str | None) -> str:
    """Return the reply with the lines below it that the batch gave."""
    lines = [signature or "", f"Your reference: {reference}" if reference else ""]
    below = "\n".join(line for line in lines if line)
    return f"{reply}\n\n{below}" if below else reply


def _phrases(facts: Facts) -> dict[str, str]:
    found = {name: getattr(facts, name) for name in PHRASES}
    return {name: PHRASES[name].format(fact) if fact else "" for name, fact in found.items()}
