"""In which tier a distributed batch runs its rows, and why."""

from typing import Any

import pytest

from batch_processor import limits
from batch_processor.errors import InvalidConfiguration
from batch_processor.loading.tier import UNDECLARED, attempt_seconds, choose_tier, wants_express
from tests.unit.plans import make_plan

TOOL: dict[str, Any] = {"type": "tool", "idempotent": True}
QUICK = {"timeout_seconds": 30}
LONG = {"timeout_seconds": limits.MOST_EXPRESS_ATTEMPT_SECONDS + 1}


def choice(target: dict[str, Any] | None = None, **execution: Any) -> tuple[str, str]:
    tier, reason = choose_tier(make_plan(target=target or TOOL, execution={**QUICK, **execution}))
    return tier, reason


def test_an_idempotent_tool_that_is_quick_enough_runs_in_express() -> None:
    assert choice() == ("express", "the target is idempotent, and each attempt ends within 30 s")
    assert choice({"type": "agent", "express": True, "idempotent": True})[0] == "express"


@pytest.mark.parametrize(
    ("target", "execution", "word"),
    [
        ({"type": "agent", "idempotent": True}, {}, "STANDARD"),
        ({**TOOL, "runs": "state_machine"}, {}, "STANDARD"),
        ({**TOOL, "idempotent": False}, {}, "declared not idempotent"),
        (TOOL, {"continue_on_error": False}, "continue_on_error"),
        (TOOL, LONG, "241 s, and Express has room for 240"),
    ],
)
def test_what_cannot_run_in_express_says_why_and_is_refused_where_it_insists(
    target: dict[str, Any], execution: dict[str, Any], word: str
) -> None:
    tier, reason = choice(target, **execution)
    assert tier == "standard"
    assert word in reason
    with pytest.raises(InvalidConfiguration, match="execution_tier express cannot be") as refused:
        choice(target, **execution, tier="express")
    assert word in str(refused.value)


def test_all_that_is_in_the_way_is_named_at_once() -> None:
    _, reason = choice({"type": "tool"}, continue_on_error=False, **LONG)
    assert all(word in reason for word in ("continue_on_error", "241 s", UNDECLARED))
    # What nobody can change stands alone.
    assert "continue_on_error" not in choice({"type": "agent"}, continue_on_error=False)[1]
    with pytest.raises(InvalidConfiguration) as refused:
        choice({"type": "agent"}, continue_on_error=False, **LONG, tier="express")
    assert [word in str(refused.value) for word in ("STANDARD", "continue_on_error", "241 s")] == [True] * 3


def test_only_the_missing_word_is_in_the_way_of_a_tool_that_nobody_has_declared() -> None:
    assert choice({"type": "tool"}) == ("standard", UNDECLARED)
    # Who asks for it, says it.
    assert choice({"type": "tool"}, tier="express") == ("express", "execution_tier is express")


def test_a_batch_may_insist_on_standard() -> None:
    assert choice(tier="standard") == ("standard", "execution_tier is standard")
    assert not wants_express(make_plan(execution={"tier": "standard"}))


def test_the_functions_own_timeout_bounds_an_attempt() -> None:
    def bound(own: int, allowed: int) -> int:
        return attempt_seconds(
            make_plan(target={**TOOL, "timeout_seconds": own}, execution={"timeout_seconds": allowed})
        )

    # A start takes up to 10 s besides, as long as there is room.
    assert [bound(own, 900) for own in (10, 229, 230, 240, 241)] == [20, 239, 240, 240, 241]
    assert bound(60, 30) == 30
    assert choice({**TOOL, "timeout_seconds": 10}, **LONG)[0] == "express"
