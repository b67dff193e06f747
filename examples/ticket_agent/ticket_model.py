"""The trained model: one multinomial logistic regression each for category, priority and sentiment."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ticket_features import extract_features

WEIGHTS_FILE = Path(__file__).with_name("ticket_weights.json")
WEIGHT_UNIT = 0.1  # the file holds whole tenths


@dataclass(frozen=True)
class Label:
    """What the model says about one task, and how sure it is, from 0 to 1."""

    name: str
    probability: float


@dataclass(frozen=True)
class TicketModel:
    """The labels of each task, and for each feature one weight a label, the tasks one after another."""

    labels: dict[str, list[str]]
    bias: list[int]
    weights: dict[str, list[int]]

    def classify(self, text: str) -> dict[str, Label]:
        """Return the likeliest label of each task."""
        scores = iter(self._scores(extract_features(text)))
        return {task: likeliest(names, list(islice(scores, len(names)))) for task, names in self.labels.items()}

    def probabilities(self, text: str) -> dict[str, dict[str, float]]:
        """Return, for each task, the probability of each label."""
        scores = iter(self._scores(extract_features(text)))
        return {
            task: dict(zip(names, softmax(list(islice(scores, len(names)))), strict=True))
            for task, names in self.labels.items()
        }

    def _scores(self, features: Iterable[str]) -> list[float]:
        known = [self.weights[feature] for feature in features if feature in self.weights]
        scale = 1 / math.sqrt(max(len(known), 1))
        columns = zip(self.bias, *known, strict=True)
        return [WEIGHT_UNIT * (bias + scale * sum(column)) for bias, *column in columns]


def load_model(weights_file: Path = WEIGHTS_FILE) -> TicketModel:
    """Return the model that `train.py` wrote."""
    return TicketModel(**json.loads(weights_file.read_text(encoding="utf-8")))


def likeliest(names: list[str], scores: list[float]) -> Label:
    """Return the name with the highest score."""
    probabilities = softmax(scores)
    best = max(range(len(names)), key=probabilities.__getitem__)
    return Label(names[best], probabilities[best])


def softmax(scores: list[float]) -> list[float]:
    """Return the probabilities that the scores stand for."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = math.fsum(powers)
    return [power / total for power in powers]
