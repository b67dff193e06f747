"""Trains the ticket model: `python train.py` writes ticket_weights.json from training_tickets.csv.

Softmax regression on binary features, by AdaGrad, in plain Python. The order of the tickets is fixed and
nothing is random, so the same tickets make the same file.
"""

import csv
import json
import math
import operator
from collections import Counter
from pathlib import Path

from ticket_features import extract_features
from ticket_model import WEIGHT_UNIT, WEIGHTS_FILE, softmax

TRAINING_FILE = Path(__file__).with_name("training_tickets.csv")
TASKS = ("category", "priority", "sentiment")
EPOCHS = 8
LEARNING_RATE = 0.5
SHRINKAGE = 0.002  # L2 penalty, applied to the weights that a ticket touches
RARE = 3  # a feature seen in fewer tickets than this says nothing about the next one,
RARE_PAIR = 6  # and a pair of words even less
BIAS = "_bias"

Rows = dict[str, list[float]]


def train(training_file: Path = TRAINING_FILE) -> str:
    """Return the text of the weights file."""
    with training_file.open(encoding="utf-8", newline="") as lines:
        tickets = list(csv.DictReader(lines))
    documents = _documents([ticket["text"] for ticket in tickets])
    labels = {task: sorted({ticket[task] for ticket in tickets}) for task in TASKS}
    fits = [
        _fit(documents, [names.index(ticket[task]) for ticket in tickets], len(names)) for task, names in labels.items()
    ]
    return _weights_file(labels, fits)


def _documents(texts: list[str]) -> list[list[str]]:
    found = [extract_features(text) for text in texts]
    counts = Counter(feature for features in found for feature in features)
    known = {feature for feature, count in counts.items() if count >= (RARE_PAIR if " " in feature else RARE)}
    return [sorted(features & known) for features in found]


def _weights_file(labels: dict[str, list[str]], fits: list[Rows]) -> str:
    whole = {
        feature: [round(weight / WEIGHT_UNIT) for fit in fits for weight in fit[feature]] for feature in sorted(fits[0])
    }
    bias = whole.pop(BIAS)
    rows = ",\n".join(f"{_json(feature)}:{_json(row)}" for feature, row in whole.items())
    return f'{{"labels":{_json(labels)},\n"bias":{_json(bias)},\n"weights":{{\n{rows}\n}}}}\n'


def _fit(documents: list[list[str]], targets: list[int], size: int) -> Rows:
    features = {feature for document in documents for feature in document} | {BIAS}
    weights = {feature: [0.0] * size for feature in features}
    squares = {feature: [1e-6] * size for feature in features}
    for epoch in range(EPOCHS):
        for index in _shuffled(len(documents), epoch):
            _learn(weights, squares, documents[index], targets[index])
    return weights


def _shuffled(count: int, epoch: int) -> list[int]:
    # Every stride that shares no factor with the count visits each ticket once, far from its neighbours.
    stride = next(s for s in range(count // 3 + 7 * epoch + 1, 2 * count) if math.gcd(s, count) == 1)
    return [position * stride % count for position in range(count)]


def _learn(weights: Rows, squares: Rows, document: list[str], target: int) -> None:
    scale = 1 / math.sqrt(max(len(document), 1))
    features, values = [BIAS, *document], [1.0, *[scale] * len(document)]
    rows = [weights[feature] for feature in features]
    scores = [math.fsum(map(operator.mul, column, values)) for column in zip(*rows, strict=True)]
    errors = softmax(scores)
    errors[target] -= 1.0
    for feature, row, value in zip(features, rows, values, strict=True):
        _step(row, squares[feature], errors, value)


def _step(row: list[float], squares: list[float], errors: list[float], value: float) -> None:
    for k, error in enumerate(errors):
        gradient = error * value + SHRINKAGE * row[k]
        squares[k] += gradient * gradient
        row[k] -= LEARNING_RATE * gradient / math.sqrt(squares[k])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    WEIGHTS_FILE.write_text(train(), encoding="utf-8")
    print(f"{WEIGHTS_FILE.name}: {WEIGHTS_FILE.stat().st_size:,} bytes")
