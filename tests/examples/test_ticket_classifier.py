"""The ticket classifier says with the specification's labels what the ticket agent's model says."""

import csv

import pytest

import classify_ticket
import triage_ticket
from classify_ticket import CATEGORIES, PRIORITIES, EmptyTicket, grouped, handler
from tests.examples.batch_inputs import EXAMPLES
from tests.examples.function_agents import validator_of

HELDOUT = EXAMPLES / "ticket_agent" / "heldout_tickets.csv"


def heldout() -> list[dict[str, str]]:
    with HELDOUT.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_label_of_the_model_is_in_exactly_one_group() -> None:
    for task, groups in (("category", CATEGORIES), ("priority", PRIORITIES)):
        assert sorted(label for labels in groups.values() for label in labels) == classify_ticket.MODEL.labels[task]


def test_group_of_many_unsure_labels_goes_before_one_that_is_likelier_alone() -> None:
    label = grouped({"one": ("a",), "many": ("b", "c")}, {"a": 0.4, "b": 0.35, "c": 0.25})
    assert (label.name, label.probability) == ("many", 0.6)


def test_answers_fit_the_registered_schema_and_are_the_same_twice() -> None:
    validator = validator_of("ticket_classifier")
    for row in heldout():
        answer = handler({"description": row["text"]}, None)
        validator.validate(answer)
        assert handler({"description": row["text"]}, None) == answer


def test_fewer_labels_are_right_more_often_than_those_of_the_ticket_agent() -> None:
    group_of = {label: name for name, labels in CATEGORIES.items() for label in labels}
    rows = heldout()
    right = sum(handler({"description": row["text"]}, None)["category"] == group_of[row["category"]] for row in rows)
    finer = sum(triage_ticket.handler({"ticket": row["text"]}, None)["category"] == row["category"] for row in rows)
    assert right / len(rows) >= 0.65
    assert right > finer


def test_subject_is_read_along_and_the_ticket_is_named_in_the_response() -> None:
    alone = handler({"description": "It does not work."}, None)
    both = handler({"description": "It does not work.", "subject": "Refund for invoice 3", "ticket_id": "T-9"}, None)
    assert alone["category"] != both["category"] == "Billing"
    assert both["suggested_response"].endswith("Your reference: T-9")


@pytest.mark.parametrize("event", [{}, {"description": None}, {"description": "  ", "subject": "\n"}])
def test_ticket_without_text_fails(event: dict[str, object]) -> None:
    with pytest.raises(EmptyTicket, match=r"no text to read"):
        handler(event, None)
