"""How the rows are run: how many at a time, how long, how often, and what is logged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from batch_processor.config.defaults import Defaults, MaxConcurrency, given_or_default
from batch_processor.config.execution_tier import TIER_DESCRIPTION, ExecutionTier
from batch_processor.config.misplaced import MISPLACED
from batch_processor.contract import WantedTier
from batch_processor.document.shape import WHOLE, Finding, Flag, Shape, expected, one_of
from batch_processor.limits import INLINE_CONCURRENCY, LONGEST_BATCH_SECONDS

_Wait = Annotated[int, Field(ge=1, le=3600), WHOLE, expected("a whole number of seconds, 1 to 3600")]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


@dataclass(frozen=True)
class ExecutionOptions:
    """The limits of a run; `tier` is how its rows are to be run where they are many."""

    max_concurrency: int = 10
    timeout_seconds: int = 300
    max_attempts: int = 3
    backoff_rate: float = 2.0
    interval_seconds: int = 2
    max_delay_seconds: int = 300
    continue_on_error: bool = True
    log_level: LogLevel = "INFO"
    debug: bool = False
    tier: WantedTier = "auto"


class RetryPolicy(Shape):
    """When a row is tried again: after interval_seconds, then backoff_rate times as long each time."""

    model_config = ConfigDict(title="Retry policy")

    max_attempts: Annotated[
        int,
        Field(ge=1, le=10),
        WHOLE,
        expected("a whole number of attempts, 1 to 10, the first one included"),
    ] = Field(default=ExecutionOptions.max_attempts, description="How often a row is tried, the first time included.")
    backoff_rate: Annotated[float, Field(ge=1, le=100), expected("a number from 1.0 to 100.0")] = Field(
        default=ExecutionOptions.backoff_rate, description="What each wait is multiplied by for the next one."
    )
    interval_seconds: _Wait = Field(
        default=ExecutionOptions.interval_seconds, description="Wait before the second attempt, in seconds."
    )
    max_delay_seconds: _Wait | None = Field(
        default=None,
        description="Longest wait, in seconds; else 300 or interval_seconds, whichever is longer.",
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield a longest wait that is shorter than the first."""
        first = given.get("interval_seconds", ExecutionOptions.interval_seconds)
        longest = given.get("max_delay_seconds")
        if isinstance(first, int) and isinstance(longest, int) and longest < first:
            yield Finding(("max_delay_seconds",), f"{longest} is less than interval_seconds, {first}; raise it")


class ExecutionConfig(Shape):
    """How the rows are run."""

    model_config = ConfigDict(
        title="Execution", json_schema_extra={"not": {"required": ["retry_policy", "retry_strategy"]}}
    )
    misplaced: ClassVar[Mapping[str, str]] = MISPLACED

    max_concurrency: MaxConcurrency = Field(
        default=ExecutionOptions.max_concurrency,
        description=f"How many rows run at a time; of an inline batch at most {INLINE_CONCURRENCY}.",
    )
    timeout_seconds: Annotated[
        int,
        Field(ge=1, le=LONGEST_BATCH_SECONDS),
        WHOLE,
        expected(f"a whole number of seconds, 1 to {LONGEST_BATCH_SECONDS} (30 days)"),
    ] = Field(
        default=ExecutionOptions.timeout_seconds,
        description="How long one attempt at a row may take, in seconds.",
    )
    retry_policy: RetryPolicy | None = Field(default=None, description="When a row is tried again.")
    retry_strategy: RetryPolicy | None = Field(default=None, description="Another name of retry_policy.")
    continue_on_error: Flag = Field(
        default=ExecutionOptions.continue_on_error,
        description="Whether the other rows go on after one has failed; else the batch fails with that row.",
    )
    execution_tier: ExecutionTier | None = Field(default=None, description=TIER_DESCRIPTION)
    debug: Flag = Field(default=ExecutionOptions.debug, description="Sets log_level to DEBUG where that is not given.")
    log_level: Annotated[LogLevel, one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")] | None = Field(
        default=None, description="Least severe level that is logged; INFO where nothing is said."
    )
    enable_xray: Flag | None = Field(
        default=None,
        description="Accepted and without effect: the template turns tracing on for every batch.",
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield a retry policy that is given under both of its names."""
        if "retry_policy" in given and "retry_strategy" in given:
            yield Finding(("retry_strategy",), "retry_policy and retry_strategy are one thing; keep one of them")

    def options(self, defaults: Defaults, tier: WantedTier | None = None) -> ExecutionOptions:
        """Return the options with every default filled in; `tier` is what the document itself says of it."""
        retry = self.retry_policy or self.retry_strategy or RetryPolicy()
        return ExecutionOptions(
            max_concurrency=given_or_default(self, defaults, "max_concurrency"),
            timeout_seconds=self.timeout_seconds,
            max_attempts=retry.max_attempts,
            backoff_rate=retry.backoff_rate,
            interval_seconds=retry.interval_seconds,
            max_delay_seconds=retry.max_delay_seconds
            or max(ExecutionOptions.max_delay_seconds, retry.interval_seconds),
            continue_on_error=self.continue_on_error,
            log_level=self.log_level or ("DEBUG" if self.debug else ExecutionOptions.log_level),
            debug=self.debug,
            tier=tier or self.execution_tier or ExecutionOptions.tier,
        )


def concurrency_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the problem of a max_concurrency that is too high for `map_mode: inline`."""
    names = "execution_config", "processing_config", "defaults"
    counts = {name: given[name].get("max_concurrency") for name in names if isinstance(given.get(name), dict)}
    name, count = next(((name, count) for name, count in counts.items() if count is not None), ("", None))
    if given.get("map_mode") == "inline" and isinstance(count, int | float) and count > INLINE_CONCURRENCY:
        yield Finding(
            (name, "max_concurrency"),
            f"map_mode inline runs at most {INLINE_CONCURRENCY} rows at a time; lower it, or leave map_mode to auto",
        )
