"""The ticket agent reads tickets that its model has never seen."""

import csv
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import train
import triage_ticket
from suggested_reply import compose_reply, sign_reply
from tests.examples.batch_inputs import EXAMPLES, TICKETS, rows_of
from ticket_facts import Facts, find_facts
from ticket_model import WEIGHTS_FILE, Label, load_model

AGENT = EXAMPLES / "ticket_agent"
SCHEMA = json.loads((AGENT / "output_schema.json").read_text(encoding="utf-8"))
DEFINITION = json.loads((AGENT / "ticket_agent.asl.json").read_text(encoding="utf-8"))
PRIORITIES = SCHEMA["properties"]["priority"]["enum"]


def triage(ticket: str, **rest: str) -> dict[str, Any]:
    return triage_ticket.handler({"ticket": ticket, **rest}, None)


Labelled = list[tuple[dict[str, str], dict[str, Any]]]


def labels_of(name: str) -> list[dict[str, str]]:
    with (AGENT / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def unseen() -> Labelled:
    """The tickets written after the training tickets, as what they are and what the agent says."""
    return [(label, triage(label["text"])) for label in labels_of("heldout_tickets.csv")]


@pytest.fixture(scope="module")
def inbox() -> Labelled:
    """The labelled tickets of tickets.csv."""
    texts = {row[0]: f"{row[4]}\n\n{row[5]}" for row in rows_of(TICKETS)}
    return [(label, triage(texts[label["ticket_id"]])) for label in labels_of("ticket_labels.csv")]


def accuracy(tickets: Labelled, task: str) -> float:
    return sum(bool(label[task] == answer[task]) for label, answer in tickets) / len(tickets)


@pytest.mark.parametrize(("task", "least"), [("category", 0.55), ("priority", 0.49), ("sentiment", 0.68)])
def test_accuracy_on_unseen_tickets_stays_near_the_measured_one(task: str, least: float, unseen: Labelled) -> None:
    assert accuracy(unseen, task) >= least


@pytest.mark.parametrize(("task", "least"), [("category", 0.83), ("priority", 0.68), ("sentiment", 0.80)])
def test_accuracy_on_the_inbox_stays_near_the_measured_one(task: str, least: float, inbox: Labelled) -> None:
    assert len(inbox) >= 200
    assert accuracy(inbox, task) >= least


def test_priority_is_seldom_off_by_more_than_one_step(unseen: Labelled) -> None:
    steps = [
        abs(PRIORITIES.index(label["priority"]) - PRIORITIES.index(answer["priority"])) for label, answer in unseen
    ]
    assert sum(step <= 1 for step in steps) / len(steps) >= 0.9


def test_confident_answers_are_right_more_often(unseen: Labelled) -> None:
    sure = [(label, answer) for label, answer in unseen if answer["confidence"] >= 0.5]
    unsure = [(label, answer) for label, answer in unseen if answer["confidence"] < 0.5]
    assert accuracy(sure, "category") >= accuracy(unsure, "category") + 0.2


def test_no_ticket_is_measured_that_the_model_was_trained_on() -> None:
    training = " / ".join(" ".join(row["text"].lower().split()) for row in labels_of("training_tickets.csv"))
    texts = [row[5] for row in rows_of(TICKETS)] + [row["text"] for row in labels_of("heldout_tickets.csv")]
    measured = {" ".join(text.lower().split()) for text in texts} - {""}
    assert [text for text in measured if text in training] == []


def test_weights_are_what_the_training_script_makes() -> None:
    assert train.train() == WEIGHTS_FILE.read_text(encoding="utf-8")
    assert WEIGHTS_FILE.stat().st_size < 400_000


def test_every_ticket_gets_the_same_answer_from_a_newly_loaded_model_and_it_fits_the_schema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    validator = Draft202012Validator(SCHEMA)
    tickets = [f"{row[4]}\n\n{row[5]}" for row in rows_of(TICKETS)]
    answers = [triage(ticket) for ticket in tickets]
    for answer in answers:
        validator.validate(answer)
    monkeypatch.setattr(triage_ticket, "MODEL", load_model())
    assert [triage(ticket) for ticket in tickets] == answers


@pytest.mark.parametrize("ticket", ["?", "🙂🙂", "自动关机", "x" * 50_000, "FW-123456"])
def test_text_that_the_model_has_no_words_for_still_gets_an_answer(ticket: str) -> None:
    Draft202012Validator(SCHEMA).validate(triage(ticket))


def test_facts_are_those_that_the_text_states() -> None:
    text = "Lumen lamp from FW-481220, ordered 12 September for £39.99, still broken on Monday"
    assert find_facts(text) == Facts("FW-481220", "£39.99", "Lumen lamp", "12 September")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("my order 716203", Facts("FW-716203", None, None, None)),
        ("FW204417 please", Facts("FW-204417", None, None, None)),
        ("transferred 128,40 EUR on 02/10/2026", Facts(None, "128,40 EUR", None, "02/10/2026")),
        ("nearly $2,300.", Facts(None, "$2,300", None, None)),
        ("my Hearth is cold", Facts(None, None, "Hearth thermostat", None)),
        ("a fire in the hearth, a breeze outside", Facts(None, None, None, None)),
        ("call 020 7946 0123, customer 1234567", Facts(None, None, None, None)),
    ],
)
def test_facts_in_other_spellings(text: str, facts: Facts) -> None:
    assert find_facts(text) == facts


def test_reply_repeats_the_facts_and_fits_the_mood() -> None:
    facts = Facts("FW-481220", "£39.99", "Lumen lamp", None)
    reply = compose_reply(Label("returns", 0.9), "high", "negative", facts)
    assert all(fact in reply for fact in ("FW-481220", "£39.99", "Lumen lamp"))
    assert reply.startswith("I am sorry")
    assert reply.endswith("by the end of the next working day.")


def test_reply_to_a_ticket_of_doubtful_category_promises_nothing_about_it() -> None:
    reply = compose_reply(Label("billing", 0.3), "normal", "neutral", Facts(None, None, None, None))
    assert "A colleague will read what you wrote and answer you in person." in reply


def test_every_category_has_a_reply() -> None:
    facts = Facts("FW-100000", "£1", "Halo speaker", "Monday")
    for category in SCHEMA["properties"]["category"]["enum"]:
        assert "{" not in compose_reply(Label(category, 1.0), "low", "positive", facts)


def test_reply_is_signed_with_what_the_batch_gives() -> None:
    assert sign_reply("Hello.", "Fernwell", "T-1") == "Hello.\n\nFernwell\nYour reference: T-1"
    assert sign_reply("Hello.", None, None) == "Hello."


def test_model_knows_exactly_the_labels_of_the_schema() -> None:
    properties = SCHEMA["properties"]
    for task, names in triage_ticket.MODEL.labels.items():
        assert sorted(properties[task]["enum"]) == names


def test_definition_leads_only_to_states_that_exist_and_says_what_each_is_for() -> None:
    states = DEFINITION["States"]
    targets = {DEFINITION["StartAt"]}
    for state in states.values():
        followers = [state, *state.get("Choices", []), *state.get("Catch", [])]
        targets |= {follower[key] for follower in followers for key in ("Next", "Default") if key in follower}
        assert state["Comment"]
    assert targets == set(states)
    assert DEFINITION["QueryLanguage"] == "JSONata"


def test_every_failure_of_the_agent_has_an_error_and_a_cause() -> None:
    failures = [state for state in DEFINITION["States"].values() if state["Type"] == "Fail"]
    assert {failure["Error"] for failure in failures} == {"EmptyTicket", "TriageFailed"}
    assert all(failure["Cause"] for failure in failures)
