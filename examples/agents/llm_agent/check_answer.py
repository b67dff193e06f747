"""CheckAnswer: holds what the model answered against the registered schema."""

from typing import Any

from model_answer import Verdict, judge


def handler(event: dict[str, Any], _context: object) -> Verdict:
    """Takes {registration, stop_reason, content, usage}; answers {verdict, structured_output | problem, messages?}."""
    return judge(event["registration"], event["stop_reason"], event["content"], event["usage"])
