import re
from types import ModuleType

import pytest

from benchmarks import aggregator, large_answers, loader


@pytest.mark.parametrize("benchmark", [loader, aggregator])
def test_benchmark_runs_against_what_it_measures(benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "ROW_COUNTS", (40_000,))  # enough for uploads in several parts
    monkeypatch.setattr(aggregator, "ROW_BATCHES", aggregator.ROW_BATCHES[:1])

    text = benchmark.run()

    assert re.search(r"^\| 40,000 \| [\d.]+ \| [\d.]+ \|", text, re.MULTILINE)


def test_outputs_are_written_with_answers_at_hand_and_from_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregator, "ROW_COUNTS", (500,))
    monkeypatch.setattr(aggregator, "ROW_BATCHES", aggregator.ROW_BATCHES[1:])

    assert aggregator.run().count("\n| 500 | ") == 2


def test_large_answers_are_joined_by_one_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_answers, "ROW_COUNTS", (200,))

    assert re.search(r"^\| 200 \| 0\.01 \|", large_answers.run(), re.MULTILINE)
