"""Answers tell of tokens in several notations."""

from typing import Any

import pytest

from batch_processor.extraction.answer_usage import usage_of


@pytest.mark.parametrize(
    "answer",
    [
        {"structured_output": {"a": 1}, "usage": {"asks": 1, "input_tokens": 12, "output_tokens": 5}},
        {"structured_output": {"a": 1, "usage": {"inputTokens": 12, "outputTokens": 5}}},
        {"Output": '{"structured_output": {"a": 1}, "usage": {"prompt_tokens": 12, "completion_tokens": 5}}'},
        {"output": {"message": {}}, "usage": {"inputTokens": 12, "outputTokens": 5, "totalTokens": 17}},
        {"content": {"usage": {"InputTokens": 12, "OutputTokens": 5}}},
        {"usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5}},
        {
            "messages": [
                {"usage": {"input_tokens": 10, "output_tokens": 2}},
                {"usage": {"input_tokens": 2, "output_tokens": 3}},
            ]
        },
        {
            "messages": [
                {"role": "user"},
                {"role": "assistant", "metadata": {"usage": {"input_tokens": 12, "output_tokens": 5}}},
            ]
        },
    ],
)
def test_tokens_are_found(answer: Any) -> None:
    assert usage_of(answer) == [12, 5]


@pytest.mark.parametrize(
    "answer",
    [
        None, "text", 7, [], {}, {"usage": None}, {"usage": "much"}, {"usage": {}}, {"usage": {"input_tokens": 12}},
        {"usage": {"input_tokens": "12", "output_tokens": "5"}}, {"usage": {"input_tokens": True, "output_tokens": 5}},
        {"usage": {"input_tokens": -1, "output_tokens": 5}}, {"usage": {"input_tokens": 10**12, "output_tokens": 5}},
        {"messages": ["text", 7, None]},
    ],
)  # fmt: skip
def test_what_is_no_count_is_none(answer: Any) -> None:
    assert usage_of(answer) is None


def test_the_answer_counts_for_all_of_its_messages() -> None:
    usage = {"input_tokens": 12, "output_tokens": 5}
    assert usage_of({"usage": usage, "messages": [{"usage": {"input_tokens": 1, "output_tokens": 1}}]}) == [12, 5]
